// The job that an implementation works for, and what is found out about it afterwards.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "jobs/registry.hpp"

namespace zfsrest::ops {

class Work {
 public:
  Work(jobs::Registry& registry, model::JobId id) : registry_(registry), id_(id) {}

  model::JobId id() const { return id_; }
  // Before the first change, and before further ones of which more is to be noted; see
  // jobs::Registry::begin().
  Result<Nothing> begin(json::Object evidence) const {
    return registry_.begin(id_, std::move(evidence));
  }
  // After it.
  void learn(json::Object evidence) const { registry_.learn(id_, std::move(evidence)); }
  void count(const jobs::Count& count) const {
    registry_.report(id_, model::JobState::running, count);
  }
  void step(std::string object) const { registry_.add_step(id_, std::move(object)); }
  void skip(std::vector<model::Skipped> objects) const {
    registry_.set_skipped(id_, std::move(objects));
  }
  // Whether somebody wants it to end; there is no need to see to it at once.
  bool is_canceled() const { return registry_.is_canceled(id_); }
  // While it exists, a wish to end it interrupts what this thread does in the kernel (EINTR).
  jobs::Registry::Interruptible interruptible() const { return {registry_, id_}; }

 private:
  jobs::Registry& registry_;
  model::JobId id_;
};

// What ZFS says of a job that runs in the kernel, or that was interrupted.
struct Finding {
  model::JobState state;
  std::optional<jobs::Count> count{};
  std::optional<std::vector<std::string>> steps{};
  json::Value result{};          // when it has succeeded
  std::optional<Error> error{};  // when it has failed, or why it is undetermined
};

// What a caller can do to a job.
enum class Control { cancel, pause, resume };

}  // namespace zfsrest::ops
