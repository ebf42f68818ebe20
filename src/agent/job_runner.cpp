#include "agent/job_runner.hpp"

#include <cerrno>

#include "agent/endings.hpp"
#include "agent/settle.hpp"
#include "api/problem.hpp"
#include "log/log.hpp"
#include "os/arena.hpp"

namespace zfsrest::agent {
namespace {

constexpr std::string_view jobs_path = "/v1/jobs/";

std::string document_of(const model::Job& job) {
  return describe::to_json(job);
}

void accept(Reply& reply, const model::Job& job) {
  reply.accepted(document_of(job), std::string(jobs_path) + job.id.text());
}

// What the operation answers to one who has waited for its end.
void tell_end(Reply& reply, const api::Operation& operation, const model::Job& job) {
  switch (job.state) {
    case model::JobState::succeeded:
      reply.document(job.result.is_null() ? std::string() : json::serialize(job.result));
      break;
    case model::JobState::failed:
      reply.problem(job.problem);
      break;
    case model::JobState::canceled:
      reply.fail({.code = Code::canceled, .applied = job.steps}, operation);
      break;
    default:
      reply.fail(Error::of(Code::outcome_unknown,
                           "the daemon was interrupted while it worked on this; it may have taken "
                           "effect"),
                 operation);
  }
}

Error not_begun() {
  return Error::of(Code::interrupted,
                   "the daemon was interrupted before anything of this was begun");
}

// ZFS says so by a number; that the pool is not among those that are listed, we do.
bool is_absence(const Error& error, const std::string& pool) {
  return (error.os_errno == ENOENT || error.code == Code::not_found) && error.subject == pool;
}

// Of a job that is canceled while ZFS cannot be asked about it.
ops::Finding given_up() {
  return {.state = model::JobState::undetermined,
          .error = Error::of(Code::interrupted,
                             "the job was given up while its pool was not there; what ZFS had "
                             "begun goes on if the pool is imported again")};
}

Error keys_are_gone() {
  return Error::of(Code::interrupted,
                   "the daemon was interrupted before anything of this was begun, and keys are "
                   "never written down; send the request again");
}

// Others could change the object, or put another in its place, while there was no agent.
Error condition_is_gone() {
  return Error::of(Code::interrupted,
                   "the daemon was interrupted before anything of this was begun, and by now "
                   "If-Match may not hold; look at the object and send the request again");
}

Error stream_is_gone() {
  return Error::of(Code::interrupted,
                   "the daemon was interrupted while the stream was on its way; send the request "
                   "again");
}

}  // namespace

void JobRunner::begin(const std::shared_ptr<Call>& call) {
  if (call->prepared.operation->runs == api::Runs::as_job)
    queue(call);
  else
    start(call);
}

Result<model::JobId> JobRunner::add(const Call& call) {
  model::Job job;
  job.operation.id = std::string(call.prepared.operation->id);
  job.pool = call.prepared.pool;
  job.request = call.prepared.record();
  job.caller = call.caller;
  if (call.idempotency_key) job.idempotency_key = call.idempotency_key->text;
  if (call.if_match) job.if_match = call.if_match->text;
  return shared_.jobs.add(std::move(job));
}

void JobRunner::queue(const std::shared_ptr<Call>& call) {
  const api::Operation& operation = *call->prepared.operation;
  auto context = shared_.context(operation);
  if (context.ok()) context.value().trees = shared_.trees_of(call->compared);
  auto ready = context.ok() ? call->prepared.job->begin(context.value())
                            : Result<Nothing>(std::move(context).error());
  // From here on the deadline has no say: it had told that nothing was begun.
  if (!call->reply->hold()) return;
  const auto id = ready.ok() ? submit(*call) : Result<model::JobId>(std::move(ready).error());
  // What is refused holds no key any more when that is said.
  call->forget_request();
  note_end(*call, id);
  if (id.ok())
    answer(call, id.value());
  else
    call->reply->fail(id.error(), operation);
}

// What was refused may be tried again, and keeps nobody from its object.
void JobRunner::note_end(Call& call, const Result<model::JobId>& id) {
  if (call.first && id.ok()) call.first->became(id.value());
  call.first.reset();
  call.compared.reset();
}

void JobRunner::refuse(Call& call, const Error& error) {
  note_end(call, error);
  call.reply->fail(error, *call.prepared.operation);
}

Result<model::JobId> JobRunner::submit(Call& call) {
  const api::Operation& operation = *call.prepared.operation;
  const auto workers = TRY(shared_.workers_of(call.prepared.pool, operation.lane));
  const model::JobId id = TRY(add(call));
  // The job may end before this function does, and nobody but it may have its keys then.
  if (submit(*workers, id, operation, run_of(call))) return id;
  shared_.jobs.drop(id);
  return full();
}

void JobRunner::start(const std::shared_ptr<Call>& call) {
  const api::Operation& operation = *call->prepared.operation;
  auto context = shared_.context(operation);
  if (!context.ok()) return refuse(*call, context.error());
  // ZFS remembers only the last of what it did, so it is asked about that before the next begins.
  watcher_.look(call->prepared.pool);
  const auto id = add(*call);
  if (!id.ok()) return refuse(*call, id.error());
  const ops::Work work(shared_.jobs, id.value());
  context.value().work = &work;
  context.value().trees = shared_.trees_of(call->compared);
  const auto started = [&] {
    const Watcher::Starting starting(watcher_, id.value());
    return call->prepared.job->begin(context.value());
  }();
  if (!started.ok()) {
    // Of what is refused there is no job; but one whose outcome was called unknown is looked for.
    if (!call->reply->hold()) {
      note_failure(shared_.jobs, operation, id.value(), started.error());
      return note_end(*call, id);
    }
    shared_.jobs.drop(id.value());
    return refuse(*call, started.error());
  }
  watcher_.watch(call->prepared.pool);
  note_end(*call, id);
  answer(call, id.value());
}

// What is compared with If-Match stays as it is until the job has ended.
JobRunner::Run JobRunner::run_of(Call& call) {
  Run run = call.take_run();
  if (!call.compared) return run;
  return [this, run = std::move(run), compared = call.compared](ops::Context& context) {
    context.trees = shared_.trees_of(compared);
    return run(context);
  };
}

bool JobRunner::submit(Workers& workers, model::JobId id, const api::Operation& operation,
                       Run run) {
  const auto task = std::make_shared<Task>([this, id, &operation, run = std::move(run)]() mutable {
    carry_out(id, operation, std::move(run));
  });
  // One that is canceled before its turn need not wait for that to let go of its keys.
  shared_.jobs.when_ended(id, [waiting = std::weak_ptr(task)](const model::Job&) {
    if (const auto left = waiting.lock()) left->withdraw();
  });
  return workers.submit(task);
}

void JobRunner::carry_out(model::JobId id, const api::Operation& operation, Run run) {
  if (shared_.jobs.is_canceled(id)) return;
  auto result = perform(id, operation, run);
  // Key material goes before anybody learns of the end.
  run = nullptr;
  os::wipe_stack();
  if (!result.ok()) return note_failure(shared_.jobs, operation, id, result.error());
  shared_.jobs.end(id, {.state = model::JobState::succeeded,
                        .result = std::move(result).value(),
                        .problem = nullptr});
}

Result<json::Value> JobRunner::perform(model::JobId id, const api::Operation& operation,
                                       const Run& run) {
  try {
    ops::Context context = TRY(shared_.context(operation));
    const ops::Work work(shared_.jobs, id);
    context.work = &work;
    const Outcome outcome = TRY(run(context));
    if (outcome.body.empty()) return json::Value();
    return json::parse(outcome.body);
  } catch (const std::exception& error) {
    return Error::of(Code::bug, error.what());
  }
}

void JobRunner::when_over(const std::shared_ptr<Call>& call, model::JobId id,
                          std::function<void(const model::Job&)> ended,
                          std::function<void(const model::Job&)> too_long) {
  call->reply->note_wait();
  // The listener keeps the hurry, and that the timer: all of it goes with the first that comes.
  const auto listener = shared_.jobs.when_ended(
      id, [hurry = call->hurry, ended = std::move(ended)](const model::Job& job) { ended(job); });
  // It has ended already.
  if (!listener) return;
  const auto give_up = [this, id, listener = *listener, too_long = std::move(too_long)] {
    if (const auto job = shared_.jobs.find(id)) too_long(*job);
    shared_.jobs.forget_listener(id, listener);
  };
  call->hurry->when_said([give_up, timer = shared_.deadlines.while_kept(Clock::now() + call->wait,
                                                                        give_up)] { give_up(); });
}

void JobRunner::answer(const std::shared_ptr<Call>& call, model::JobId id) {
  const auto reply = call->reply;
  const api::Operation& operation = *call->prepared.operation;
  if (call->wait.count() == 0) {
    if (const auto job = shared_.jobs.find(id)) accept(*reply, *job);
    return;
  }
  // The caller may wait longer than the deadline.
  reply->hold();
  when_over(
      call, id, [reply, &operation](const model::Job& job) { tell_end(*reply, operation, job); },
      [weak = std::weak_ptr(reply)](const model::Job& job) {
        if (const auto pending = weak.lock(); pending && !pending->is_given())
          accept(*pending, job);
      });
}

void JobRunner::answer_again(const std::shared_ptr<Call>& call, model::JobId id) {
  if (shared_.jobs.find(id)) return answer(call, id);
  call->reply->fail(Error::of(Code::outcome_unknown,
                              "the first request with this Idempotency-Key began job " + id.text() +
                                  ", which has ended and is no longer kept; look at what there is"),
                    *call->prepared.operation);
}

void JobRunner::await(const std::shared_ptr<Call>& call) {
  const auto reply = call->reply;
  if (!reply->hold()) return;
  const model::JobId id = *call->prepared.awaited;
  if (!shared_.jobs.find(id))
    return reply->fail({.code = Code::not_found,
                        .subject = id.text(),
                        .detail = "there is no job " + id.text() + ", or none any more"},
                       *call->prepared.operation);
  when_over(
      call, id, [reply](const model::Job& job) { reply->document(document_of(job)); },
      [weak = std::weak_ptr(reply)](const model::Job& job) {
        if (const auto pending = weak.lock(); pending && !pending->is_given())
          pending->document(document_of(job));
      });
}

Result<Nothing> JobRunner::control(model::JobId id, ops::Control control) {
  const auto job = shared_.jobs.find_entry(id);
  const Entry* entry = job ? find_entry(job->job.operation.id) : nullptr;
  if (entry && entry->actions.control) return control_in_kernel(*job, *entry, control);
  if (control != ops::Control::cancel)
    return Error{.code = Code::wrong_state,
                 .subject = id.text(),
                 .detail = "job " + id.text() +
                           " is none that the kernel carries out, and can only be canceled"};
  shared_.cancel(id);
  return Nothing{};
}

Result<Nothing> JobRunner::control_in_kernel(const store::JobEntry& job, const Entry& entry,
                                             ops::Control control) {
  const auto outcome = std::make_shared<Result<Nothing>>(Nothing{});
  auto errand = shared_.send(job.job.pool, api::Lane::write, [this, &entry, job, control, outcome] {
    auto context = shared_.context(*entry.operation);
    *outcome = context.ok() ? entry.actions.control(context.value(), job, control)
                            : Result<Nothing>(std::move(context).error());
    watcher_.look(job.job.pool);
  });
  // That the pool is not there is not the end of it.
  auto waited = errand.ok() ? errand.value()->wait() : Result<Nothing>(std::move(errand).error());
  if (!waited.ok() && waited.error().code == Code::deadline)
    return Error::of(Code::outcome_unknown, "the pool did not answer in time; it may still do it");
  Result<Nothing> result = waited.ok() ? *outcome : std::move(waited);
  if (result.ok() || control != ops::Control::cancel || !is_absence(result.error(), job.job.pool))
    return result;
  note_finding(shared_.jobs, *entry.operation, job.job, given_up());
  return Nothing{};
}

void JobRunner::recover() {
  recover(shared_.jobs.unfinished());
}

void JobRunner::recover(std::vector<store::JobEntry> jobs) {
  std::erase_if(jobs, [this](const store::JobEntry& job) { return recover(job); });
  if (!jobs.empty()) recover_later(std::move(jobs));
}

void JobRunner::recover_later(std::vector<store::JobEntry> jobs) {
  constexpr auto pause = std::chrono::seconds(5);
  shared_.deadlines.at(Clock::now() + pause, [this, jobs = std::move(jobs)] {
    const auto task = std::make_shared<Task>([this, jobs] { recover(jobs); });
    if (!shared_.lanes.general().submit(task)) recover_later(jobs);
  });
}

bool JobRunner::recover(const store::JobEntry& job) {
  const auto now = shared_.jobs.find(job.job.id);
  if (!now || model::has_ended(now->state)) return true;
  const Entry* entry = find_entry(job.job.operation.id);
  if (!entry || entry->operation->runs == api::Runs::at_once) {
    shared_.jobs.end(
        job.job.id,
        {.state = model::JobState::undetermined, .result = nullptr, .problem = nullptr});
    return true;
  }
  if (entry->operation->runs != api::Runs::in_kernel) return recover_work(job, *entry);
  if (job.evidence.empty())
    note_failure(shared_.jobs, *entry->operation, job.job.id, not_begun());
  else
    watcher_.watch(job.job.pool);
  return true;
}

bool JobRunner::recover_work(const store::JobEntry& job, const Entry& entry) {
  const api::Operation& operation = *entry.operation;
  const bool begins_anew = job.evidence.empty() || !entry.actions.judge;
  if (begins_anew && !entry.actions.run) {
    note_failure(shared_.jobs, operation, job.job.id,
                 operation.runs == api::Runs::transfer ? stream_is_gone() : keys_are_gone());
    return true;
  }
  if (begins_anew && job.job.if_match) {
    note_failure(shared_.jobs, operation, job.job.id, condition_is_gone());
    return true;
  }
  const auto workers = shared_.workers_of(job.job.pool, operation.lane);
  if (!workers.ok()) {
    const bool is_unwanted =
        is_absence(workers.error(), job.job.pool) && shared_.jobs.is_canceled(job.job.id);
    if (is_unwanted) note_finding(shared_.jobs, operation, job.job, given_up());
    return is_unwanted;
  }
  if (begins_anew)
    return submit(*workers.value(), job.job.id, operation,
                  [run = entry.actions.run, request = job.job.request](ops::Context& context) {
                    return run(context, request);
                  });
  return workers.value()->submit(
      std::make_shared<Task>([this, job, &entry] { judge(job, entry); }));
}

void JobRunner::judge(const store::JobEntry& job, const Entry& entry) {
  auto finding = find_out(job, entry);
  if (finding.ok())
    note_finding(shared_.jobs, *entry.operation, job.job, std::move(finding).value());
  else
    // ZFS could not be asked.
    recover_later({job});
}

Result<ops::Finding> JobRunner::find_out(const store::JobEntry& job, const Entry& entry) {
  auto context = TRY(shared_.context(*entry.operation));
  const zfs::Handle handle = TRY(shared_.device.open());
  TRY(settle(handle, job.job.pool));
  return entry.actions.judge(context, job);
}

}  // namespace zfsrest::agent
