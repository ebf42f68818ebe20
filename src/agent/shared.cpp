#include "agent/shared.hpp"

#include <algorithm>
#include <future>

#include "api/availability.hpp"
#include "ops/pieces.hpp"
#include "zfs/module.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::agent {

using std::chrono::milliseconds;

namespace {

class PoolErrand : public ops::Errand {
 public:
  // `begun` when a worker has the task, `done` when it has ended.
  PoolErrand(std::string pool, std::shared_ptr<Task> task, std::future<void> begun,
             std::future<void> done, milliseconds patience)
      : pool_(std::move(pool)),
        task_(std::move(task)),
        begun_(std::move(begun)),
        done_(std::move(done)),
        patience_(patience) {}
  ~PoolErrand() override { task_->withdraw(); }
  PoolErrand(const PoolErrand&) = delete;
  PoolErrand& operator=(const PoolErrand&) = delete;

  Result<Nothing> wait() override {
    // That others are served first is no sign that the pool hangs.
    if (begun_.wait_for(patience_) != std::future_status::ready ||
        done_.wait_for(patience_) != std::future_status::ready)
      return Error{
          .code = Code::deadline, .subject = pool_, .detail = "the pool did not answer in time"};
    // Throws if the work did.
    done_.get();
    return Nothing{};
  }

  bool is_done() const override {
    return done_.wait_for(milliseconds(0)) == std::future_status::ready;
  }

 private:
  std::string pool_;
  std::shared_ptr<Task> task_;
  std::future<void> begun_;
  std::future<void> done_;
  milliseconds patience_;
};

Error not_listed(const std::string& pool) {
  return {
      .code = Code::not_found, .subject = pool, .detail = "no pool \"" + pool + "\" is imported"};
}

}  // namespace

Error full() {
  return Error::of(Code::overloaded, "too many operations wait already; this one was not begun");
}

Shared::Shared(const config::Settings& chosen, jobs::Registry& registry,
               store::RequestJournal& journal)
    : settings(chosen),
      jobs(registry),
      requests(journal),
      device(chosen.engine == model::Engine::kernel ? zfs::Mounting::possible
                                                    : zfs::Mounting::impossible),
      leases(device, chosen.pool_leases),
      receives(chosen.receives_kept, std::chrono::seconds(chosen.receives_kept_s)),
      lanes(chosen.queue, chosen.jobs_waiting, chosen.transfers) {
  stir();
}

void Shared::stir() {
  is_stirred_ = true;
  if (!is_tidying_.exchange(true)) tidy_later();
}

// From time to time, as long as there is something of which that makes an end.
void Shared::tidy_later() {
  constexpr milliseconds least_pause(50);
  constexpr milliseconds longest_pause(1'000);
  const milliseconds idle(settings.device_idle_ms);
  const milliseconds pause = std::clamp(idle / 4, least_pause, longest_pause);
  deadlines.at(Clock::now() + pause, [this, idle] {
    is_stirred_ = false;
    if (tidy(idle)) {
      tidy_later();
      return;
    }
    is_tidying_ = false;
    // Who stirred meanwhile relied on this.
    if (is_stirred_) stir();
  });
}

// Lets go of what nobody uses, of leases whose time is up, and of old jobs. False if there is
// nothing left of which time alone makes an end, or that uses any of it by itself.
bool Shared::tidy(milliseconds idle) {
  const bool has_leases =
      leases.end_expired([this](const std::string& pool, std::function<void()> end) {
        return submit_end(pool, std::move(end));
      });
  const bool is_open = device.close_if_idle(idle);
  const bool has_workers = lanes.forget_unused();
  const bool has_jobs = jobs.tidy();
  const bool has_receives = receives.tidy();
  return has_leases || is_open || has_workers || has_jobs || has_receives;
}

bool Shared::submit_end(const std::string& pool, std::function<void()> end) {
  return lanes.make(pool, api::Lane::lease)->submit(std::make_shared<Task>(std::move(end)));
}

void Shared::stop(milliseconds longest) {
  leases.end_all([this](const std::string& pool, std::function<void()> end) {
    return submit_end(pool, std::move(end));
  });
  lanes.wait_idle(longest);
}

void Shared::cancel(model::JobId id) {
  jobs.cancel(id);
  interrupt_canceled();
}

void Shared::interrupt_canceled() {
  constexpr auto pause = std::chrono::milliseconds(50);
  if (!jobs.interrupt_canceled()) return;
  // However many are canceled, one look at all of them is due.
  if (is_look_due_.exchange(true)) return;
  deadlines.at(Clock::now() + pause, [this] {
    is_look_due_ = false;
    interrupt_canceled();
  });
}

Result<std::shared_ptr<Workers>> Shared::workers_of(const std::string& pool, api::Lane lane) {
  if (auto workers = lanes.find(pool, lane)) return workers;
  const zfs::Handle handle = TRY(device.open());
  const auto names = TRY(zfs::read_pool_names(handle));
  if (std::ranges::find(names, pool) == names.end()) return not_listed(pool);
  return lanes.make(pool, lane);
}

Result<std::unique_ptr<ops::Errand>> Shared::send(const std::string& pool, api::Lane lane,
                                                  std::function<void()> work) {
  const auto workers = TRY(workers_of(pool, lane));
  const auto begun = std::make_shared<std::promise<void>>();
  const auto done = std::make_shared<std::promise<void>>();
  if (lane == api::Lane::list)
    work = [this, pool, work = std::move(work)] { do_piece(pool, work); };
  const auto task = std::make_shared<Task>([begun, done, work = std::move(work)] {
    begun->set_value();
    work();
    done->set_value();
  });
  if (!workers->submit(task)) return full();
  return std::unique_ptr<ops::Errand>(std::make_unique<PoolErrand>(pool, task, begun->get_future(),
                                                                   done->get_future(), patience()));
}

// A piece of a list keeps what changes the pool waiting. So who has done one lets that go first
// before the next, for twice as long as it took; for less if others wait behind it, as each has a
// deadline.
void Shared::do_piece(const std::string& pool, const std::function<void()>& piece) const {
  using std::chrono::nanoseconds;
  static thread_local nanoseconds last_took{0};
  const auto lists = lanes.find(pool, api::Lane::list);
  const auto writers = lanes.find(pool, api::Lane::write);
  if (lists && writers) {
    const nanoseconds longest = std::min<nanoseconds>(2 * ops::longest_piece, patience() / 4);
    writers->give_way(milliseconds(10), 2 * std::min(longest, 2 * last_took) /
                                            static_cast<int>(2 + lists->count_waiting()));
  }
  const auto begun = Clock::now();
  piece();
  last_took = Clock::now() - begun;
}

Result<Nothing> Shared::check_available(const Prepared& prepared) const {
  const api::Operation& operation = *prepared.operation;
  if (!operation.engine && operation.since == model::oldest_release && prepared.needs.empty())
    return Nothing{};
  const zfs::Module module = TRY(zfs::read_module(settings.module_directory));
  return api::check_available(operation, prepared.needs,
                              {.engine = settings.engine, .release = module.release});
}

Result<ops::Context> Shared::context(const api::Operation& operation) {
  // What covers nothing of ZFS works without it.
  const bool needs_zfs = operation.functions.size() > 0;
  const model::Release release =
      needs_zfs ? TRY(zfs::read_module(settings.module_directory)).release : model::oldest_release;
  return ops::Context{
      .device = device,
      .trees = ops::TreeAccess(trees),
      .leases = leases,
      .receives = receives,
      .engine = settings.engine,
      .release = release,
      .module_directory = settings.module_directory,
      .seen = seen,
      .patience = patience(),
      .most_sorted = settings.sorted_rows,
      .send = [this](const std::string& pool, api::Lane lane,
                     std::function<void()> work) { return send(pool, lane, std::move(work)); },
      .jobs = jobs};
}

}  // namespace zfsrest::agent
