#include "api/pool/pool_trim.hpp"

#include "api/pool/pool_trim_cancel.hpp"
#include "api/pool/pool_trim_suspend.hpp"
#include "ops/pool/vdev_work.hpp"

namespace zfsrest::ops {
namespace {

Command command_of(const std::string& pool, zfs::VdevCommand command,
                   const zfs::TrimOptions& options) {
  return [=](const zfs::Handle& handle, const std::vector<model::Guid>& leaves) {
    return zfs::trim(handle, pool, command, options, leaves);
  };
}

zfs::TrimOptions options_of(const api::PoolTrim::Request& request) {
  return {.rate = request.rate_bytes_per_second, .is_secure = request.secure};
}

}  // namespace

template <>
Result<Nothing> start<api::PoolTrim>(Context& context, const api::PoolTrim::Request& request) {
  const std::string& pool = request.pool.text();
  return start_on_leaves(context, pool, request.vdevs, api::PoolTrim::operation,
                         &model::VdevStatus::trim,
                         command_of(pool, zfs::VdevCommand::start, options_of(request)));
}

template <>
Finding observe<api::PoolTrim>(const model::PoolStatus& status, const api::PoolTrim::Request&,
                               const json::Object& evidence) {
  return observe_leaves(status, &model::VdevStatus::trim, evidence);
}

template <>
Result<Nothing> control<api::PoolTrim>(Context& context, const api::PoolTrim::Request& request,
                                       const json::Object& evidence, Control control) {
  const std::string& pool = request.pool.text();
  return control_leaves(context, pool, evidence, &model::VdevStatus::trim, control,
                        command_of(pool, vdev_command_of(control), options_of(request)));
}

template <>
Result<api::LeavesDone> run<api::PoolTrimSuspend>(Context& context, const api::Leaves& request) {
  return command_leaves(context, request, api::PoolTrimSuspend::operation,
                        command_of(request.pool.text(), zfs::VdevCommand::suspend, {}));
}

template <>
Result<api::LeavesDone> run<api::PoolTrimCancel>(Context& context, const api::Leaves& request) {
  return command_leaves(context, request, api::PoolTrimCancel::operation,
                        command_of(request.pool.text(), zfs::VdevCommand::cancel, {}));
}

}  // namespace zfsrest::ops
