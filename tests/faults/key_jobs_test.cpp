// Jobs that change keys under which the agent dies: each dataset has the key that the job says, and
// no key was written down.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "daemon.hpp"
#include "frozen.hpp"

namespace zfsrest::faults {
namespace {

std::string hex_of(char digit) {
  return R"({"type":"hex","hex":")" + std::string(64, digit) + R"("})";
}
std::string words_of(const std::string& text, std::uint64_t iterations = 100'000) {
  return R"({"type":"passphrase","passphrase":")" + text + R"("},"pbkdf2iters":)" +
         std::to_string(iterations);
}

const std::string raw = R"({"type":"raw","base64":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="})";

class JobsOfKeys : public testing::Test {
 protected:
  void SetUp() override { make_pool(daemon_, engine_, "tank"); }

  std::string read(const std::string& job) const { return daemon_.ask("GET", job).body; }
  std::string state_of(const std::string& job) const { return member(read(job), "state"); }
  // What the job says when it has ended.
  std::string ended(const std::string& job) const {
    return Connection(daemon_.unix_socket())
        .ask({.target = job, .fields = "Prefer: wait=60\r\n"})
        .body;
  }
  // The text of a member of a JSON object, as the daemon writes it; empty if there is none.
  static std::string member(const std::string& document, const std::string& key) {
    const std::string before = "\"" + key + "\":";
    std::size_t at = document.find(before);
    if (at == std::string::npos) return "";
    at += before.size();
    const bool is_text = document[at] == '"';
    if (is_text) ++at;
    return document.substr(at, document.find_first_of(is_text ? "\"" : ",}]", at) - at);
  }
  // So many encryption roots, each with a key in hexadecimal.
  std::vector<std::string> make_roots(int count) const {
    std::vector<std::string> roots;
    for (int i = 0; i < count; ++i) {
      roots.push_back("tank/k" + std::to_string(i));
      const Answer made =
          daemon_.ask("POST", "/v1/datasets",
                      R"({"name":")" + roots.back() +
                          R"(","properties":{"encryption":"on"},"key":)" + hex_of('a') + "}");
      EXPECT_EQ(made.status, 201) << made.body;
    }
    return roots;
  }
  // Asks for new keys, one for each.
  std::string change(const std::vector<std::string>& roots,
                     const std::vector<std::string>& keys) const {
    std::string changes;
    for (std::size_t i = 0; i < roots.size(); ++i)
      changes += std::string(i == 0 ? "" : ",") + R"({"dataset":")" + roots[i] + R"(","key":)" +
                 keys[i] + "}";
    const Answer accepted =
        daemon_.ask("POST", "/v1/pools/tank/change-keys", R"({"changes":[)" + changes + "]}");
    EXPECT_EQ(accepted.status, 202) << accepted.body << daemon_.log();
    return accepted.field("Location");
  }
  bool opens(const std::string& root, const std::string& key) const {
    const std::string name = root.substr(root.find('/') + 1);
    const Answer answer = daemon_.ask("POST", "/v1/datasets/tank%2F" + name + "/load-key",
                                      R"({"verify_only":true,"key":)" + key + "}");
    EXPECT_TRUE(answer.status == 200 || answer.status == 403 || answer.status == 400)
        << answer.body;
    return answer.status == 200;
  }
  static std::string part(const std::string& job, const std::string& list) {
    const std::size_t from = job.find("\"" + list + "\":[");
    return from == std::string::npos ? "" : job.substr(from, job.find(']', from) - from);
  }
  static bool names(const std::string& list, const std::string& root) {
    return list.find("\"" + root + "\"") != std::string::npos;
  }
  std::size_t steps_of(const std::string& job) const {
    const std::string steps = part(read(job), "steps");
    return static_cast<std::size_t>(std::ranges::count(steps, '/'));
  }
  // Kills the agent while it changes these, and compares what the job says with what opens.
  void interrupt_and_check(const std::vector<std::string>& roots,
                           const std::vector<std::string>& keys) const {
    const std::string job = change(roots, keys);
    EXPECT_TRUE(eventually([&] { return steps_of(job) >= 5; }));
    daemon_.kill_and_wait(daemon_.agent());
    const std::string done = ended(job);
    const std::string state = member(done, "state");
    EXPECT_TRUE(state == "undetermined" || state == "failed") << done;
    const std::string doubtful =
        state == "undetermined" ? member(done.substr(done.find("\"problem\"")), "subject") : "";
    EXPECT_NE(state == "undetermined", doubtful.empty()) << done;
    std::size_t changed = 0;
    for (std::size_t i = 0; i < roots.size(); ++i) {
      const bool is_new = opens(roots[i], keys[i]);
      changed += is_new;
      EXPECT_EQ(opens(roots[i], hex_of('a')), !is_new) << roots[i];
      if (roots[i] != doubtful)
        EXPECT_EQ(names(part(done, "steps"), roots[i]), is_new) << roots[i] << done;
    }
    EXPECT_GE(changed, 5U);
    EXPECT_LT(changed, roots.size()) << "the agent was not killed in the middle";
  }

  userland::Engine engine_;
  Daemon daemon_{engine_};
};

TEST_F(JobsOfKeys, OfAnInterruptedChangeEachDatasetHasTheKeyThatTheJobSays) {
  const auto roots = make_roots(60);
  const std::string job = change(roots, std::vector(roots.size(), words_of("the new words")));
  EXPECT_TRUE(eventually([&] { return steps_of(job) >= 5; }));
  daemon_.kill_and_wait(daemon_.agent());
  const std::string done = ended(job);
  EXPECT_EQ(member(done, "state"), "failed") << done;
  EXPECT_EQ(member(done, "code"), "interrupted") << done;
  const std::string new_key = R"({"type":"passphrase","passphrase":"the new words"})";
  std::vector<std::string> left;
  for (const std::string& root : roots) {
    const bool is_new = names(part(done, "steps"), root);
    EXPECT_EQ(opens(root, new_key), is_new) << root;
    EXPECT_EQ(opens(root, hex_of('a')), !is_new) << root;
    EXPECT_EQ(names(part(done, "applied"), root), is_new) << root;
    EXPECT_EQ(names(part(done, "errors"), root), !is_new) << root;
    if (!is_new) left.push_back(root);
  }
  ASSERT_FALSE(left.empty()) << "the agent was not killed in the middle";
  EXPECT_EQ(member(done, "done"), std::to_string(roots.size() - left.size()));
  EXPECT_EQ(
      member(ended(change(left, std::vector(left.size(), words_of("the new words")))), "state"),
      "succeeded");
  for (const std::string& root : left) EXPECT_TRUE(opens(root, new_key)) << root;
}

// ZFS does not show that anything has changed, so that what was noted must tell.
TEST_F(JobsOfKeys, AmongKeysOfOneFormAtMostOneIsInDoubtAndNamed) {
  const auto roots = make_roots(150);
  interrupt_and_check(roots, std::vector(roots.size(), hex_of('b')));
}

TEST_F(JobsOfKeys, AmongKeysOfSeveralFormsAtMostOneIsInDoubtAndNamed) {
  const auto roots = make_roots(150);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < roots.size(); ++i) keys.push_back(i % 4 == 0 ? raw : hex_of('b'));
  interrupt_and_check(roots, keys);
}

TEST_F(JobsOfKeys, WhatWasOnItsWayWhenTheAgentDiedIsWaitedFor) {
  const auto roots = make_roots(150);
  const std::string job = change(roots, std::vector(roots.size(), raw));
  EXPECT_TRUE(eventually([&] { return steps_of(job) >= 5; }));
  const pid_t agent = daemon_.agent();
  {
    const Frozen frozen(engine_);
    ::kill(agent, SIGKILL);
    EXPECT_TRUE(eventually([&] { return daemon_.agent() > 0 && daemon_.agent() != agent; }));
  }
  const std::string done = ended(job);
  EXPECT_EQ(member(done, "state"), "failed") << done;
  for (const std::string& root : roots)
    EXPECT_EQ(opens(root, raw), names(part(done, "steps"), root)) << root << done;
}

TEST_F(JobsOfKeys, WhatWaitedHasLostItsKeysAndChangedNothing) {
  const auto roots = make_roots(3);
  // Two work at a time.
  const std::string first = change({roots[0]}, {words_of("of many rounds", 50'000'000)});
  const std::string second = change({roots[1]}, {words_of("of many rounds", 50'000'000)});
  const std::string waiting = change({roots[2]}, {words_of("the new words")});
  EXPECT_TRUE(
      eventually([&] { return state_of(first) == "running" && state_of(second) == "running"; }));
  EXPECT_EQ(state_of(waiting), "queued");
  daemon_.kill_and_wait(daemon_.agent());
  for (const std::string& job : {first, second, waiting}) {
    const std::string done = ended(job);
    EXPECT_EQ(member(done, "state"), "failed") << done;
    EXPECT_EQ(member(done, "code"), "interrupted") << done;
    EXPECT_EQ(part(done, "steps"), "\"steps\":[") << done;
  }
  EXPECT_NE(read(waiting).find("never written down"), std::string::npos) << read(waiting);
  for (const std::string& root : roots) EXPECT_TRUE(opens(root, hex_of('a'))) << root;
}

}  // namespace
}  // namespace zfsrest::faults
