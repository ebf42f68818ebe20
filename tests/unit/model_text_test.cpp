#include <gtest/gtest.h>

#include "model/text.hpp"

namespace zfsrest::model {
namespace {

TEST(Times, WhatIsWrittenIsReadBack) {
  for (const std::uint64_t seconds :
       {0ULL, 1ULL, 951'782'400ULL, 1'795'680'000ULL, 4'102'444'799ULL}) {
    const auto read = Time::parse(Time{seconds}.text());
    ASSERT_TRUE(read.ok()) << Time{seconds}.text();
    EXPECT_EQ(read.value().seconds, seconds);
  }
}

TEST(Times, WhatHasNoYearOfFourDigitsIsWrittenAsTheLastThatHas) {
  for (const std::uint64_t seconds :
       {253'402'300'799ULL, 253'402'300'800ULL, 1ULL << 57, 1ULL << 63, ~0ULL})
    EXPECT_EQ(Time{seconds}.text(), "9999-12-31T23:59:59Z") << seconds;
}

TEST(Times, AnOffsetIsTakenIntoAccount) {
  EXPECT_EQ(Time::parse("2026-11-26T01:30:00+01:30").value().text(), "2026-11-26T00:00:00Z");
  EXPECT_EQ(Time::parse("2026-11-25T18:00:00-06:00").value().text(), "2026-11-26T00:00:00Z");
}

TEST(Times, WhatIsNoTimeIsRefused) {
  for (const char* text :
       {"", "2026-11-26", "2026-11-26T00:00:00", "2026-11-26 00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-26T24:00:00Z", "2026-11-26T00:60:00Z",
        "2026-11-26T00:00:60Z", "2026-11-26T00:00:00.5Z", "2026-11-26T00:00:00z",
        "2026-11-26T00:00:00+1:00", "2026-11-26T00:00:00Z ", "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01", "+026-11-26T00:00:00Z"})
    EXPECT_FALSE(Time::parse(text).ok()) << text;
}

}  // namespace
}  // namespace zfsrest::model
