#include "agent/turn.hpp"

#include <chrono>
#include <mutex>
#include <utility>

namespace zfsrest::agent {
namespace {

// Longer than most reads, so that nobody is awakened for them, and about as long as a request that
// comes meanwhile may wait without harm.
constexpr auto long_time = std::chrono::milliseconds(2);

}  // namespace

// The turn, as far as it can be taken from its thread.
class Turn::Taking : public std::enable_shared_from_this<Taking> {
 public:
  Taking(Deadlines& deadlines, std::shared_ptr<Workers> readers, std::function<void()> read)
      : deadlines_(deadlines), readers_(std::move(readers)), read_(std::move(read)) {}

  bool take() {
    const std::lock_guard lock(mutex_);
    return take_locked();
  }

  void take_later() {
    const std::lock_guard lock(mutex_);
    look_later();
  }

  // False if it was taken.
  bool end() {
    std::unique_lock lock(mutex_);
    const auto forgotten = std::move(later_);
    return !std::exchange(is_over_, true);
  }

 private:
  bool take_locked() {
    is_over_ = readers_->submit(std::make_shared<Task>(read_));
    return is_over_;
  }

  void look_later() {
    later_ =
        deadlines_.while_kept(Deadlines::Clock::now() + long_time, [taking = weak_from_this()] {
          if (const auto still = taking.lock()) still->look();
        });
  }

  // Where the system has no thread just now it will have one.
  void look() {
    const std::lock_guard lock(mutex_);
    if (!is_over_ && !take_locked()) look_later();
  }

  Deadlines& deadlines_;
  const std::shared_ptr<Workers> readers_;
  const std::function<void()> read_;
  std::mutex mutex_;
  bool is_over_ = false;
  std::shared_ptr<const void> later_;
};

bool Turn::begin(bool is_more_there) {
  if (!readers_->has_room_for_one()) return false;
  taking_ = std::make_shared<Taking>(deadlines_, readers_, std::move(read_));
  if (is_more_there) return taking_->take();
  taking_->take_later();
  return true;
}

bool Turn::end() {
  return !taking_ || taking_->end();
}

}  // namespace zfsrest::agent
