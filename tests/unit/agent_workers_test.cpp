#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "agent/workers.hpp"

namespace zfsrest::agent {
namespace {

std::shared_ptr<Task> task(std::function<void()> work) {
  return std::make_shared<Task>(std::move(work));
}

TEST(AgentWorkers, TurnAwayWhatTheirQueueCannotHold) {
  const auto workers = std::make_shared<Workers>(2, 3);
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::atomic<int> done = 0;
  const auto work = [&done, gone] {
    gone.wait();
    ++done;
  };
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(workers->submit(task(work))) << i;
  EXPECT_FALSE(workers->submit(task(work)));
  EXPECT_FALSE(workers->wait_idle(std::chrono::milliseconds(10)));
  go.set_value();
  EXPECT_TRUE(workers->wait_idle(std::chrono::seconds(30)));
  EXPECT_EQ(done, 5);
}

TEST(AgentWorkers, ATaskThatIsWithdrawnNeverBeginsAndTakesNoRoom) {
  const auto workers = std::make_shared<Workers>(1, 1);
  std::promise<void> go;
  std::atomic<int> done = 0;
  EXPECT_TRUE(workers->submit(task([&] { go.get_future().wait(); })));
  const auto withdrawn = task([&] { done += 10; });
  EXPECT_TRUE(workers->submit(withdrawn));
  EXPECT_FALSE(workers->submit(task([&] { ++done; })));
  EXPECT_TRUE(withdrawn->withdraw());
  EXPECT_FALSE(withdrawn->withdraw());
  EXPECT_TRUE(workers->submit(task([&] { ++done; })));
  go.set_value();
  EXPECT_TRUE(workers->wait_idle(std::chrono::seconds(30)));
  EXPECT_EQ(done, 1);
}

TEST(AgentWorkers, ATaskThatIsWithdrawnLetsGoOfWhatItHeldAtOnce) {
  const auto workers = std::make_shared<Workers>(1, 1);
  std::promise<void> go;
  EXPECT_TRUE(workers->submit(task([&] { go.get_future().wait(); })));
  auto held = std::make_shared<int>(1);
  const auto withdrawn = task([held] {});
  EXPECT_TRUE(workers->submit(withdrawn));
  EXPECT_EQ(held.use_count(), 2);
  EXPECT_TRUE(withdrawn->withdraw());
  EXPECT_EQ(held.use_count(), 1);
  go.set_value();
  EXPECT_TRUE(workers->wait_idle(std::chrono::seconds(30)));
}

}  // namespace
}  // namespace zfsrest::agent
