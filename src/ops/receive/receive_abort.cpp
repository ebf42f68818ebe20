#include "api/receive/receive_abort.hpp"

#include <future>

#include "ops/dataset/partial_receive.hpp"
#include "ops/receive/leftover.hpp"
#include "ops/run.hpp"
#include "zfs/stream.hpp"

namespace zfsrest::ops {
namespace {

// Cancels the stream that is on its way, and waits for its end.
Result<Nothing> end_stream(Context& context, const model::ReceiveShown& receive) {
  constexpr auto patience = std::chrono::seconds(10);
  if (receive.state != model::ReceiveState::receiving || !receive.job) return Nothing{};
  const auto ended = std::make_shared<std::promise<void>>();
  const auto listener =
      context.jobs.when_ended(*receive.job, [ended](const model::Job&) { ended->set_value(); });
  TRY(context.control_job(*receive.job, Control::cancel));
  const bool has_ended =
      !listener || ended->get_future().wait_for(patience) == std::future_status::ready;
  if (!has_ended) context.jobs.forget_listener(*receive.job, *listener);
  // A job that had not begun anything ends at once, and its stream only when it notices.
  if (has_ended && context.receives.wait_until_free(receive.receive, patience)) return Nothing{};
  return Error{.code = Code::busy,
               .subject = receive.receive.text(),
               .detail = "its stream was canceled and has not ended yet"};
}

}  // namespace

template <>
Result<Nothing> run<api::ReceiveAbort>(Context& context,
                                       const api::ReceiveAbort::Request& request) {
  const model::ReceiveShown before = TRY(context.receives.find(request.receive));
  TRY(end_stream(context, before));
  const model::ReceiveShown receive = TRY(context.receives.find(request.receive));
  const auto leftover = TRY(read_leftover(context, receive));
  if (leftover) {
    const zfs::Handle handle = TRY(context.device.open());
    TRY(zfs::abort_receive(handle, leftover->dataset.text()));
  }
  return context.receives.forget(request.receive);
}

template <>
Result<model::Plan> plan<api::ReceiveAbort>(Context& context,
                                            const api::ReceiveAbort::Request& request) {
  const model::ReceiveShown receive = TRY(context.receives.find(request.receive));
  model::Plan plan;
  if (const auto leftover = TRY(read_leftover(context, receive))) {
    const zfs::Handle handle = TRY(context.device.open());
    const auto partial = TRY(read_partial(handle, leftover->dataset.text()));
    plan = TRY(plan_of_destroying(context, handle, partial));
  }
  if (receive.state == model::ReceiveState::receiving)
    plan.unchecked.emplace_back("How much of the stream that is on its way has come by then.");
  return plan;
}

}  // namespace zfsrest::ops
