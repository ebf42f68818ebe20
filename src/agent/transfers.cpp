#include "agent/transfers.hpp"

#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <vector>

#include "agent/endings.hpp"
#include "json/value.hpp"
#include "os/fd.hpp"

namespace zfsrest::agent {
namespace {

Error too_many() {
  return Error::of(Code::overloaded,
                   "as many streams are on their way as may be at once; this one was not begun");
}

// What was done, and what is kept, remains said.
Error ended_early(Error error, const Error& cut_short) {
  error.subject = cut_short.subject;
  error.faults = cut_short.faults;
  error.applied = cut_short.applied;
  return error;
}

// All that came, where the result of a receive says so: the gateway tells of it now and then only.
std::optional<std::uint64_t> bytes_in(const json::Value& result) {
  const json::Object* const document = result.if_object();
  const json::Value* const bytes = document ? document->if_contains("bytes") : nullptr;
  if (!bytes || !bytes->is_int64()) return {};
  return static_cast<std::uint64_t>(bytes->get_int64());
}

bool is_download(const Call& call) {
  return call.prepared.operation->body == api::Body::download;
}

}  // namespace

void Transfers::begin(const std::shared_ptr<Call>& call) {
  const api::Operation& operation = *call->prepared.operation;
  auto context = shared_.context(operation);
  auto head = context.ok() ? call->prepared.transfer->open(context.value())
                           : Result<model::StreamHead>(std::move(context).error());
  // From here on the deadline has no say: it had told that nothing was begun.
  if (!call->reply->hold()) return;
  if (!head.ok()) return call->reply->fail(head.error(), operation);
  if (call->wants_head_only) return call->reply->document(describe::to_json(head.value()));
  const auto task = std::make_shared<Task>(
      [this, call, head = std::move(head).value()] { carry_out(call, head); });
  if (!shared_.lanes.transfers().submit(task)) call->reply->fail(too_many(), operation);
}

void Transfers::carry_out(const std::shared_ptr<Call>& call, model::StreamHead head) {
  const api::Operation& operation = *call->prepared.operation;
  auto pipe = os::make_pipe(os::largest_pipe);
  if (!pipe.ok()) return call->reply->fail(pipe.error(), operation);
  auto id = shared_.jobs.add({.operation = {std::string(operation.id)},
                              .pool = call->prepared.pool,
                              .request = call->prepared.record(),
                              .caller = call->caller});
  if (!id.ok()) return call->reply->fail(id.error(), operation);
  head.job = id.value();
  const auto running = std::make_shared<Running>();
  running->call = call;
  running->job = id.value();
  running->total_bytes = is_download(*call) ? head.estimated_bytes : call->body_bytes;
  const Key key(call->channel, call->id);
  {
    const std::lock_guard lock(mutex_);
    running_[key] = running;
  }
  Result<Outcome> outcome = Error();
  try {
    outcome = perform(running, std::move(pipe).value(), describe::to_json(head));
  } catch (const std::exception& error) {
    outcome = Error::of(Code::bug, error.what());
  }
  {
    const std::lock_guard lock(mutex_);
    running_.erase(key);
  }
  end(*running, outcome);
}

// The end that is the gateway's is given away, and ours is closed as soon as the kernel is done
// with it, so that each of the two notices the end of the other.
Result<Outcome> Transfers::perform(const std::shared_ptr<Running>& running, os::Pipe pipe,
                                   const std::string& head) {
  Reply& reply = *running->call->reply;
  const bool sends = is_download(*running->call);
  const os::Fd ours = std::move(sends ? pipe.write_end : pipe.read_end);
  running->pipe = ours.get();
  if (sends) {
    if (!reply.begin_stream(std::move(pipe.read_end), head))
      return Error::of(Code::canceled, "nobody waits for the stream any more");
    sample_later(running);
  } else {
    reply.ask_for_body(std::move(pipe.write_end), head);
  }
  auto outcome = make_call(*running);
  running->is_over = true;
  const bool is_lost = outcome.ok() && sends && !wait_drained(*running);
  if (is_lost) return why_canceled();
  // What the kernel says of what was interrupted is of no matter.
  if (outcome.ok()) return outcome;
  const int os_errno = outcome.error().os_errno;
  const bool is_ended_by_client = sends && (os_errno == EINTR || os_errno == EPIPE);
  if (is_ended_by_client || shared_.jobs.is_canceled(running->job))
    return ended_early(why_canceled(), outcome.error());
  return outcome;
}

Error Transfers::why_canceled() const {
  if (is_ending_) return Error::of(Code::interrupted, "the daemon ended during the transfer");
  return Error::of(Code::canceled, "the transfer was canceled");
}

// The kernel is done when the last bytes are in the pipe, which a slow client takes long to empty.
// False if that ends before they are out.
bool Transfers::wait_drained(const Running& running) const {
  constexpr std::chrono::milliseconds longest_pause(50);
  for (std::chrono::milliseconds pause(1);; pause = std::min(2 * pause, longest_pause)) {
    int left_bytes = 0;
    if (::ioctl(running.pipe, FIONREAD, &left_bytes) != 0 || left_bytes == 0) return true;
    if (shared_.jobs.is_canceled(running.job)) return false;
    // Nothing is asked for, so that only the other end's being closed is told.
    pollfd one{.fd = running.pipe, .events = 0, .revents = 0};
    if (::poll(&one, 1, static_cast<int>(pause.count())) != 0) return false;
  }
}

Result<Outcome> Transfers::make_call(Running& running) {
  ops::Context context = TRY(shared_.context(*running.call->prepared.operation));
  const ops::Work work(shared_.jobs, running.job);
  context.work = &work;
  return running.call->prepared.transfer->carry_out(context, running.pipe);
}

// The job has ended before anybody hears of that.
void Transfers::end(Running& running, const Result<Outcome>& outcome) {
  const api::Operation& operation = *running.call->prepared.operation;
  Reply& reply = *running.call->reply;
  if (!outcome.ok()) {
    note_failure(shared_.jobs, operation, running.job, outcome.error());
    if (is_download(*running.call))
      reply.break_stream(outcome.error(), operation);
    else
      reply.fail(outcome.error(), operation);
    return;
  }
  const std::string& body = outcome.value().body;
  auto parsed = json::parse(body.empty() ? "null" : body);
  json::Value result = parsed.ok() ? std::move(parsed).value() : json::Value();
  if (const auto bytes = bytes_in(result)) report(running, *bytes);
  shared_.jobs.end(
      running.job,
      {.state = model::JobState::succeeded, .result = std::move(result), .problem = nullptr});
  if (is_download(*running.call))
    reply.end_stream(true);
  else
    reply.document(body);
}

void Transfers::abandon(const std::shared_ptr<link::Channel>& channel, std::uint64_t id) {
  if (const auto running = find({channel, id})) shared_.cancel(running->job);
}

void Transfers::abandon_all(const std::shared_ptr<link::Channel>& channel) {
  cancel_if([&](const Key& key) { return key.first == channel; });
}

void Transfers::cancel_all() {
  is_ending_ = true;
  cancel_if([](const Key&) { return true; });
}

// That may end what it is told about, and so is done without the lock.
template <class Wanted>
void Transfers::cancel_if(const Wanted& wanted) {
  std::vector<model::JobId> jobs;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, running] : running_)
      if (wanted(key)) jobs.push_back(running->job);
  }
  for (const model::JobId job : jobs) shared_.cancel(job);
}

void Transfers::note_moved(const std::shared_ptr<link::Channel>& channel, std::uint64_t id,
                           std::uint64_t bytes) {
  if (const auto running = find({channel, id})) report(*running, bytes);
}

std::shared_ptr<Transfers::Running> Transfers::find(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(key);
  return found == running_.end() ? nullptr : found->second;
}

void Transfers::report(const Running& running, std::uint64_t bytes) {
  shared_.jobs.report(
      running.job, model::JobState::running,
      jobs::Count{.unit = model::ProgressUnit::bytes, .done = bytes, .total = running.total_bytes});
}

// The kernel counts what it sends; asking it may take long on a pool that does not answer, and so
// is done where the pool's other reads are.
void Transfers::sample_later(const std::shared_ptr<Running>& running) {
  constexpr auto pause = std::chrono::seconds(1);
  shared_.deadlines.at(Shared::Clock::now() + pause, [this, weak = std::weak_ptr(running)] {
    const auto still = weak.lock();
    if (!still || still->is_over) return;
    const auto workers = shared_.lanes.find(still->call->prepared.pool, api::Lane::read);
    const auto task = std::make_shared<Task>([this, weak] {
      if (const auto sampled = weak.lock()) sample(sampled);
    });
    if (!workers || !workers->submit(task)) sample_later(still);
  });
}

void Transfers::sample(const std::shared_ptr<Running>& running) {
  auto context = shared_.context(*running->call->prepared.operation);
  if (context.ok() && !running->is_over) {
    const auto bytes = running->call->prepared.transfer->count(context.value(), running->pipe);
    if (bytes.ok()) report(*running, bytes.value());
  }
  sample_later(running);
}

}  // namespace zfsrest::agent
