#include "api/snapshot/snapshot_clone.hpp"

#include <cerrno>

#include "model/property_values.hpp"
#include "ops/dataset/parents.hpp"
#include "ops/run.hpp"
#include "zfs/properties.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

// Looks first, because not every release of the kernel does: it would make a clone below a volume.
Result<Nothing> check_parent(const zfs::Handle& handle, const model::DatasetName& name,
                             model::Release release) {
  const auto parent = zfs::read_dataset(handle, name.parent(), release);
  // Whether it is missing, the kernel says.
  if (!parent.ok() || parent.value().type == model::DatasetType::filesystem) return Nothing{};
  return Error::of_errno(zfs_err_wrong_parent, name.text());
}

// Whether a clone is still there that was refused: of one whose properties it does not accept the
// kernel says so, and not whether it could take it back. A volume that udev is looking at stays.
bool is_left(const zfs::Handle& handle, const api::SnapshotClone::Request& request,
             const Error& refusal, model::Release release) {
  if (refusal.os_errno == EEXIST) return false;
  const auto found = zfs::read_dataset(handle, request.to.text(), release);
  return found.ok() &&
         model::text_of(found.value().properties, "origin") == request.snapshot.text();
}

}  // namespace

template <>
Result<model::Dataset> run<api::SnapshotClone>(Context& context,
                                               const api::SnapshotClone::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold(
      {{request.snapshot.dataset(), Touch::step}, {request.to.text(), Touch::change}}));
  const std::string& origin = request.snapshot.text();
  TRY(zfs::read_snapshot(handle, origin, context.release));
  const bool is_volume =
      TRY(zfs::read_dataset(handle, request.snapshot.dataset(), context.release)).type ==
      model::DatasetType::volume;
  TRY(check_parent(handle, request.to, context.release));
  const zfs::NvList properties = TRY(zfs::kernel_settings(
      request.properties, is_volume ? model::Target::volume : model::Target::filesystem,
      model::Moment::change, context.release, "/properties"));
  const auto clone = [&] {
    return make_mounted(handle, request.to.text(), context.release, [&] {
      auto made = zfs::clone_snapshot(handle, request.to.text(), origin, properties);
      if (!made.ok() && is_left(handle, request, made.error(), context.release))
        made.error().applied.push_back(request.to.text());
      return made;
    });
  };
  TRY(request.create_parents ? below_parents(handle, request.to, context.release, clone) : clone());
  return zfs::read_dataset(handle, request.to.text(), context.release);
}

}  // namespace zfsrest::ops
