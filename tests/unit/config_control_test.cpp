#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include "config/control.hpp"

namespace zfsrest::config {
namespace {

TEST(Controls, WhatAProcessSaidBeforeItsEndIsHeardThoughItLeftSomethingUnread) {
  auto [supervisor, process] = Control::make_pair().value();
  const auto pipe = os::make_pipe().value();
  ASSERT_TRUE(supervisor.send_link(pipe.read_end).ok());
  ASSERT_TRUE(process.send_failure("why").ok());
  process.take().close();
  const auto told = supervisor.receive_told();
  ASSERT_TRUE(told.ok() && told.value());
  EXPECT_EQ(json::serialize(*told.value()), "{\"failed\":\"why\"}");
  const auto end = supervisor.receive_told();
  ASSERT_TRUE(end.ok());
  EXPECT_FALSE(end.value());
}

TEST(Controls, TheSupervisorNeverWaitsForAProcessThatReadsNothing) {
  auto [supervisor, process] = Control::make_pair().value();
  // If it does wait, this ends the test.
  ::alarm(30);
  const auto pipe = os::make_pipe().value();
  Result<Nothing> sent = Nothing{};
  while (sent.ok()) sent = supervisor.send_link(pipe.read_end);
  EXPECT_EQ(sent.error().os_errno, EAGAIN);
  EXPECT_EQ(supervisor.receive_told().error().os_errno, EAGAIN);
  ::alarm(0);
}

TEST(Controls, ADescriptorFromAProcessMakesNoSense) {
  auto [supervisor, process] = Control::make_pair().value();
  const auto pipe = os::make_pipe().value();
  ASSERT_TRUE(process.send_link(pipe.read_end).ok());
  EXPECT_EQ(supervisor.receive_told().error().code, Code::bug);
}

}  // namespace
}  // namespace zfsrest::config
