#include "ops/receive/leftover.hpp"

#include <cerrno>

#include "ops/dataset/partial_receive.hpp"

namespace zfsrest::ops {

Result<std::optional<model::PartialReceive>> read_leftover(Context& context,
                                                           const model::ReceiveShown& receive) {
  using Leftover = std::optional<model::PartialReceive>;
  const auto guid = context.receives.guid_left(receive.receive);
  if (!receive.snapshot || !guid) return Leftover();
  const zfs::Handle handle = TRY(context.device.open());
  const std::string dataset = receive.snapshot->dataset();
  const auto partial = zfs::read_partial_receive(handle, dataset);
  if (!partial.ok() && partial.error().os_errno == ENOENT) return Leftover();
  if (!partial.ok()) return partial.error();
  if (!partial.value() || partial.value()->decoded.to_guid.value != guid->value) return Leftover();
  return Leftover(document_of(dataset, *partial.value()));
}

}  // namespace zfsrest::ops
