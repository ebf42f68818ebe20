#include "agent/dispatcher.hpp"

#include <limits>

#include "agent/rows.hpp"
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

// Nobody else sends it, and it is no more than the gateway lets wait.
std::chrono::seconds wait_at(const json::Object& object) {
  const json::Value* value = object.if_contains("wait_seconds");
  return std::chrono::seconds(value && value->is_int64() ? value->get_int64() : 0);
}

std::optional<std::string> optional_text(const json::Object& object, std::string_view key) {
  return object.contains(key) ? std::optional(text_at(object, key)) : std::nullopt;
}

// Where the first part of a call runs.
api::Lane lane_of(const Call& call) {
  const api::Operation& operation = *call.prepared.operation;
  // A plan only reads, whatever the operation does.
  if (call.prepared.mode == Mode::plan) return api::Lane::read;
  if (operation.runs != api::Runs::as_job) return operation.lane;
  // So do the checks that come before a job; the few requests that need none are ordinary writes.
  return call.is_job() ? api::Lane::read : api::Lane::write;
}

// Whether the call has changed nothing yet when its deadline comes, however far it is.
bool only_reads(const Call& call) {
  const api::Operation& operation = *call.prepared.operation;
  return api::is_read(operation) || call.prepared.mode == Mode::plan ||
         (operation.runs == api::Runs::as_job && call.is_job());
}

}  // namespace

void Dispatcher::dispatch(const std::shared_ptr<link::Channel>& channel, link::Frame frame) {
  static constexpr api::Operation unknown{.id = "unknown",
                                          .method = api::Method::get,
                                          .path = "",
                                          .role = api::Role::none,
                                          .lane = api::Lane::general,
                                          .summary = "",
                                          .description = ""};
  // The body, which the gateway found good, lies one deeper there.
  std::optional parsed(json::parse(frame.request, *frame.memory, json::max_depth + 1));
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
    if (call.ok() && call.value()->wait.count() > 0)
      call.value()->hurry = hurries_.make(channel, frame.id);
    // Key material was taken over or refused, and is wiped before any answer.
    parsed.reset();
    frame = {};
    os::wipe_stack();
    if (call.ok())
      start(call.value());
    else
      reply->fail(call.error(), *entry->operation);
  } catch (const std::exception& error) {
    reply->fail(Error::of(Code::bug, error.what()), *entry->operation);
  }
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
  call->wait = wait_at(request);
  return call;
}

void Dispatcher::start(const std::shared_ptr<Call>& call) {
  const auto task = std::make_shared<Task>([this, call] { run(call); });
  keep_deadline(call, task);
  if (call->shape == Shape::lines && call->prepared.list)
    submit(shared_.lanes.streams(), call, task);
  else if (call->prepared.key)
    start_with_key(call, task);
  else
    start_in(lane_of(*call), call, task);
}

void Dispatcher::start_in(api::Lane lane, const std::shared_ptr<Call>& call,
                          const std::shared_ptr<Task>& task) {
  const bool is_general = call->prepared.operation->lane == api::Lane::general;
  if (call->prepared.pool.empty() || is_general)
    submit(shared_.lanes.general(), call, task);
  else
    start_on_pool(call, lane, task);
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
                               const std::shared_ptr<Task>& task) {
  if (const auto workers = shared_.lanes.find(call->prepared.pool, lane)) {
    submit(*workers, call, task);
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
  shared_.deadlines.at(call->deadline,
                       [this, call = std::weak_ptr(call), task = std::weak_ptr(task)] {
                         const auto pending_call = call.lock();
                         const auto pending_task = task.lock();
                         if (!pending_call || !pending_task || pending_call->reply->is_given())
                           return;
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

// A list waits for its pieces one by one; while one is waited for, and so long after it, the
// deadline is not the whole list's.
Result<ops::Context> Dispatcher::context(Call& call) {
  ops::Context context = TRY(shared_.context(*call.prepared.operation));
  context.on_pool = [this, &call](const std::string& pool, std::function<void()> work) {
    call.deadline = Clock::now() + 2 * shared_.patience();
    auto done = shared_.run_on_pool(pool, api::Lane::read, std::move(work));
    call.deadline = Clock::now() + shared_.patience();
    return done;
  };
  context.control_job = [this](model::JobId job, ops::Control control) {
    return jobs_.control(job, control);
  };
  context.key = call.key;
  return context;
}

void Dispatcher::run(const std::shared_ptr<Call>& call) {
  try {
    if (call->is_job())
      jobs_.begin(call);
    else if (call->prepared.awaited && call->wait.count() > 0)
      jobs_.await(call);
    else
      run_at_once(*call);
  } catch (const std::exception& error) {
    call->reply->fail(Error::of(Code::bug, error.what()), *call->prepared.operation);
    call->reply->end_stream(false);
  }
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
  // Key material goes before the answer does.
  call.forget_request();
  if (outcome.ok())
    call.reply->document(std::move(outcome.value().body), std::move(outcome.value().location));
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
    PageRows rows(call.prepared.limit.value_or(usual_page));
    auto end = call.prepared.list(context, rows);
    if (end.ok())
      call.reply->document(rows.finish(end.value()));
    else
      call.reply->fail(end.error(), operation);
    return;
  }
  LineRows rows(call.prepared.limit.value_or(std::numeric_limits<std::size_t>::max()),
                [&](os::Fd read_end) { return call.reply->begin_stream(std::move(read_end)); });
  auto end = call.prepared.list(context, rows);
  const bool is_whole = end.ok() && rows.finish(end.value());
  if (!end.ok()) call.reply->fail(end.error(), operation);
  call.reply->end_stream(is_whole);
}

}  // namespace zfsrest::agent
