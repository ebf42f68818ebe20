#include <gtest/gtest.h>

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
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(json::serialize(told.value()), "{\"failed\":\"why\"}");
  EXPECT_FALSE(supervisor.receive_told().ok());
}

}  // namespace
}  // namespace zfsrest::config
