#include "api/pool/pool_scrub.hpp"

#include <algorithm>

#include "ops/evidence.hpp"
#include "ops/run.hpp"
#include "zfs/background.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {
namespace {

// A scrub of either kind.
struct View {
  model::ScanState state;
  model::Time started;
  jobs::Count count;
  json::Value result;
};

std::optional<View> view_of(const model::PoolStatus& status, model::ScrubKind kind) {
  using Response = api::PoolScrub::Response;
  if (kind == model::ScrubKind::errors) {
    if (!status.error_scrub) return {};
    const model::ErrorScrub& scrub = *status.error_scrub;
    return View{.state = scrub.state,
                .started = scrub.started,
                .count = {.unit = model::ProgressUnit::objects,
                          .done = scrub.examined_blocks,
                          .total = scrub.total_blocks},
                .result = describe::encode(Response{.scan = {}, .error_scrub = scrub})};
  }
  if (!status.scan || status.scan->function != model::ScanFunction::scrub) return {};
  const model::Scan& scan = *status.scan;
  return View{.state = scan.state,
              .started = scan.started,
              .count = {.unit = model::ProgressUnit::bytes,
                        .done = scan.state == model::ScanState::finished ? scan.total_bytes
                                                                         : scan.issued_bytes,
                        .total = scan.total_bytes},
              .result = describe::encode(Response{.scan = scan, .error_scrub = {}})};
}

// What is noted of a scrub: the one that there was before, and, once that is known, when this one
// began, which tells it from others.
struct ScrubEvidence {
  model::Guid pool;
  model::Time noted;
  std::optional<model::Time> before;
  bool was_paused = false;
  std::optional<model::Time> started;
  bool has_nothing = false;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("pool", &ScrubEvidence::pool, "The pool's identity."),
        required("noted", &ScrubEvidence::noted, "When this was noted."),
        required("before", &ScrubEvidence::before, "When the scrub before began."),
        required("was_paused", &ScrubEvidence::was_paused, "Whether that one was paused."),
        required("started", &ScrubEvidence::started, "When this one began."),
        required("has_nothing", &ScrubEvidence::has_nothing, "Whether there was nothing to do."),
    };
  }
};

// Whether the scrub that is seen is the one that the job began.
bool is_the_jobs(const View& view, const ScrubEvidence& evidence) {
  if (evidence.started) return view.started.seconds == evidence.started->seconds;
  const bool is_the_one_before =
      evidence.before && evidence.before->seconds == view.started.seconds;
  if (is_the_one_before) return evidence.was_paused && view.state != model::ScanState::paused;
  return view.started.seconds >= evidence.noted.seconds;
}

// Whether one that began, and of which nobody knows when, would look like the one before.
bool may_have_ended(const ScrubEvidence& evidence) {
  return !evidence.was_paused && evidence.before &&
         evidence.before->seconds >= evidence.noted.seconds;
}

Finding state_of(View view) {
  switch (view.state) {
    case model::ScanState::scanning:
      return {.state = model::JobState::running, .count = view.count};
    case model::ScanState::paused:
      return {.state = model::JobState::paused, .count = view.count};
    case model::ScanState::finished:
      return {.state = model::JobState::succeeded,
              .count = view.count,
              .result = std::move(view.result)};
    case model::ScanState::canceled:
      break;
  }
  return {.state = model::JobState::canceled, .count = view.count};
}

}  // namespace

template <>
Result<Nothing> start<api::PoolScrub>(Context& context, const api::PoolScrub::Request& request) {
  const std::string& pool = request.pool.text();
  const zfs::Handle handle = TRY(context.device.open());
  const model::PoolStatus status = TRY(zfs::read_pool_status(handle, pool));
  const auto before = view_of(status, request.kind);
  ScrubEvidence evidence{.pool = status.guid, .noted = model::now()};
  if (before) {
    evidence.before = before->started;
    evidence.was_paused = before->state == model::ScanState::paused;
  }
  TRY(context.work->begin(encode_evidence(evidence)));
  TRY(zfs::start_scrub(handle, pool,
                       {.kind = request.kind, .since = request.since, .until = request.until}));
  const auto begun = zfs::read_pool_status(handle, pool);
  const auto after = begun.ok() ? view_of(begun.value(), request.kind) : std::nullopt;
  if (after) evidence.started = after->started;
  // Nothing is known to be damaged, so no such scrub has begun.
  evidence.has_nothing = begun.ok() && request.kind == model::ScrubKind::errors &&
                         (!after || (before && before->started.seconds == after->started.seconds &&
                                     !evidence.was_paused));
  context.work->learn(encode_evidence(evidence));
  return Nothing{};
}

template <>
Finding observe<api::PoolScrub>(const model::PoolStatus& status,
                                const api::PoolScrub::Request& request, const json::Object& noted) {
  const auto evidence = decode_evidence<ScrubEvidence>(noted);
  if (!evidence || evidence->pool.value != status.guid.value) return another_pool();
  if (evidence->has_nothing)
    return {.state = model::JobState::succeeded,
            .result = describe::encode(api::PoolScrub::Response{})};
  auto view = view_of(status, request.kind);
  if (view && is_the_jobs(*view, *evidence)) return state_of(*std::move(view));
  if (!evidence->started && may_have_ended(*evidence))
    return {
        .state = model::JobState::undetermined,
        .error = Error::of(Code::interrupted,
                           "the daemon was interrupted, and another scrub had begun in the same "
                           "second, from which ZFS does not tell this one")};
  if (!evidence->started)
    return {.state = model::JobState::failed,
            .error = Error::of(Code::interrupted,
                               "the daemon was interrupted before the scrub was begun")};
  return {.state = model::JobState::undetermined,
          .error = Error::of(Code::interrupted,
                             "another scan has begun since, and ZFS remembers only the last")};
}

// The kernel knows one scrub of a pool and not whose it is: it would stop another's, and begin one
// anew where there is none to go on.
template <>
Result<Nothing> control<api::PoolScrub>(Context& context, const api::PoolScrub::Request& request,
                                        const json::Object& noted, Control control) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& pool = request.pool.text();
  const auto refuse = [&](std::string why) {
    return Error{.code = Code::wrong_state, .subject = pool, .detail = std::move(why)};
  };
  const auto evidence = decode_evidence<ScrubEvidence>(noted);
  const model::PoolStatus status = TRY(zfs::read_pool_status(handle, pool));
  const auto view = view_of(status, request.kind);
  if (!evidence || evidence->pool.value != status.guid.value || !view ||
      !is_the_jobs(*view, *evidence))
    return refuse("the job's scrub is not the last one of the pool");
  const bool runs = view->state == model::ScanState::scanning;
  const bool rests = view->state == model::ScanState::paused;
  switch (control) {
    case Control::cancel:
      if (!runs && !rests) return refuse("the scrub has ended");
      return zfs::stop_scrub(handle, pool);
    case Control::pause:
      if (!runs) return refuse("the scrub does not run");
      return zfs::pause_scrub(handle, pool);
    case Control::resume:
      break;
  }
  if (!rests) return refuse("the scrub does not rest");
  return zfs::start_scrub(handle, pool, {.kind = request.kind});
}

}  // namespace zfsrest::ops
