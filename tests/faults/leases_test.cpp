// Leases of temporary holds: pools that do not answer, agents that die, and how many there can be.
#include <gtest/gtest.h>

#include <csignal>
#include <thread>
#include <vector>

#include "daemon.hpp"
#include "frozen.hpp"

namespace zfsrest::faults {
namespace {

using std::chrono::milliseconds;

class Leases : public testing::Test {
 protected:
  void SetUp() override {
    make_pool(daemon_, engine_, "tank");
    make_pool(daemon_, engine_, "pond");
    engine_.expect("zfs snapshot tank@s && zfs snapshot pond@s");
  }

  static std::string path_of(const Answer& held) {
    constexpr std::string_view before = R"("lease":{"lease":")";
    const std::size_t begin = held.body.find(before);
    if (begin == std::string::npos) {
      ADD_FAILURE() << "no lease: " << held.status << held.body;
      return "/v1/leases/none";
    }
    const std::size_t id = begin + before.size();
    return "/v1/leases/" + held.body.substr(id, held.body.find('"', id) - id);
  }

  Answer hold(const std::string& pool, const std::string& tag, int seconds) const {
    return daemon_.ask("POST", "/v1/snapshots/hold",
                       R"({"holds":[{"snapshot":")" + pool + R"(@s","tag":")" + tag +
                           R"("}],"lease_seconds":)" + std::to_string(seconds) + "}");
  }
  std::string lease(const std::string& pool, const std::string& tag, int seconds) const {
    return path_of(hold(pool, tag, seconds));
  }
  int holds(const std::string& pool) const {
    return count_lines(engine_, "zfs holds -H " + pool + "@s");
  }

  userland::Engine engine_;
  Daemon daemon_{engine_, {{"ZFSREST_WRITE_DEADLINE_MS", "1500"}, {"ZFSREST_POOL_LEASES", "20"}}};
};

TEST_F(Leases, OfAPoolThatDoesNotAnswerLastLongerWhenRenewedAndNothingIsKnownUntilItDoes) {
  const std::string ended = lease("tank", "ended", 600);
  const std::string renewed = lease("tank", "renewed", 3);
  Frozen frozen(engine_);
  const Answer unknown = daemon_.ask("DELETE", ended);
  EXPECT_EQ(unknown.status, 504) << unknown.body;
  EXPECT_EQ(unknown.code(), "outcome_unknown");
  const Answer shown = daemon_.ask("GET", ended);
  EXPECT_EQ(shown.status, 200);
  EXPECT_NE(shown.body.find(R"("ending":true)"), std::string::npos) << shown.body;
  EXPECT_EQ(daemon_.ask("DELETE", ended).code(), "busy");
  EXPECT_EQ(daemon_.ask("POST", ended + "/renew", "{}").status, 404);
  const Answer unchecked = daemon_.ask("POST", renewed + "/renew", R"({"lease_seconds":600})");
  EXPECT_EQ(unchecked.status, 504) << "nobody knows whether it holds: " << unchecked.body;
  EXPECT_EQ(unchecked.code(), "outcome_unknown");
  std::this_thread::sleep_for(milliseconds(2'000));
  frozen.thaw();
  EXPECT_TRUE(eventually([&] { return daemon_.ask("GET", ended).status == 404; }));
  EXPECT_EQ(holds("tank"), 1);
  EXPECT_EQ(daemon_.ask("POST", renewed + "/renew", "{}").status, 200);
  EXPECT_EQ(daemon_.ask("DELETE", renewed).status, 204);
  EXPECT_EQ(holds("tank"), 0);
}

TEST_F(Leases, ThatRunOutMeanwhileKeepNothingElseWaiting) {
  // More than the pool has workers for.
  for (int i = 0; i < 12; ++i) lease("tank", "many" + std::to_string(i), 1);
  const std::string other = lease("pond", "other", 600);
  EXPECT_EQ(holds("tank"), 12);
  {
    const Frozen frozen(engine_);
    std::this_thread::sleep_for(milliseconds(2'500));
    // Deadlines are kept: their thread is not among those that wait.
    EXPECT_EQ(daemon_.ask("GET", "/v1/datasets/tank").code(), "deadline");
    const Answer listed = daemon_.ask("GET", "/v1/leases");
    EXPECT_EQ(listed.status, 200);
    EXPECT_NE(listed.body.find(R"("ending":true)"), std::string::npos) << listed.body;
  }
  EXPECT_TRUE(eventually([&] { return holds("tank") == 0; }));
  EXPECT_EQ(holds("pond"), 1);
  EXPECT_EQ(daemon_.ask("DELETE", other).status, 204);
  EXPECT_TRUE(eventually(
      [&] { return daemon_.ask("GET", "/v1/leases").body.find("tank") == std::string::npos; }));
}

TEST_F(Leases, EndWithAnAgentThatIsKilled) {
  const std::string path = lease("tank", "killed", 600);
  EXPECT_EQ(holds("tank"), 1);
  daemon_.kill_and_wait(daemon_.agent());
  EXPECT_TRUE(eventually([&] { return holds("tank") == 0; }));
  EXPECT_EQ(daemon_.ask("GET", path).status, 404);
}

TEST_F(Leases, EndWithTheDaemon) {
  lease("tank", "stopped", 600);
  lease("pond", "stopped", 600);
  EXPECT_EQ(daemon_.stop(SIGTERM).status, 0);
  EXPECT_EQ(holds("tank"), 0) << "the agent has waited for it";
  EXPECT_EQ(holds("pond"), 0);
}

TEST_F(Leases, OfAPoolThatDoesNotAnswerKeepTheDaemonFromNothing) {
  lease("tank", "stopped", 600);
  const Frozen frozen(engine_);
  EXPECT_EQ(daemon_.stop(SIGTERM).status, 0);
}

TEST_F(Leases, HaveABoundForEachPool) {
  std::vector<std::string> paths;
  for (int i = 0; i < 20; ++i) paths.push_back(lease("tank", "bound" + std::to_string(i), 600));
  const Answer refused = hold("tank", "beyond", 600);
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(refused.code(), "overloaded");
  EXPECT_EQ(holds("tank"), 20) << "nothing was held";
  EXPECT_EQ(hold("pond", "beyond", 600).status, 200) << "another pool has places of its own";
  EXPECT_EQ(daemon_.ask("DELETE", paths.front()).status, 204);
  EXPECT_EQ(hold("tank", "beyond", 600).status, 200);
}

TEST_F(Leases, LeaveNoDescriptorBehind) {
  lease("tank", "first", 600);
  const std::size_t before = open_files(daemon_.agent()).size();
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(daemon_.ask("DELETE", lease("tank", "again", 600)).status, 204);
  // One that is made for nothing as well.
  EXPECT_EQ(daemon_
                .ask("POST", "/v1/snapshots/hold",
                     R"({"holds":[{"snapshot":"tank@absent","tag":"t"}],"lease_seconds":60})")
                .status,
            200);
  EXPECT_TRUE(eventually([&] { return open_files(daemon_.agent()).size() <= before + 3; }))
      << open_files(daemon_.agent()).size() << ", before " << before;
}

}  // namespace
}  // namespace zfsrest::faults
