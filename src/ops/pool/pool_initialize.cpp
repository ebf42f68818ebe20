#include "api/pool/pool_initialize.hpp"

#include "api/pool/pool_initialize_cancel.hpp"
#include "api/pool/pool_initialize_suspend.hpp"
#include "api/pool/pool_uninitialize.hpp"
#include "ops/pool/vdev_work.hpp"

namespace zfsrest::ops {
namespace {

Command command_of(const std::string& pool, zfs::VdevCommand command) {
  return [=](const zfs::Handle& handle, const std::vector<model::Guid>& leaves) {
    return zfs::initialize(handle, pool, command, leaves);
  };
}

}  // namespace

template <>
Result<Nothing> start<api::PoolInitialize>(Context& context, const api::Leaves& request) {
  const std::string& pool = request.pool.text();
  return start_on_leaves(context, pool, request.vdevs, api::PoolInitialize::operation,
                         &model::VdevStatus::initialize, command_of(pool, zfs::VdevCommand::start));
}

template <>
Finding observe<api::PoolInitialize>(const model::PoolStatus& status, const api::Leaves&,
                                     const json::Object& evidence) {
  return observe_leaves(status, &model::VdevStatus::initialize, evidence);
}

template <>
Result<Nothing> control<api::PoolInitialize>(Context& context, const api::Leaves& request,
                                             const json::Object& evidence, Control control) {
  const std::string& pool = request.pool.text();
  return control_leaves(context, pool, evidence, &model::VdevStatus::initialize, control,
                        command_of(pool, vdev_command_of(control)));
}

template <>
Result<api::LeavesDone> run<api::PoolInitializeSuspend>(Context& context,
                                                        const api::Leaves& request) {
  return command_leaves(context, request, api::PoolInitializeSuspend::operation,
                        command_of(request.pool.text(), zfs::VdevCommand::suspend));
}

template <>
Result<api::LeavesDone> run<api::PoolInitializeCancel>(Context& context,
                                                       const api::Leaves& request) {
  return command_leaves(context, request, api::PoolInitializeCancel::operation,
                        command_of(request.pool.text(), zfs::VdevCommand::cancel));
}

template <>
Result<api::LeavesDone> run<api::PoolUninitialize>(Context& context, const api::Leaves& request) {
  return command_leaves(context, request, api::PoolUninitialize::operation,
                        command_of(request.pool.text(), zfs::VdevCommand::uninitialize));
}

}  // namespace zfsrest::ops
