#include "api/dataset/dataset_rename.hpp"

#include "ops/dataset/parents.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Dataset> run<api::DatasetRename>(Context& context,
                                               const api::DatasetRename::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& from = request.dataset.text();
  const auto rename = [&] { return zfs::rename(handle, from, request.to.text()); };
  if (request.create_parents) {
    // Otherwise a mistyped name would leave parents behind that nobody wanted.
    TRY(zfs::read_dataset(handle, from, context.release));
    TRY(below_parents(handle, request.to, rename));
  } else {
    TRY(rename());
  }
  return zfs::read_dataset(handle, request.to.text(), context.release);
}

}  // namespace zfsrest::ops
