#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "ops/tree_locks.hpp"

namespace zfsrest::ops {
namespace {

TEST(TreeLocks, StepsGoOnSideBySide) {
  TreeLocks locks;
  const auto one = locks.hold({{"tank/a", Touch::step}});
  EXPECT_TRUE(one.ok());
  EXPECT_TRUE(locks.hold({{"tank/a", Touch::step}}).ok());
  EXPECT_TRUE(locks.hold({{"tank", Touch::step}}).ok());
}

TEST(TreeLocks, AChangeHasItsTreeForItself) {
  TreeLocks locks;
  const auto change = locks.hold({{"tank/a", Touch::change}});
  ASSERT_TRUE(change.ok());
  for (const char* name : {"tank/a", "tank/a/b", "tank"}) {
    const auto refused = locks.hold({{name, Touch::step}});
    ASSERT_FALSE(refused.ok()) << name;
    EXPECT_EQ(refused.error().code, Code::busy);
    EXPECT_EQ(refused.error().subject, name);
  }
  for (const char* name : {"tank/ab", "tank/b", "tan"})
    EXPECT_TRUE(locks.hold({{name, Touch::change}}).ok()) << name;
}

TEST(TreeLocks, WhoWaitsGoesOnWhenTheOtherIsDone) {
  TreeLocks locks;
  auto change = std::make_optional(locks.hold({{"tank", Touch::change}}));
  std::atomic<bool> is_in = false;
  std::thread other([&] {
    const auto hold = locks.hold({{"tank/a", Touch::step}});
    EXPECT_TRUE(hold.ok());
    is_in = true;
  });
  EXPECT_FALSE(is_in);
  change.reset();
  other.join();
  EXPECT_TRUE(is_in);
}

TEST(TreeLocks, WhoFindsManyWaitingIsNotKept) {
  TreeLocks locks;
  const auto change = locks.hold({{"tank", Touch::change}});
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> others;
    for (int i = 0; i < 100; ++i)
      others.emplace_back([&] {
        if (!locks.hold({{"tank/a", Touch::step}}).ok()) ++refused;
      });
    // Those who wait do so for two seconds; nobody else does.
    while (refused < 84) std::this_thread::yield();
    EXPECT_TRUE(locks.hold({{"other", Touch::step}}).ok());
    auto elsewhere = std::make_optional(locks.hold({{"other/a", Touch::change}}));
    std::jthread waits([&] { EXPECT_TRUE(locks.hold({{"other", Touch::step}}).ok()); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    elsewhere.reset();
    waits.join();
    EXPECT_EQ(refused, 84) << "the others still wait";
  }
  EXPECT_EQ(refused, 100);
}

TEST(TreeLocks, WhatFailsHoldsNothing) {
  TreeLocks locks;
  {
    const auto change = locks.hold({{"tank/b", Touch::change}});
    EXPECT_FALSE(locks.hold({{"tank/a", Touch::change}, {"tank/b", Touch::change}}).ok());
  }
  EXPECT_TRUE(locks.hold({{"tank", Touch::change}}).ok());
}

}  // namespace
}  // namespace zfsrest::ops
