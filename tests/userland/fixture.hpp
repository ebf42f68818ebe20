// A pool "tank" on one disk (of which little is used), on a server that the tests of a suite share.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "engine.hpp"

namespace userland {

class OnTank : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    engine_ = std::make_unique<Engine>();
    engine_->expect("zpool create tank " + engine_->disk("disk", 8ull << 30));
  }
  static void TearDownTestSuite() { engine_.reset(); }

  static Engine& engine() { return *engine_; }
  static std::string expect(const std::string& command) { return engine_->expect(command); }
  // For commands that must fail.
  static std::string refusal(const std::string& command) {
    const Outcome outcome = engine_->run(command);
    EXPECT_NE(outcome.status, 0) << command;
    return outcome.output;
  }
  static std::string property(const std::string& name, const std::string& dataset) {
    return expect("zfs get -H -o value " + name + " " + dataset);
  }

 private:
  static inline std::unique_ptr<Engine> engine_;
};

}  // namespace userland
