#include "agent/dispatcher.hpp"

#include <limits>

#include "agent/rows.hpp"
#include "api/classify.hpp"
#include "api/problem.hpp"
#include "auth/digest.hpp"
#include "log/log.hpp"

namespace zfsrest::agent {
namespace {

using std::chrono::milliseconds;

std::string text_at(const json::Object& object, std::string_view key) {
  const json::Value* value = object.if_contains(key);
  return value && value->is_string() ? std::string(json::view(value->get_string())) : std::string();
}

const json::Object& object_at(const json::Object& object, std::string_view key) {
  static const json::Object empty;
  const json::Value* value = object.if_contains(key);
  return value && value->is_object() ? value->get_object() : empty;
}

// Nobody but the gateway sends it.
std::optional<std::int64_t> number_at(const json::Object& object, std::string_view key) {
  const json::Value* value = object.if_contains(key);
  return value && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

std::optional<std::string> optional_text(const json::Object& object, std::string_view key) {
  return object.contains(key) ? std::optional(text_at(object, key)) : std::nullopt;
}

// The body, which the gateway found good, lies one deeper in the message, among values that a
// header has.
json::Bounds bounds_of_message() {
  constexpr std::size_t most_of_header = 8192;
  json::Bounds bounds;
  ++bounds.depth;
  bounds.values += most_of_header;
  return bounds;
}

// By which a request is told from another with the same key: all that it asks for, but key
// material, of which nothing is kept.
std::string fingerprint_of(const Call& call) {
  return auth::digest_of(std::string(call.prepared.operation->id) +
                         json::serialize(call.prepared.record()) +
                         (call.if_match ? call.if_match->text : ""));
}

// Nothing was noted by which ZFS could be asked for it.
bool ended_before_it_began(const store::JobEntry& entry) {
  return entry.evidence.empty() && (entry.job.state == model::JobState::failed ||
                                    entry.job.state == model::JobState::canceled);
}

// What failed without a trace may be tried again.
void note_end(FirstRequest& first, const Result<Outcome>& outcome,
              const api::Operation& operation) {
  if (outcome.ok()) return first.answered(outcome.value());
  const Error& error = outcome.error();
  const Code code = api::code_of(error, operation);
  if (!error.applied.empty() || code == Code::bug || code == Code::outcome_unknown)
    first.refused(json::serialize(api::problem(error, operation, "")));
}

// While a piece of a list is waited for, and so long after it, the deadline is not the whole
// list's.
class PieceOfList : public ops::Errand {
 public:
  PieceOfList(Call& call, std::unique_ptr<ops::Errand> errand, milliseconds patience)
      : call_(call), errand_(std::move(errand)), patience_(patience) {}

  Result<Nothing> wait() override {
    call_.deadline = std::chrono::steady_clock::now() + 3 * patience_;
    auto done = errand_->wait();
    call_.deadline = std::chrono::steady_clock::now() + patience_;
    return done;
  }

  bool is_done() const override { return errand_->is_done(); }

 private:
  Call& call_;
  std::unique_ptr<ops::Errand> errand_;
  milliseconds patience_;
};

// Where the first part of a call runs.
api::Lane lane_of(const Call& call) {
  const api::Operation& operation = *call.prepared.operation;
  // A plan only reads, whatever the operation does.
  if (call.prepared.mode == Mode::plan) return api::Lane::read;
  if (operation.runs == api::Runs::at_once || operation.runs == api::Runs::in_kernel)
    return operation.lane;
  // So do the checks that come before a stream or a job; the few requests that need none are
  // ordinary writes.
  if (operation.runs == api::Runs::transfer) return api::Lane::read;
  return call.is_job() ? api::Lane::read : api::Lane::write;
}

// A list in one document, which is worth nothing once its caller is gone.
bool is_page(const Call& call) {
  return call.prepared.list && call.shape == Shape::document;
}

// Whether the call has changed nothing yet when its deadline comes, however far it is.
bool only_reads(const Call& call) {
  const api::Operation& operation = *call.prepared.operation;
  return api::is_read(operation) || call.prepared.mode == Mode::plan ||
         operation.runs == api::Runs::transfer ||
         (operation.runs == api::Runs::as_job && call.is_job());
}

}  // namespace

void Dispatcher::dispatch(const std::shared_ptr<link::Channel>& channel, link::Frame frame,
                          Turn& turn) {
  static constexpr api::Operation unknown{.id = "unknown",
                                          .method = api::Method::get,
                                          .path = "",
                                          .role = api::Role::none,
                                          .lane = api::Lane::general,
                                          .summary = "",
                                          .description = ""};
  std::optional parsed(json::parse(frame.request, *frame.memory, bounds_of_message()));
  const json::Object& request = parsed->ok() && parsed->value().is_object()
                                    ? parsed->value().get_object()
                                    : object_at({}, "");
  auto reply = std::make_shared<Reply>(channel, frame.id, text_at(request, "request_id"));
  const Entry* entry = find_entry(text_at(request, "operation"));
  if (!entry) {
    reply->fail(Error::of(Code::bug, "gateway and agent disagree about the operations"), unknown);
    return;
  }
  try {
    auto call = receive(request, reply, *entry);
    if (call.ok() && (call.value()->wait.count() > 0 || is_page(*call.value())))
      call.value()->hurry = hurries_.make(channel, frame.id);
    if (call.ok()) {
      call.value()->channel = channel;
      call.value()->id = frame.id;
    }
    // Key material was taken over or refused, and is wiped before any answer.
    parsed.reset();
    frame = {};
    os::wipe_stack();
    if (call.ok())
      start(call.value(), [&] { return turn.begin(channel->has_more()); });
    else
      reply->fail(call.error(), *entry->operation);
  } catch (const std::exception& error) {
    reply->fail(Error::of(Code::bug, error.what()), *entry->operation);
  }
  // There are workers for it now, or nothing to be let go of.
  shared_.stir();
}

// The order matters: who may not be known learns nothing of what was wrong with the request.
Result<std::shared_ptr<Call>> Dispatcher::receive(const json::Object& request,
                                                  std::shared_ptr<Reply> reply,
                                                  const Entry& entry) {
  const auth::Caller caller = TRY(callers_.identify(
      {.token = optional_text(request, "token"), .handle = optional_text(request, "handle")}));
  Prepared prepared = TRY(entry.prepare({.path = object_at(request, "path"),
                                         .query = object_at(request, "query"),
                                         .body = object_at(request, "body")}));
  TRY(shared_.check_available(prepared));
  // A plan reads all that its operation would change, and that takes as long.
  const milliseconds allowed(api::is_read(*entry.operation) ? shared_.settings.read_deadline_ms
                                                            : shared_.settings.write_deadline_ms);
  auto call = std::make_shared<Call>();
  call->prepared = std::move(prepared);
  call->shape = text_at(request, "shape") == "lines" ? Shape::lines : Shape::document;
  call->reply = std::move(reply);
  call->deadline = Clock::now() + allowed;
  call->caller = caller.name;
  call->wait = std::chrono::seconds(number_at(request, "wait_seconds").value_or(0));
  call->wants_head_only = request.contains("head_only");
  // What only says what would be done has no effect to repeat.
  if (const auto key = optional_text(request, "idempotency_key");
      key && call->prepared.mode == Mode::run)
    call->idempotency_key = TRY(model::IdempotencyKey::parse(*key));
  if (const auto match = optional_text(request, "if_match"))
    call->if_match = TRY(model::IfMatch::parse(*match));
  else
    TRY(check_needs_no_match(call->prepared));
  if (const auto bytes = number_at(request, "body_bytes"))
    call->body_bytes = static_cast<std::uint64_t>(*bytes);
  return call;
}

// Whether the settings let it do without If-Match.
Result<Nothing> Dispatcher::check_needs_no_match(const Prepared& prepared) const {
  using config::RequireIfMatch;
  const api::Operation& operation = *prepared.operation;
  const RequireIfMatch required = shared_.settings.require_if_match;
  const bool is_meant =
      required == RequireIfMatch::all ||
      (required == RequireIfMatch::destructive && operation.plans == api::Plans::yes);
  if (!is_meant || prepared.mode == Mode::plan || api::if_match_field(operation).empty())
    return Nothing{};
  return Error::of(Code::precondition_required,
                   "the setting require_if_match asks for the header If-Match with the object's "
                   "ETag; nothing was changed");
}

void Dispatcher::start(const std::shared_ptr<Call>& call, const LetGo& let_go) {
  const auto task = std::make_shared<Task>([this, call] { run(call); });
  keep_deadline(call, task);
  if (call->shape == Shape::lines && call->prepared.list)
    submit(shared_.lanes.streams(), call, task);
  else if (call->prepared.key)
    start_with_key(call, task);
  else
    start_in(lane_of(*call), call, task, let_go);
}

void Dispatcher::start_in(api::Lane lane, const std::shared_ptr<Call>& call,
                          const std::shared_ptr<Task>& task, const LetGo& let_go) {
  const bool is_general = call->prepared.operation->lane == api::Lane::general;
  if (lane == api::Lane::list)
    submit(shared_.lanes.pages(), call, task);
  else if (call->prepared.pool.empty() || is_general)
    submit(shared_.lanes.general(), call, task);
  else
    start_on_pool(call, lane, task, let_go);
}

// What the kernel knows of a key is read on the pool's workers, a passphrase is stretched on others
// that do nothing else, and only then the operation goes where it belongs. Until then it has not
// begun.
void Dispatcher::start_with_key(const std::shared_ptr<Call>& call,
                                const std::shared_ptr<Task>& task) {
  const auto stretch = [this, call, task](const zfs::Stretching& stretching) {
    // It is worth nothing to one who has got an answer.
    if (call->reply->is_given()) return;
    call->key = zfs::wrapping_key_of(*call->prepared.key, stretching);
    os::wipe_stack();
    start_in(lane_of(*call), call, task);
  };
  const auto read = [this, call, stretch] {
    const auto found = read_stretching(*call);
    if (!found.ok())
      call->reply->fail(found.error(), *call->prepared.operation);
    else
      submit(shared_.lanes.stretching(), call,
             guarded(call, [stretch, stretching = found.value()] { stretch(stretching); }));
  };
  start_in(api::Lane::read, call, guarded(call, read));
}

Result<zfs::Stretching> Dispatcher::read_stretching(Call& call) {
  ops::Context made = TRY(context(call));
  return call.prepared.read_stretching(made);
}

// A task in which an exception becomes the answer.
std::shared_ptr<Task> Dispatcher::guarded(const std::shared_ptr<Call>& call,
                                          std::function<void()> work) {
  return std::make_shared<Task>([call, work = std::move(work)] {
    try {
      work();
    } catch (const std::exception& error) {
      call->reply->fail(Error::of(Code::bug, error.what()), *call->prepared.operation);
    }
  });
}

void Dispatcher::start_on_pool(const std::shared_ptr<Call>& call, api::Lane lane,
                               const std::shared_ptr<Task>& task, const LetGo& let_go) {
  if (const auto workers = shared_.lanes.find(call->prepared.pool, lane)) {
    // To be awakened takes a thread longer than many a read.
    if (lane != api::Lane::read || !workers->run_here(task, let_go)) submit(*workers, call, task);
    return;
  }
  // The kernel must be asked whether there is such a pool, and that may block. The operation itself
  // still waits meanwhile.
  const auto ask = std::make_shared<Task>([this, call, lane, task] {
    auto workers = shared_.workers_of(call->prepared.pool, lane);
    if (workers.ok())
      submit(*workers.value(), call, task);
    else
      call->reply->fail(workers.error(), *call->prepared.operation);
  });
  submit(shared_.lanes.general(), call, ask);
}

void Dispatcher::submit(Workers& workers, const std::shared_ptr<Call>& call,
                        std::shared_ptr<Task> task) {
  if (!workers.submit(std::move(task))) call->reply->fail(full(), *call->prepared.operation);
}

void Dispatcher::keep_deadline(const std::shared_ptr<Call>& call,
                               const std::shared_ptr<Task>& task) {
  // What has ended needs no deadline, and is not kept for it.
  call->timer = shared_.deadlines.while_kept(
      call->deadline, [this, call = std::weak_ptr(call), task = std::weak_ptr(task)] {
        const auto pending_call = call.lock();
        const auto pending_task = task.lock();
        if (!pending_call || !pending_task || pending_call->reply->is_given()) return;
        if (Clock::now() < pending_call->deadline.load())
          keep_deadline(pending_call, pending_task);
        else
          pass_deadline(*pending_call, pending_task);
      });
}

void Dispatcher::pass_deadline(Call& call, const std::shared_ptr<Task>& task) {
  const api::Operation& operation = *call.prepared.operation;
  // A job answers for itself.
  if (!call.reply->hold()) return;
  const bool had_not_begun = task->withdraw();
  if (call.prepared.late) {
    if (auto last = call.prepared.late(shared_.seen)) {
      call.reply->document(*std::move(last));
      return;
    }
  }
  if (had_not_begun)
    call.reply->fail(
        Error::of(Code::deadline, "it was still waiting at its deadline and was withdrawn"),
        operation);
  else if (only_reads(call))
    call.reply->fail(Error::of(Code::deadline, "the pool did not answer in time"), operation);
  else
    call.reply->fail(Error::of(Code::outcome_unknown,
                               "it was begun and has not ended in time; it may still take effect"),
                     operation);
}

// A list waits for its pieces one by one.
Result<ops::Context> Dispatcher::context(Call& call) {
  ops::Context context = TRY(shared_.context(*call.prepared.operation));
  context.send = [this, &call](const std::string& pool, api::Lane lane,
                               std::function<void()> work) -> Result<std::unique_ptr<ops::Errand>> {
    auto errand = TRY(shared_.send(pool, lane, std::move(work)));
    return std::unique_ptr<ops::Errand>(
        std::make_unique<PieceOfList>(call, std::move(errand), shared_.patience()));
  };
  context.may_read_ahead = [this](const std::string& pool) {
    const auto lists = shared_.lanes.find(pool, api::Lane::list);
    return lists && lists->count_waiting() == 0;
  };
  context.control_job = [this](model::JobId job, ops::Control control) {
    return jobs_.control(job, control);
  };
  context.key = call.key;
  context.trees = shared_.trees_of(call.compared);
  return context;
}

void Dispatcher::run(const std::shared_ptr<Call>& call) {
  try {
    if (!is_first(call) || !is_as_expected(*call)) return;
    if (call->prepared.transfer)
      transfers_.begin(call);
    else if (call->is_job())
      jobs_.begin(call);
    else if (call->prepared.awaited && call->wait.count() > 0)
      jobs_.await(call);
    else
      run_at_once(*call);
  } catch (const std::exception& error) {
    if (call->first) call->first->lost();
    call->reply->fail(Error::of(Code::bug, error.what()), *call->prepared.operation);
    call->reply->end_stream(false);
  }
}

// False for one that came before, which is answered then.
bool Dispatcher::is_first(const std::shared_ptr<Call>& call) {
  if (!call->idempotency_key) return true;
  const store::RequestName name{.caller = call->caller, .key = call->idempotency_key->text};
  const auto known = look_up(shared_.requests, name, fingerprint_of(*call), [&](model::JobId job) {
    const auto entry = shared_.jobs.find_entry(job);
    return entry && ended_before_it_began(*entry);
  });
  if (known.ok() && !known.value()) {
    call->first.emplace(shared_.requests, name);
    return true;
  }
  // What it asks for is not done again, and its keys are needed for nothing.
  call->forget_request();
  if (known.ok())
    answer_again(call, name, *known.value());
  else
    call->reply->fail(known.error(), *call->prepared.operation);
  return false;
}

void Dispatcher::answer_again(const std::shared_ptr<Call>& call, const store::RequestName& name,
                              const store::RequestEntry& known) {
  using State = store::RequestEntry::State;
  switch (known.state) {
    case State::answered:
      return call->reply->document(known.body, known.location, known.etag);
    case State::refused:
      // It is as it was written, or an exception says that the journal is damaged.
      return call->reply->problem(json::parse(known.body).value());
    case State::job:
      return jobs_.answer_again(call, known.job);
    default:
      break;
  }
  // A job that the process began before it ended says so itself.
  if (const auto job = shared_.jobs.find_by_key(name.caller, name.key))
    return jobs_.answer_again(call, *job);
  call->reply->fail(Error::of(Code::outcome_unknown,
                              "the daemon was interrupted while it carried out the first request "
                              "with this Idempotency-Key; look at what there is, and ask for what "
                              "is missing with another key"),
                    *call->prepared.operation);
}

// Compares the object with what the request says of it; from then on nobody else changes it until
// the request has.
bool Dispatcher::is_as_expected(Call& call) {
  if (!call.if_match) return true;
  auto compared = compare(call);
  if (compared.ok()) return true;
  call.forget_request();
  call.first.reset();
  call.reply->fail(compared.error(), *call.prepared.operation);
  return false;
}

Result<Nothing> Dispatcher::compare(Call& call) {
  ops::Context made = TRY(context(call));
  if (call.prepared.mode == Mode::run)
    call.compared = std::make_shared<ops::TreeLocks::Hold>(
        TRY(made.trees.hold({{call.prepared.tagged_tree, ops::Touch::change}})));
  const auto etag = call.prepared.read_etag(made);
  // Where there is nothing, nothing was meant (RFC 9110, 13.1.1).
  if (!etag.ok() && api::code_of(etag.error(), *call.prepared.operation) != Code::not_found)
    return etag.error();
  if (etag.ok() && call.if_match->admits(etag.value())) return Nothing{};
  return Error::of(Code::precondition_failed,
                   etag.ok() ? "the object was changed since, or is another of its name; its ETag "
                               "is \"" +
                                   etag.value() + "\" now"
                             : "there is no such object");
}

void Dispatcher::run_at_once(Call& call) {
  const api::Operation& operation = *call.prepared.operation;
  if (call.prepared.list) {
    auto made = context(call);
    if (made.ok())
      run_list(call, made.value());
    else
      call.reply->fail(made.error(), operation);
    return;
  }
  auto outcome = run_document(call);
  // Key material goes before the answer does, and so does what others wait for.
  call.forget_request();
  call.compared.reset();
  if (call.first) note_end(*call.first, outcome, operation);
  call.first.reset();
  if (outcome.ok())
    call.reply->document(std::move(outcome.value().body), std::move(outcome.value().location),
                         std::move(outcome.value().etag));
  else
    call.reply->fail(outcome.error(), operation);
}

Result<Outcome> Dispatcher::run_document(Call& call) {
  ops::Context made = TRY(context(call));
  return call.prepared.run(made);
}

void Dispatcher::run_list(Call& call, ops::Context& context) {
  constexpr std::uint64_t usual_page = api::usual_page;
  const api::Operation& operation = *call.prepared.operation;
  if (call.shape == Shape::document) {
    const auto is_wanted = [&call] { return !call.hurry || !call.hurry->is_said(); };
    PageRows rows(call.prepared.limit.value_or(usual_page), is_wanted);
    auto end = call.prepared.list(context, seal_, rows);
    if (!is_wanted())
      call.reply->fail(Error::of(Code::deadline, "the client has ended its side of the connection"),
                       operation);
    else if (end.ok())
      call.reply->document(rows.finish(end.value()));
    else
      call.reply->fail(end.error(), operation);
    return;
  }
  LineRows rows(call.prepared.limit.value_or(std::numeric_limits<std::size_t>::max()),
                [&](os::Fd read_end) { return call.reply->begin_stream(std::move(read_end)); });
  auto end = call.prepared.list(context, seal_, rows);
  const bool is_whole = end.ok() && rows.finish(end.value());
  if (!end.ok())
    call.reply->fail(end.error(), operation);
  else if (rows.failure())
    call.reply->fail(*rows.failure(), operation);
  call.reply->end_stream(is_whole);
}

}  // namespace zfsrest::agent
