#include "api/dataset/dataset_list.hpp"

#include "ops/listing.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::PageEnd> list<api::DatasetList>(Context& context,
                                              const api::DatasetList::Request& request,
                                              Rows& rows) {
  return list_objects<api::DatasetList>(context, request, rows, zfs::walk_datasets);
}

}  // namespace zfsrest::ops
