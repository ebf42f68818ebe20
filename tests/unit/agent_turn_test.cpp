#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "agent/turn.hpp"

namespace zfsrest::agent {
namespace {

constexpr auto longest_wait = std::chrono::seconds(30);

class AgentTurn : public testing::Test {
 protected:
  Turn turn() {
    return {deadlines_, readers_, [this] { read_by_.set_value(std::this_thread::get_id()); }};
  }

  // Whether another thread has read, or will.
  bool is_read() { return reader_.wait_for(longest_wait) == std::future_status::ready; }

  // After all that was to be done later would have been.
  bool is_left_alone() {
    return reader_.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout;
  }

  std::shared_ptr<Workers> readers_ = std::make_shared<Workers>(1, 0);
  std::promise<std::thread::id> read_by_;
  std::shared_future<std::thread::id> reader_ = read_by_.get_future().share();
  Deadlines deadlines_;
};

TEST_F(AgentTurn, GoesOnWhereNothingIsCarriedOut) {
  Turn one = turn();
  EXPECT_TRUE(one.end());
  EXPECT_TRUE(is_left_alone());
}

// Where the system lets it wait for long it is taken, and then that is what it says.
TEST(AgentTurns, GoOnAfterWhatIsShort) {
  Deadlines deadlines;
  const auto readers = std::make_shared<Workers>(2, 0);
  std::atomic<int> taken = 0;
  int kept = 0;
  constexpr int turns = 100;
  for (int i = 0; i < turns; ++i) {
    Turn turn(deadlines, readers, [&] { ++taken; });
    if (!turn.begin(false)) continue;
    if (turn.end()) ++kept;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(readers->wait_idle(longest_wait));
  EXPECT_EQ(kept + taken, turns);
  EXPECT_GT(kept, turns / 2);
}

TEST_F(AgentTurn, IsTakenByAnotherAsSoonAsItTakesLong) {
  Turn one = turn();
  EXPECT_TRUE(one.begin(false));
  ASSERT_TRUE(is_read());
  EXPECT_NE(reader_.get(), std::this_thread::get_id());
  EXPECT_FALSE(one.end());
}

TEST_F(AgentTurn, IsTakenAtOnceWhereThereIsMoreToRead) {
  Turn one = turn();
  EXPECT_TRUE(one.begin(true));
  EXPECT_FALSE(one.end());
  EXPECT_TRUE(is_read());
}

TEST_F(AgentTurn, IsKeptWhereNobodyCouldTakeIt) {
  std::promise<void> go;
  EXPECT_TRUE(
      readers_->submit(std::make_shared<Task>([gone = go.get_future().share()] { gone.wait(); })));
  for (const bool is_more_there : {false, true}) {
    Turn one = turn();
    EXPECT_FALSE(one.begin(is_more_there));
    EXPECT_TRUE(one.end());
  }
  EXPECT_TRUE(is_left_alone());
  go.set_value();
  EXPECT_TRUE(readers_->wait_idle(longest_wait));
}

// However the ends of turns and their being taken meet, there is one reader at a time, and always.
TEST(AgentTurns, HaveOneReaderAtATime) {
  constexpr int most = 4'000;
  Deadlines deadlines;
  const auto readers = std::make_shared<Workers>(8, 0);
  std::atomic<int> reading = 0;
  std::atomic<bool> too_many = false;
  std::atomic<int> read = 0;
  std::promise<void> done;
  std::function<void()> serve = [&] {
    while (true) {
      if (++reading > 1) too_many = true;
      const int number = ++read;
      --reading;
      if (number == most) return done.set_value();
      Turn turn(deadlines, readers, serve);
      if (turn.begin(number % 7 == 0))
        // Around the time after which it is taken.
        std::this_thread::sleep_for(std::chrono::microseconds(number % 10 == 0 ? 1'950 : 1));
      if (!turn.end()) return;
    }
  };
  EXPECT_TRUE(readers->submit(std::make_shared<Task>(serve)));
  ASSERT_EQ(done.get_future().wait_for(longest_wait), std::future_status::ready);
  EXPECT_TRUE(readers->wait_idle(longest_wait));
  EXPECT_EQ(read, most);
  EXPECT_FALSE(too_many);
}

}  // namespace
}  // namespace zfsrest::agent
