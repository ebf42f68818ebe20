#include <gtest/gtest.h>

#include <future>

#include "agent/deadlines.hpp"

namespace zfsrest::agent {
namespace {

using std::chrono::milliseconds;
using Clock = Deadlines::Clock;

constexpr auto watchdog = std::chrono::seconds(30);

// Something that is to happen, and when it did.
struct Event {
  std::promise<Clock::time_point> promise;
  std::future<Clock::time_point> happened = promise.get_future();

  std::function<void()> action() {
    return [this] { promise.set_value(Clock::now()); };
  }
  bool has_happened() const { return happened.wait_for(watchdog) == std::future_status::ready; }
};

TEST(AgentDeadlines, ThingsHappenAtTheirTimesInWhateverOrderTheyWereAsked) {
  Event first, second, last;
  Deadlines deadlines;
  const auto begun = Clock::now();
  deadlines.at(begun + milliseconds(60), last.action());
  deadlines.at(begun + milliseconds(20), first.action());
  deadlines.at(begun + milliseconds(40), second.action());
  ASSERT_TRUE(last.has_happened());
  const auto at = first.happened.get();
  EXPECT_GE(at, begun + milliseconds(20));
  EXPECT_LE(at, second.happened.get());
  EXPECT_GE(last.happened.get(), begun + milliseconds(60));
}

TEST(AgentDeadlines, WhatIsNotKeptDoesNotHappenAndHoldsNothingUp) {
  Event forgotten, kept, earlier;
  Deadlines deadlines;
  const auto begun = Clock::now();
  auto timer = deadlines.while_kept(begun + milliseconds(50), forgotten.action());
  timer.reset();
  const auto later = deadlines.while_kept(begun + milliseconds(80), kept.action());
  deadlines.at(begun + milliseconds(10), earlier.action());
  ASSERT_TRUE(earlier.has_happened());
  EXPECT_FALSE(forgotten.happened.wait_until(begun + milliseconds(70)) ==
               std::future_status::ready);
  ASSERT_TRUE(kept.has_happened());
  EXPECT_FALSE(forgotten.happened.wait_for(milliseconds(0)) == std::future_status::ready);
}

TEST(AgentDeadlines, AnActionMayAskForTheNextAndForgetItself) {
  Event again;
  Deadlines deadlines;
  std::shared_ptr<const void> timer;
  std::promise<void> is_set;
  auto set = is_set.get_future();
  timer = deadlines.while_kept(Clock::now() + milliseconds(5), [&] {
    set.wait();
    timer = deadlines.while_kept(Clock::now() + milliseconds(5), again.action());
  });
  is_set.set_value();
  EXPECT_TRUE(again.has_happened());
}

}  // namespace
}  // namespace zfsrest::agent
