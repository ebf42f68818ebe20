#include "agent/lanes.hpp"

#include <algorithm>
#include <thread>

namespace zfsrest::agent {
namespace {

constexpr std::size_t general_threads = 8;
constexpr std::size_t stream_threads = 16;
constexpr std::size_t page_threads = 16;
constexpr std::size_t stretching_threads = 2;
constexpr std::size_t read_threads = 4;
// For pieces of lists, so that whoever asks for one object waits for no list. Lists want all they
// can get for a while, and whoever changes something goes first.
// More of them than processors would only hold what they read for longer.
std::size_t list_threads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 4);
}
// Most of them wait for the same txg, and the more of them do, the more it commits at once.
constexpr std::size_t write_threads = 32;
constexpr std::size_t rescue_threads = 2;
constexpr std::size_t job_threads = 2;
// Those do nothing but sleep.
constexpr std::size_t wait_threads = 16;
constexpr std::size_t lease_threads = 4;

}  // namespace

Lanes::Lanes(std::size_t queue, std::size_t jobs, std::size_t transfers)
    : queue_(queue),
      jobs_(jobs),
      general_(std::make_shared<Workers>(general_threads, queue)),
      streams_(std::make_shared<Workers>(stream_threads, 0, Urgency::low)),
      pages_(std::make_shared<Workers>(page_threads, queue, Urgency::low)),
      transfers_(std::make_shared<Workers>(transfers, 0)),
      stretching_(std::make_shared<Workers>(stretching_threads, queue)) {}

std::shared_ptr<Workers> Lanes::Pool::of(api::Lane lane) const {
  switch (lane) {
    case api::Lane::write:
      return write;
    case api::Lane::list:
      return list;
    case api::Lane::rescue:
      return rescue;
    case api::Lane::job:
      return job;
    case api::Lane::wait:
      return wait;
    case api::Lane::lease:
      return lease;
    default:
      return read;
  }
}

std::shared_ptr<Workers> Lanes::find(const std::string& pool, api::Lane lane) const {
  const std::lock_guard lock(mutex_);
  const auto found = pools_.find(pool);
  return found == pools_.end() ? nullptr : found->second.of(lane);
}

std::shared_ptr<Workers> Lanes::make(const std::string& pool, api::Lane lane) {
  const std::lock_guard lock(mutex_);
  auto [found, fresh] = pools_.try_emplace(pool);
  if (fresh)
    found->second = {.read = std::make_shared<Workers>(read_threads, queue_),
                     .list = std::make_shared<Workers>(list_threads(), queue_, Urgency::low),
                     .write = std::make_shared<Workers>(write_threads, queue_),
                     .rescue = std::make_shared<Workers>(rescue_threads, queue_),
                     .job = std::make_shared<Workers>(job_threads, jobs_),
                     .wait = std::make_shared<Workers>(wait_threads, jobs_),
                     .lease = std::make_shared<Workers>(lease_threads, queue_)};
  return found->second.of(lane);
}

bool Lanes::forget_unused() {
  const auto are_unused = [](const std::vector<std::shared_ptr<Workers>>& all) {
    return std::ranges::all_of(all, &Workers::is_unused);
  };
  const std::lock_guard lock(mutex_);
  std::erase_if(pools_, [&](const auto& entry) { return are_unused(entry.second.all()); });
  return !pools_.empty() || !are_unused(common());
}

void Lanes::wait_idle(std::chrono::milliseconds longest) {
  std::vector<std::shared_ptr<Workers>> all = common();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, pool] : pools_)
      for (auto& workers : pool.all()) all.push_back(std::move(workers));
  }
  const auto until = std::chrono::steady_clock::now() + longest;
  for (const auto& workers : all) {
    const auto left = until - std::chrono::steady_clock::now();
    workers->wait_idle(std::max(std::chrono::milliseconds(0),
                                std::chrono::duration_cast<std::chrono::milliseconds>(left)));
  }
}

}  // namespace zfsrest::agent
