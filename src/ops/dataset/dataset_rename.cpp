#include "api/dataset/dataset_rename.hpp"

#include "ops/dataset/parents.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Dataset> run<api::DatasetRename>(Context& context,
                                               const api::DatasetRename::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold(
      {{request.dataset.text(), Touch::change}, {request.to.text(), Touch::change}}));
  const std::string& from = request.dataset.text();
  const std::string& to = request.to.text();
  const auto rename = [&]() -> Result<Nothing> {
    const Unmounted unmounted =
        TRY(Unmounted::take(handle, from, Unmounted::Which::managed, context.release));
    if (auto done = zfs::rename(handle, from, to); !done.ok())
      return unmounted.put_back(std::move(done).error());
    return unmounted.put([&](const std::string& name) { return to + name.substr(from.size()); },
                         to);
  };
  if (request.create_parents) {
    // Otherwise a mistyped name would leave parents behind that nobody wanted.
    TRY(zfs::read_dataset(handle, from, context.release));
    TRY(below_parents(handle, request.to, context.release, rename));
  } else {
    TRY(rename());
  }
  return zfs::read_dataset(handle, request.to.text(), context.release);
}

}  // namespace zfsrest::ops
