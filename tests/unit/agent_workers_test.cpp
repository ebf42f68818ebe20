#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

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

TEST(AgentWorkers, WhoBringsATaskMayRunItAndWhatComesToWaitBehindIt) {
  const auto workers = std::make_shared<Workers>(1, 2);
  std::vector<std::thread::id> ran_on;
  const auto note = [&] { ran_on.push_back(std::this_thread::get_id()); };
  const auto first = task([&] {
    note();
    EXPECT_TRUE(workers->submit(task(note)));
    EXPECT_FALSE(workers->run_here(task(note), [] { return true; })) << "one waits already";
  });
  EXPECT_TRUE(workers->run_here(first, [] { return true; }));
  EXPECT_EQ(ran_on, std::vector(2, std::this_thread::get_id()));
  EXPECT_TRUE(workers->is_unused());
}

TEST(AgentWorkers, NobodyRunsHimselfWhatMustWaitOrWhatIsLeftToOthers) {
  const auto workers = std::make_shared<Workers>(1, 1);
  std::promise<void> go;
  std::atomic<int> done = 0;
  EXPECT_FALSE(workers->run_here(task([&] { ++done; }), [] { return false; }));
  EXPECT_TRUE(workers->is_unused());
  EXPECT_TRUE(workers->run_here(task([&] { ++done; }), [] { return true; }));
  EXPECT_EQ(done, 1);
  std::promise<void> begun;
  EXPECT_TRUE(workers->submit(task([&] {
    begun.set_value();
    go.get_future().wait();
  })));
  begun.get_future().wait();
  EXPECT_FALSE(workers->run_here(task([&] { ++done; }), [] { return true; })) << "too many run";
  go.set_value();
  EXPECT_TRUE(workers->wait_idle(std::chrono::seconds(30)));
  EXPECT_EQ(done, 1);
}

// Tasks that come from both sides at once are all run, and no more at once than the set may.
TEST(AgentWorkers, GuestsAndThreadsShareTheTasks) {
  constexpr int most = 3;
  constexpr int each = 2'000;
  const auto workers = std::make_shared<Workers>(most, each * most * 2);
  std::atomic<int> done = 0;
  std::atomic<int> running = 0;
  std::atomic<bool> too_many = false;
  const auto work = [&] {
    if (++running > most) too_many = true;
    --running;
    ++done;
  };
  std::vector<std::thread> guests;
  guests.reserve(std::size_t{most} * 2);
  for (int i = 0; i < most * 2; ++i)
    guests.emplace_back([&] {
      for (int n = 0; n < each; ++n) {
        const auto next = task(work);
        if (!workers->run_here(next, [] { return true; })) EXPECT_TRUE(workers->submit(next));
      }
    });
  for (std::thread& guest : guests) guest.join();
  EXPECT_TRUE(workers->wait_idle(std::chrono::seconds(30)));
  EXPECT_EQ(done, most * 2 * each);
  EXPECT_FALSE(too_many);
}

}  // namespace
}  // namespace zfsrest::agent
