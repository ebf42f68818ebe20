#include "api/dataset/dataset_list.hpp"

#include "ops/list_objects.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::PageEnd> list<api::DatasetList>(Context& context,
                                              const api::DatasetList::Request& request,
                                              Rows& rows) {
  return list_objects<api::DatasetList>(context, request, rows, zfs::walk_datasets,
                                        zfs::read_named_datasets);
}

}  // namespace zfsrest::ops
