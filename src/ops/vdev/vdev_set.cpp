#include "api/vdev/vdev_set.hpp"

#include <algorithm>

#include "model/property_values.hpp"
#include "ops/run.hpp"
#include "zfs/pool.hpp"
#include "zfs/properties.hpp"
#include "zfs/vdev.hpp"

namespace zfsrest::ops {
namespace {

// Looks first, because the kernel does not: it would follow a pointer that log devices do not have.
Result<Nothing> check_is_no_log(const zfs::Handle& handle, const api::VdevSet::Request& request) {
  if (model::text_of(request.properties, "allocating") != "off") return Nothing{};
  const model::PoolStatus status = TRY(zfs::read_pool_status(handle, request.pool.text()));
  const bool is_log = std::ranges::any_of(status.vdevs.log, [&](const model::VdevStatus& log) {
    return log.guid.value == request.vdev.value;
  });
  if (!is_log) return Nothing{};
  const std::string detail = "a log device cannot be told not to take new data; remove it";
  return Error{.code = Code::wrong_state,
               .subject = request.pool.text(),
               .detail = detail,
               .faults = {{.in = "body",
                           .pointer = "/properties/allocating",
                           .code = Code::wrong_state,
                           .detail = detail}}};
}

}  // namespace

template <>
Result<model::Vdev> run<api::VdevSet>(Context& context, const api::VdevSet::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& pool = request.pool.text();
  const zfs::NvList properties =
      TRY(zfs::kernel_settings(request.properties, model::Target::vdev, model::Moment::change,
                               context.release, "/properties"));
  TRY(check_is_no_log(handle, request));
  TRY(zfs::set_vdev_properties(handle, pool, request.vdev, properties));
  return zfs::read_vdev(handle, pool, request.vdev, context.release);
}

}  // namespace zfsrest::ops
