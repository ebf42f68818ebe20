#include "zfs/vdev.hpp"

#include <cerrno>

#include "zfs/errors.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::zfs {
namespace {

// Asks for the property of that name, or, without a name, for those that users made.
Result<NvList> ask(const Handle& handle, const std::string& pool, model::Guid vdev,
                   std::string_view property) {
  NvList input;
  input.add_u64("vdevprops_get_vdev", vdev.value);
  if (!property.empty()) {
    NvList names;
    names.add_flag(std::string(property));
    input.add_list("vdevprops_get_props", names);
  }
  Reply reply = handle.call(Ioctl::vdev_get_props, *command_for(pool), &input);
  if (reply.os_errno != 0) return failure(reply.os_errno, pool);
  return std::move(reply.output);
}

Reply set(const Handle& handle, const std::string& pool, model::Guid vdev, const NvPair& property) {
  const std::string name(property.name());
  NvList one;
  if (const auto number = property.u64())
    one.add_u64(name, *number);
  else
    one.add_text(name, std::string(property.text().value_or("")));
  NvList input;
  input.add_u64("vdevprops_set_vdev", vdev.value);
  input.add_list("vdevprops_set_props", one);
  return handle.call(Ioctl::vdev_set_props, *command_for(pool), &input);
}

// The same number also says that the whole pool can only be read.
Fault fault_of(const std::string& property, int os_errno) {
  Fault fault{.subject = property, .os_errno = os_errno};
  if (os_errno == EROFS) {
    fault.code = Code::wrong_state;
    fault.detail = property + " of this vdev cannot be changed";
  }
  return fault;
}

}  // namespace

Result<model::Vdev> read_vdev(const Handle& handle, const std::string& pool, model::Guid vdev,
                              model::Release release) {
  model::Vdev found{.guid = vdev, .pool = TRY(model::PoolName::parse(pool)), .properties = {}};
  // One at a time: in a list of names the kernel goes no further than to the first property that
  // nobody has set, and says nothing of it.
  for (const model::PropertyRow& row : model::vdev_properties()) {
    const NvList listed = TRY(ask(handle, pool, vdev, row.name));
    found.properties.merge(vdev_properties(listed.view(), release));
  }
  const NvList listed = TRY(ask(handle, pool, vdev, ""));
  found.properties.merge(vdev_properties(listed.view(), release));
  add_vdev_defaults(found.properties, release);
  return found;
}

Result<Nothing> set_vdev_properties(const Handle& handle, const std::string& pool, model::Guid vdev,
                                    const NvList& properties) {
  Error error{.subject = pool};
  bool is_refused_whole = false;
  properties.view().each([&](const NvPair& property) {
    if (is_refused_whole) return;
    const std::string name(property.name());
    const Reply reply = set(handle, pool, vdev, property);
    if (reply.os_errno == 0) {
      error.applied.push_back(name);
      return;
    }
    error.os_errno = reply.os_errno;
    // The kernel names the property if the vdev as such could have been changed.
    is_refused_whole = !reply.output.view().has(name.c_str());
    if (!is_refused_whole) error.faults.push_back(fault_of(name, reply.os_errno));
  });
  if (error.os_errno == 0) return Nothing{};
  if (is_refused_whole && error.os_errno == EINVAL) {
    error.code = Code::wrong_state;
    error.detail = "this vdev keeps no properties, as spares and cache devices do not";
  }
  return error;
}

}  // namespace zfsrest::zfs
