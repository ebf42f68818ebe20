#include <gtest/gtest.h>

#include "gateway/prefer.hpp"

namespace zfsrest::gateway {
namespace {

using std::chrono::seconds;

TEST(Prefer, TheWaitIsFoundAmongOtherPreferences) {
  EXPECT_EQ(wait_of({"wait=5"}), seconds(5));
  EXPECT_EQ(wait_of({"respond-async, Wait = 7 ;x=1"}), seconds(7));
  EXPECT_EQ(wait_of({"return=minimal", "handling=strict,\twait=10"}), seconds(10));
}

TEST(Prefer, TheFirstCounts) {
  EXPECT_EQ(wait_of({"wait=5, wait=9"}), seconds(5));
  EXPECT_EQ(wait_of({"wait=5", "wait=9"}), seconds(5));
}

TEST(Prefer, NobodyWaitsForEver) {
  for (const char* value :
       {"wait=3601", "wait=4294967295", "wait=5000000000", "wait=99999999999999999999999999999999"})
    EXPECT_EQ(wait_of({value}), longest_wait) << value;
}

TEST(Prefer, WhatMakesNoSenseIsPassedOver) {
  for (const char* value : {"", "wait", "wait=", "wait=-1", "wait=1.5", "wait=99999999999s",
                            "wait=-99999999999", "wait=5s", "waiting=5", "wait5", ",,;="})
    EXPECT_EQ(wait_of({value}), seconds(0)) << value;
  EXPECT_EQ(wait_of({"wait=soon, wait=3"}), seconds(3));
  EXPECT_EQ(wait_of({}), seconds(0));
}

}  // namespace
}  // namespace zfsrest::gateway
