#include "agent/dispatcher.hpp"

#include <algorithm>
#include <future>

#include "agent/rows.hpp"
#include "log/log.hpp"
#include "zfs/module.hpp"
#include "zfs/pool.hpp"

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

std::optional<std::string> optional_text(const json::Object& object, std::string_view key) {
  return object.contains(key) ? std::optional(text_at(object, key)) : std::nullopt;
}

Error full() {
  return Error::of(Code::overloaded, "too many operations wait already; this one was not begun");
}

Error not_listed(const std::string& pool) {
  return {
      .code = Code::not_found, .subject = pool, .detail = "no pool \"" + pool + "\" is imported"};
}

}  // namespace

Dispatcher::Dispatcher(const config::Settings& settings, auth::Callers& callers)
    : settings_(settings),
      callers_(callers),
      device_(settings.engine == config::Engine::kernel ? zfs::Mounting::possible
                                                        : zfs::Mounting::impossible),
      lanes_(settings.queue) {
  tidy_later();
}

// From time to time, lets go of what nobody uses.
void Dispatcher::tidy_later() {
  constexpr milliseconds least_pause(50);
  const milliseconds idle(settings_.device_idle_ms);
  deadlines_.at(Clock::now() + std::max(idle / 4, least_pause), [this, idle] {
    device_.close_if_idle(idle);
    lanes_.forget_unused();
    tidy_later();
  });
}

void Dispatcher::dispatch(const std::shared_ptr<link::Channel>& channel, const link::Frame& frame) {
  static constexpr api::Operation unknown{.id = "unknown",
                                          .method = api::Method::get,
                                          .path = "",
                                          .role = api::Role::none,
                                          .lane = api::Lane::general,
                                          .summary = "",
                                          .description = ""};
  auto parsed = json::parse(frame.payload);
  const json::Object& request =
      parsed.ok() && parsed.value().is_object() ? parsed.value().get_object() : object_at({}, "");
  auto reply = std::make_shared<Reply>(channel, frame.id, text_at(request, "request_id"));
  const Entry* entry = find_entry(text_at(request, "operation"));
  if (!entry) {
    reply->fail(Error::of(Code::bug, "gateway and agent disagree about the operations"), unknown);
    return;
  }
  try {
    auto job = receive(request, reply, *entry);
    if (job.ok())
      start(job.value());
    else
      reply->fail(job.error(), *entry->operation);
  } catch (const std::exception& error) {
    reply->fail(Error::of(Code::bug, error.what()), *entry->operation);
  }
}

// The order matters: who may not be known learns nothing of what was wrong with the request.
Result<std::shared_ptr<Dispatcher::Job>> Dispatcher::receive(const json::Object& request,
                                                             std::shared_ptr<Reply> reply,
                                                             const Entry& entry) {
  TRY(callers_.identify(
      {.token = optional_text(request, "token"), .handle = optional_text(request, "handle")}));
  Prepared prepared = TRY(entry.prepare({.path = object_at(request, "path"),
                                         .query = object_at(request, "query"),
                                         .body = object_at(request, "body")}));
  // A plan reads all that its operation would change, and that takes as long.
  const milliseconds allowed(api::is_read(*entry.operation) ? settings_.read_deadline_ms
                                                            : settings_.write_deadline_ms);
  return std::make_shared<Job>(
      std::move(prepared), text_at(request, "shape") == "lines" ? Shape::lines : Shape::document,
      std::move(reply), Clock::now() + allowed);
}

void Dispatcher::start(const std::shared_ptr<Job>& job) {
  const auto task = std::make_shared<Task>([this, job] { run(*job); });
  keep_deadline(job, task);
  const api::Lane lane = job->prepared.operation->lane;
  if (job->shape == Shape::lines && job->prepared.list) {
    submit(lanes_.streams(), job, task);
  } else if (job->prepared.pool.empty() || lane == api::Lane::general) {
    submit(lanes_.general(), job, task);
  } else {
    // A plan only reads, whatever the operation does.
    start_on_pool(job, job->prepared.mode == Mode::plan ? api::Lane::read : lane, task);
  }
}

void Dispatcher::start_on_pool(const std::shared_ptr<Job>& job, api::Lane lane,
                               const std::shared_ptr<Task>& task) {
  if (const auto workers = lanes_.find(job->prepared.pool, lane)) {
    submit(*workers, job, task);
    return;
  }
  // The kernel must be asked whether there is such a pool, and that may block. The operation itself
  // still waits meanwhile.
  const auto ask = std::make_shared<Task>([this, job, lane, task] {
    auto workers = workers_of(job->prepared.pool, lane);
    if (workers.ok())
      submit(*workers.value(), job, task);
    else
      job->reply->fail(workers.error(), *job->prepared.operation);
  });
  submit(lanes_.general(), job, ask);
}

void Dispatcher::submit(Workers& workers, const std::shared_ptr<Job>& job,
                        std::shared_ptr<Task> task) {
  if (!workers.submit(std::move(task))) job->reply->fail(full(), *job->prepared.operation);
}

void Dispatcher::keep_deadline(const std::shared_ptr<Job>& job, const std::shared_ptr<Task>& task) {
  // What has ended needs no deadline, and is not kept for it.
  deadlines_.at(job->deadline, [this, job = std::weak_ptr(job), task = std::weak_ptr(task)] {
    const auto pending_job = job.lock();
    const auto pending_task = task.lock();
    if (!pending_job || !pending_task || pending_job->reply->is_given()) return;
    if (Clock::now() < pending_job->deadline.load())
      keep_deadline(pending_job, pending_task);
    else
      pass_deadline(*pending_job, pending_task);
  });
}

void Dispatcher::pass_deadline(Job& job, const std::shared_ptr<Task>& task) {
  const api::Operation& operation = *job.prepared.operation;
  const bool had_not_begun = task->withdraw();
  if (job.prepared.late) {
    if (auto last = job.prepared.late(seen_)) {
      job.reply->document(*std::move(last));
      return;
    }
  }
  if (had_not_begun)
    job.reply->fail(
        Error::of(Code::deadline, "it was still waiting at its deadline and was withdrawn"),
        operation);
  else if (api::is_read(operation) || job.prepared.mode == Mode::plan)
    job.reply->fail(Error::of(Code::deadline, "the pool did not answer in time"), operation);
  else
    job.reply->fail(Error::of(Code::outcome_unknown,
                              "it was begun and has not ended in time; it may still take effect"),
                    operation);
}

Result<ops::Context> Dispatcher::context(Job& job) {
  // What covers nothing of ZFS works without it.
  const bool needs_zfs = job.prepared.operation->functions.size() > 0;
  const model::Release release =
      needs_zfs ? TRY(zfs::read_module(settings_.module_directory)).release : model::oldest_release;
  return ops::Context{.device = device_,
                      .trees = trees_,
                      .release = release,
                      .seen = seen_,
                      .patience = milliseconds(settings_.read_deadline_ms),
                      .on_pool = [this, &job](const std::string& pool, std::function<void()> work) {
                        return run_on_pool(job, pool, std::move(work));
                      }};
}

void Dispatcher::run(Job& job) {
  const api::Operation& operation = *job.prepared.operation;
  try {
    auto made = context(job);
    if (!made.ok()) {
      job.reply->fail(made.error(), operation);
    } else if (job.prepared.list) {
      run_list(job, made.value());
    } else {
      auto outcome = job.prepared.run(made.value());
      if (outcome.ok())
        job.reply->document(std::move(outcome.value().body), std::move(outcome.value().location));
      else
        job.reply->fail(outcome.error(), operation);
    }
  } catch (const std::exception& error) {
    job.reply->fail(Error::of(Code::bug, error.what()), operation);
    job.reply->end_stream(false);
  }
}

void Dispatcher::run_list(Job& job, ops::Context& context) {
  constexpr std::uint64_t usual_page = api::usual_page;
  const api::Operation& operation = *job.prepared.operation;
  if (job.shape == Shape::document) {
    PageRows rows(job.prepared.limit.value_or(usual_page));
    auto end = job.prepared.list(context, rows);
    if (end.ok())
      job.reply->document(rows.finish(end.value()));
    else
      job.reply->fail(end.error(), operation);
    return;
  }
  LineRows rows(job.prepared.limit.value_or(std::numeric_limits<std::size_t>::max()),
                [&](os::Fd read_end) { return job.reply->begin_stream(std::move(read_end)); });
  auto end = job.prepared.list(context, rows);
  const bool is_whole = end.ok() && rows.finish(end.value());
  if (!end.ok()) job.reply->fail(end.error(), operation);
  job.reply->end_stream(is_whole);
}

Result<std::shared_ptr<Workers>> Dispatcher::workers_of(const std::string& pool, api::Lane lane) {
  if (auto workers = lanes_.find(pool, lane)) return workers;
  const zfs::Handle handle = TRY(device_.open());
  const auto names = TRY(zfs::read_pool_names(handle));
  if (std::ranges::find(names, pool) == names.end()) return not_listed(pool);
  return lanes_.make(pool, lane);
}

Result<Nothing> Dispatcher::run_on_pool(Job& job, const std::string& pool,
                                        std::function<void()> work) {
  const milliseconds allowed(settings_.read_deadline_ms);
  const auto workers = TRY(workers_of(pool, api::Lane::read));
  const auto done = std::make_shared<std::promise<void>>();
  const auto task = std::make_shared<Task>([done, work = std::move(work)] {
    work();
    done->set_value();
  });
  if (!workers->submit(task)) return full();
  // While this piece is waited for, and so long after it, the deadline is not the whole list's.
  job.deadline = Clock::now() + 2 * allowed;
  auto future = done->get_future();
  const auto outcome = future.wait_for(allowed);
  job.deadline = Clock::now() + allowed;
  if (outcome == std::future_status::ready) {
    // Throws if the work did.
    future.get();
    return Nothing{};
  }
  task->withdraw();
  return Error{
      .code = Code::deadline, .subject = pool, .detail = "the pool did not answer in time"};
}

}  // namespace zfsrest::agent
