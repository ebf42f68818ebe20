// ZFS that is missing, comes later, or comes back.
#include <gtest/gtest.h>

#include <csignal>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

TEST(Engines, WithoutOneZfsIsMissingAndTheRestAnswers) {
  userland::Engine engine;
  engine.stop(SIGTERM);
  const Daemon daemon(engine, {{"ZFSREST_MODULE_DIRECTORY", "/nowhere"}});
  for (const char* target :
       {"/v1/pools", "/v1/pools/tank", "/v1/datasets", "/v1/datasets/tank", "/v1/snapshots"}) {
    const Answer answer = daemon.ask("GET", target);
    EXPECT_EQ(answer.status, 503) << target << answer.body;
    EXPECT_EQ(answer.code(), "no_module") << target;
    EXPECT_EQ(answer.field("Retry-After"), "1");
  }
  EXPECT_EQ(daemon.ask("POST", "/v1/datasets", R"({"name":"tank/a"})").code(), "no_module");
  EXPECT_EQ(daemon.ask("GET", "/v1/openapi.json").status, 200);
  EXPECT_EQ(daemon.ask("GET", "/healthz").status, 200);
}

TEST(Engines, OneThatComesLaterIsUsedWithoutARestart) {
  userland::Engine engine;
  engine.stop(SIGTERM);
  const Daemon daemon(engine);
  EXPECT_EQ(daemon.ask("GET", "/v1/pools").code(), "no_module");
  engine.start();
  EXPECT_EQ(daemon.ask("GET", "/v1/pools").status, 200);
  make_pool(daemon, engine, "tank");
  EXPECT_EQ(daemon.ask("GET", "/v1/datasets/tank").status, 200);
}

TEST(Engines, OneThatEndsIsMissedAndUsedAgainWhenItIsBack) {
  userland::Engine engine;
  const Daemon daemon(engine);
  make_pool(daemon, engine, "tank");
  for (const int signal : {SIGTERM, SIGKILL}) {
    engine.stop(signal);
    for (const char* target : {"/v1/pools", "/v1/pools/tank", "/v1/datasets/tank"}) {
      const Answer answer = daemon.ask("GET", target);
      EXPECT_EQ(answer.status, 503) << target << answer.body;
      EXPECT_EQ(answer.code(), "no_module") << target << answer.body;
    }
    EXPECT_EQ(daemon.ask("POST", "/v1/datasets", R"({"name":"tank/lost"})").status, 503);
    engine.start();
    EXPECT_EQ(daemon.ask("GET", "/v1/datasets/tank").status, 200);
    EXPECT_EQ(daemon.ask("GET", "/v1/pools/tank").status, 200);
  }
  EXPECT_EQ(engine.expect("zfs list -H -o name -r tank"), "tank");
}

}  // namespace
}  // namespace zfsrest::faults
