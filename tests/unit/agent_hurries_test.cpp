#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <vector>

#include "agent/deadlines.hpp"
#include "agent/hurries.hpp"

namespace zfsrest::agent {
namespace {

std::shared_ptr<link::Channel> channel() {
  return std::make_shared<link::Channel>(os::Fd());
}

TEST(Hurries, ReachTheirRequestWheneverItBeginsToWait) {
  Hurries hurries;
  const auto gateway = channel();
  const auto before = hurries.make(gateway, 1);
  const auto after = hurries.make(gateway, 2);
  int said = 0;
  before->when_said([&] { said += 1; });
  hurries.say(gateway, 1);
  hurries.say(gateway, 1);
  EXPECT_EQ(said, 1);
  EXPECT_FALSE(after->is_said());
  hurries.say(gateway, 2);
  after->when_said([&] { said += 10; });
  EXPECT_EQ(said, 11);
}

TEST(Hurries, MeanNoRequestOfAnotherGatewayAndNoneThatIsOver) {
  Hurries hurries;
  const auto gateway = channel();
  auto hurry = hurries.make(gateway, 1);
  hurries.say(channel(), 1);
  EXPECT_FALSE(hurry->is_said());
  bool is_said = false;
  hurry->when_said([&] { is_said = true; });
  hurry.reset();
  hurries.say(gateway, 1);
  EXPECT_FALSE(is_said);
  EXPECT_EQ(gateway.use_count(), 1) << "nothing is kept of what is over";
}

TEST(Hurries, MayEndWhatTheyReach) {
  Hurries hurries;
  const auto gateway = channel();
  auto hurry = hurries.make(gateway, 1);
  hurry->when_said([&] { hurry.reset(); });
  hurries.say(gateway, 1);
  EXPECT_EQ(hurry, nullptr);
}

TEST(AgentDeadlines, ThoseThatNobodyKeepsAreForgotten) {
  Deadlines deadlines;
  const auto soon = Deadlines::Clock::now() + std::chrono::milliseconds(50);
  auto held = std::make_shared<int>();
  bool is_forgotten_called = false;
  auto forgotten =
      deadlines.while_kept(soon, [held, &is_forgotten_called] { is_forgotten_called = true; });
  std::promise<void> kept_called;
  std::promise<void> called;
  const auto kept = deadlines.while_kept(soon, [&] { kept_called.set_value(); });
  deadlines.at(soon, [&] { called.set_value(); });
  EXPECT_EQ(held.use_count(), 2);
  forgotten.reset();
  EXPECT_EQ(held.use_count(), 1);
  kept_called.get_future().wait();
  called.get_future().wait();
  EXPECT_FALSE(is_forgotten_called);
}

}  // namespace
}  // namespace zfsrest::agent
