// ZFS that is missing, comes later, or comes back.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

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

TEST(Engines, APoolThatCannotBeOpenedIsShownAndHarmsNothing) {
  userland::Engine engine;
  const Daemon daemon(engine);
  make_pool(daemon, engine, "gone");
  make_pool(daemon, engine, "tank");
  engine.stop(SIGTERM);
  std::filesystem::remove(engine.directory() / "gone.img");
  engine.start();
  const Answer gone = daemon.ask("GET", "/v1/pools/gone");
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_NE(gone.body.find(R"("health":"unavail")"), std::string::npos) << gone.body;
  const Answer all = daemon.ask("GET", "/v1/pools");
  EXPECT_NE(all.body.find(R"("name":"tank")"), std::string::npos) << all.body;
  EXPECT_NE(all.body.find(R"("name":"gone")"), std::string::npos) << all.body;
  EXPECT_EQ(daemon.ask("GET", "/v1/pools/gone/status").status, 200);
  for (const char* query : {"", "?plan=true"}) {
    const Answer refused = daemon.ask("DELETE", "/v1/pools/gone" + std::string(query));
    EXPECT_EQ(refused.status, 409) << refused.body;
    EXPECT_NE(refused.body.find("cannot be opened"), std::string::npos) << refused.body;
  }
  EXPECT_EQ(daemon.ask("GET", "/v1/datasets").status, 200);
  EXPECT_EQ(daemon.ask("GET", "/v1/datasets/gone").status, 404);
  EXPECT_EQ(daemon.ask("POST", "/v1/datasets", R"({"name":"tank/a"})").status, 201)
      << "the engine is alive";
}

}  // namespace
}  // namespace zfsrest::faults
