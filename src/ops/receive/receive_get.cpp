#include "api/receive/receive_get.hpp"

#include "ops/receive/leftover.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::ReceiveShown> run<api::ReceiveGet>(Context& context,
                                                 const api::ReceiveGet::Request& request) {
  model::ReceiveShown shown = TRY(context.receives.find(request.receive));
  if (shown.state == model::ReceiveState::waiting)
    shown.partial = TRY(read_leftover(context, shown));
  return shown;
}

}  // namespace zfsrest::ops
