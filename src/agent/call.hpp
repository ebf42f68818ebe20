// One request on its way. It belongs to its task, and is gone when that has ended.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "agent/prepared.hpp"
#include "agent/reply.hpp"
#include "base/hurry.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::agent {

enum class Shape : std::uint8_t { document, lines };

struct Call {
  Prepared prepared;
  Shape shape = Shape::document;
  std::shared_ptr<Reply> reply;
  // Each piece of a list has a deadline of its own, and moves this one.
  std::atomic<std::chrono::steady_clock::time_point> deadline{};
  std::optional<zfs::WrappingKey> key{};  // once it is made
  std::string caller;
  std::chrono::seconds wait{0};    // how long the caller waits for a job to end
  std::shared_ptr<Hurry> hurry{};  // of one that waits: said when it waits no longer

  // What is left of it holds no key.
  void forget_request();
  // The same, but for the run, which the caller has from now on.
  std::function<Result<Outcome>(ops::Context&)> take_run();

  bool is_job() const { return prepared.mode == Mode::run && prepared.job.has_value(); }
};

}  // namespace zfsrest::agent
