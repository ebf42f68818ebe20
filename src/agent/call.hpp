// One request on its way. It belongs to its task, and is gone when that has ended.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "agent/prepared.hpp"
#include "agent/repeats.hpp"
#include "agent/reply.hpp"
#include "base/hurry.hpp"
#include "model/conditions.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::agent {

enum class Shape : std::uint8_t { document, lines };

struct Call {
  Prepared prepared;
  Shape shape = Shape::document;
  std::shared_ptr<Reply> reply;
  // Each piece of a list has a deadline of its own, and moves this one.
  std::atomic<std::chrono::steady_clock::time_point> deadline{};
  std::shared_ptr<const void> timer{};  // what happens at the deadline, unless this is gone before
  std::optional<zfs::WrappingKey> key{};  // once it is made
  std::string caller;
  std::uint64_t id = 0;  // its number on the channel that it came by
  std::shared_ptr<link::Channel> channel;
  // Of a stream: only what there would be to say of it is wanted.
  bool wants_head_only = false;
  std::optional<std::uint64_t> body_bytes{};  // of a body that is streamed, if that is known
  std::optional<model::IdempotencyKey> idempotency_key{};
  std::optional<model::IfMatch> if_match{};
  // Of one with a key, while it is carried out.
  std::optional<FirstRequest> first{};
  // Of one with If-Match, from the comparison on: so that what was compared is what is changed. A
  // job holds it to its end.
  std::shared_ptr<ops::TreeLocks::Hold> compared{};
  std::chrono::seconds wait{0};    // how long the caller waits for a job to end
  std::shared_ptr<Hurry> hurry{};  // of one that waits: said when it waits no longer

  // What is left of it holds no key.
  void forget_request();
  // The same, but for the run, which the caller has from now on.
  std::function<Result<Outcome>(ops::Context&)> take_run();

  bool is_job() const { return prepared.mode == Mode::run && prepared.job.has_value(); }
};

}  // namespace zfsrest::agent
