// What the kernel does to pools in the background: scrubs, trims, initializations, and waiting for
// them.
#include "api/fixture.hpp"
#include "api/operation.hpp"

namespace zfsrest::test {
namespace {

// A pool of two leaves, so large that initializing one takes a while.
class Background : public testing::Test {
 protected:
  void SetUp() override {
    json::Object body{{"name", pool_.text()}, {"vdevs", {{"data", vdevs(disks_)}}}};
    ASSERT_EQ(post("/v1/pools", std::move(body)).status, 201);
  }

  const std::string& pool() const { return pool_.text(); }
  std::string path(const std::string& verb) const { return pool_path(pool()) + "/" + verb; }
  Response status() const { return get(path("status")); }
  std::string leaf(int number) const {
    return status().text("/vdevs/data/" + std::to_string(number) + "/guid");
  }
  // What the status says of a leaf's work.
  std::string work_of(int number, const std::string& work) const {
    const Response now = status();
    const std::string pointer = "/vdevs/data/" + std::to_string(number) + "/" + work;
    return now.has(pointer) ? now.text(pointer + "/state") : "none";
  }
  json::Object only(int number) const {
    return {{"vdevs", json::Array{json::Value(leaf(number))}}};
  }

 private:
  std::vector<Disk> disks_ = disks(2, std::uint64_t{2} * 1024 * 1024 * 1024);
  PoolName pool_;
};

// The job that a 202 is about.
std::string job_of(const Response& accepted) {
  EXPECT_EQ(accepted.status, 202) << accepted;
  EXPECT_EQ(accepted.header("location"), "/v1/jobs/" + accepted.text("/id"));
  return "/v1/jobs/" + accepted.text("/id");
}

// The job when it has ended.
Response ended(const std::string& job) {
  return send({.target = job, .headers = {"Prefer: wait=60"}});
}

// --- scrub ---

TEST_F(Background, AScrubIsAJobThatSucceedsWithIt) {
  const std::string job = job_of(post(path("scrub")));
  const Response done = ended(job);
  EXPECT_EQ(done.text("/state"), "succeeded") << done;
  EXPECT_EQ(done.text("/operation"), "pool.scrub");
  EXPECT_EQ(done.text("/pool"), pool());
  EXPECT_EQ(done.text("/progress/unit"), "bytes");
  EXPECT_EQ(done.number("/progress/done"), done.number("/progress/total"));
  EXPECT_EQ(done.at("/result/scan"), status().at("/scan"));
  EXPECT_EQ(status().text("/scan/function"), "scrub");
  EXPECT_EQ(status().text("/scan/state"), "finished");
  EXPECT_TRUE(done.at("/problem").is_null());
}

TEST_F(Background, OneWhoWaitsForAScrubIsAnsweredWithItsEnd) {
  const Response done = post_and_wait(path("scrub"));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.header("preference-applied"), "wait=60");
  EXPECT_EQ(done.at("/scan"), status().at("/scan"));
  EXPECT_TRUE(done.at("/error_scrub").is_null());
}

TEST_F(Background, ScrubsFollowOneAnother) {
  for (int round = 0; round < 3; ++round)
    EXPECT_EQ(post_and_wait(path("scrub")).status, 200) << round;
}

// A scrub of what fits in a test is over soon, so it is tried until one is caught.
TEST_F(Background, AScrubRestsAndIsStopped) {
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  const std::string volume = pool() + "/v";
  constexpr std::uint64_t size = 64ULL * 1024 * 1024;
  make_volume(volume, size);
  volume_data("write", volume + " --length " + std::to_string(size) + " --seed 1");
  std::string job;
  for (int attempt = 0; attempt < 200 && job.empty(); ++attempt) {
    const std::string begun = job_of(post(path("scrub")));
    if (post(path("scrub/pause")).status == 204)
      job = begun;
    else
      EXPECT_EQ(ended(begun).text("/state"), "succeeded");
  }
  ASSERT_FALSE(job.empty()) << "no scrub was caught";
  EXPECT_TRUE(eventually([&] { return get(job).text("/state") == "paused"; })) << get(job);
  EXPECT_EQ(status().text("/scan/state"), "paused");
  EXPECT_TRUE(is_refused(post(path("scrub/pause")), 409, "wrong_state"));
  EXPECT_EQ(post(path("scrub/stop")).status, 204);
  // What is over is not begun anew, even if the job has not heard of it yet.
  EXPECT_TRUE(is_refused(post(job + "/resume"), 409, "wrong_state"));
  EXPECT_EQ(status().text("/scan/state"), "canceled");
  EXPECT_EQ(ended(job).text("/state"), "canceled");
  EXPECT_EQ(status().text("/scan/state"), "canceled");
}

// The pool is looked at every second for the sake of another job, now and then just when the kernel
// has not begun yet.
TEST_F(Background, AJobIsNotJudgedWhileItIsStarted) {
  const std::string other = job_of(post(path("initialize")));
  EXPECT_EQ(post(other + "/pause").text("/state"), "paused");
  // In a guest each takes as long as ten elsewhere, and so meets as many looks.
  const int scrubs = engine() == Engine::kernel ? 30 : 300;
  for (int i = 0; i < scrubs; ++i) {
    const Response begun = post(path("scrub"));
    ASSERT_EQ(begun.status, 202) << begun;
    // It may have ended by itself.
    post(path("scrub/stop"));
  }
  EXPECT_EQ(post(other + "/cancel").text("/state"), "canceled");
}

TEST_F(Background, WhatIsNotScrubbedIsNeitherPausedNorStopped) {
  EXPECT_TRUE(is_refused(post(path("scrub/pause")), 409, "wrong_state"));
  EXPECT_TRUE(is_refused(post(path("scrub/stop")), 409, "wrong_state"));
}

TEST_F(Background, ARefusedScrubLeavesNoJob) {
  const Response refused =
      post(path("scrub"), {{"kind", "errors"}, {"since", "2026-01-01T00:00:00Z"}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/kind"));
  const Response turned = post(
      path("scrub"), {{"since", "2026-01-02T00:00:00+01:00"}, {"until", "2026-01-01T00:00:00Z"}});
  EXPECT_TRUE(is_refused(turned, 400, "bad_request"));
  EXPECT_TRUE(blames(turned, "body", "/until"));
  EXPECT_TRUE(is_refused(post(pool_path("nosuchpool") + "/scrub"), 404, "not_found"));
  EXPECT_TRUE(get("/v1/jobs?pool=" + pool()).at("/items").as_array().empty());
}

TEST_F(Background, WhatTheReleaseLacksIsSaid) {
  struct Row {
    json::Object body;
    model::Release since;
  };
  const std::vector<Row> rows{{{{"kind", "errors"}}, model::release_2_2},
                              {{{"kind", "from_last_txg"}}, model::release_2_3},
                              {{{"since", "2026-01-01T00:00:00Z"}}, model::release_2_4}};
  for (const Row& row : rows) {
    const Response answer = post_and_wait(path("scrub"), row.body);
    if (release() < row.since) {
      EXPECT_TRUE(is_refused(answer, 501, "not_in_this_release")) << json::serialize(row.body);
      EXPECT_NE(answer.text("/detail").find(model::to_string(row.since)), std::string::npos)
          << answer;
    } else {
      EXPECT_EQ(answer.status, 200) << answer;
    }
  }
  const Response expansion = post(path("wait"), {{"activity", "expand_raidz"}});
  if (release() < model::release_2_3)
    EXPECT_TRUE(is_refused(expansion, 501, "not_in_this_release"));
  else
    EXPECT_EQ(ended(job_of(expansion)).text("/state"), "succeeded");
}

// --- initialize ---

TEST_F(Background, InitializingIsAJobOverAllLeaves) {
  const std::string job = job_of(post(path("initialize")));
  EXPECT_EQ(post(path("initialize/suspend")).status, 200);
  EXPECT_TRUE(eventually([&] { return get(job).text("/state") == "paused"; })) << get(job);
  EXPECT_EQ(work_of(0, "initialize"), "suspended");
  EXPECT_EQ(post(job + "/resume").status, 200);
  EXPECT_EQ(get(job).text("/state"), "running");
  EXPECT_EQ(post(job + "/pause").text("/state"), "paused");
  EXPECT_EQ(work_of(1, "initialize"), "suspended");
  EXPECT_EQ(post(job + "/cancel").text("/state"), "canceled");
  EXPECT_EQ(work_of(0, "initialize"), "canceled");
  EXPECT_EQ(work_of(1, "initialize"), "canceled");
  EXPECT_TRUE(is_refused(post(job + "/cancel"), 409, "wrong_state"));
  EXPECT_TRUE(is_refused(post(job + "/pause"), 409, "wrong_state"));
  EXPECT_TRUE(is_refused(post(job + "/resume"), 409, "wrong_state"));
}

TEST_F(Background, AJobWhosePoolIsNotThereCanBeGivenUp) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string job = job_of(post(path("initialize")));
  EXPECT_EQ(post(job + "/pause").text("/state"), "paused");
  oracle("zpool export " + pool());
  EXPECT_TRUE(eventually([&] { return get(job).text("/state") == "recovering"; })) << get(job);
  EXPECT_EQ(post(job + "/cancel").text("/state"), "undetermined");
  EXPECT_EQ(get(job).text("/problem/code"), "interrupted");
}

TEST_F(Background, WhatDoesNotRunIsNotPaused) {
  const std::string job = job_of(post(path("initialize")));
  EXPECT_EQ(post(job + "/pause").text("/state"), "paused");
  EXPECT_TRUE(is_refused(post(job + "/pause"), 409, "wrong_state"));
  EXPECT_EQ(post(job + "/cancel").text("/state"), "canceled");
}

// The kernel would begin anew with a leaf that is done, or that somebody has canceled.
TEST_F(Background, OnlyLeavesThatRestAreResumed) {
  const std::string job = job_of(post(path("initialize")));
  EXPECT_EQ(post(path("initialize/cancel"), only(0)).status, 200);
  EXPECT_TRUE(is_refused(post(job + "/resume"), 409, "wrong_state"));
  EXPECT_EQ(post(job + "/pause").text("/state"), "paused");
  EXPECT_EQ(post(job + "/resume").text("/state"), "running");
  EXPECT_EQ(work_of(0, "initialize"), "canceled");
  EXPECT_EQ(work_of(1, "initialize"), "running");
  EXPECT_EQ(post(job + "/cancel").text("/state"), "canceled");
}

TEST_F(Background, OfLeavesThoseThatCannotAreSkipped) {
  json::Object body{{"vdevs", json::Array{json::Value(leaf(0)), json::Value("4711")}}};
  const Response accepted = post(path("initialize"), body);
  const std::string job = job_of(accepted);
  EXPECT_EQ(accepted.text("/skipped/0/subject"), "4711");
  EXPECT_EQ(accepted.text("/skipped/0/code"), "not_found");
  EXPECT_EQ(work_of(0, "initialize"), "running");
  EXPECT_EQ(work_of(1, "initialize"), "none");
  const Response suspended = post(path("initialize/suspend"));
  EXPECT_EQ(suspended.texts("/vdevs"), std::vector{leaf(0)});
  EXPECT_EQ(suspended.text("/skipped/0/subject"), leaf(1));
  EXPECT_EQ(suspended.text("/skipped/0/code"), "wrong_state");
  const Response none = post(path("initialize/suspend"), only(1));
  EXPECT_TRUE(is_refused(none, 409, "wrong_state"));
  EXPECT_NE(none.find_failure(leaf(1)), nullptr) << none;
  EXPECT_EQ(post(path("initialize/cancel"), only(0)).status, 200);
  EXPECT_EQ(ended(job).text("/state"), "canceled");
}

TEST_F(Background, WhatRunsIsNotBegunTwice) {
  const std::string job = job_of(post(path("initialize")));
  const Response again = post(path("initialize"));
  EXPECT_TRUE(is_refused(again, 409, "busy"));
  EXPECT_NE(again.find_failure(leaf(0)), nullptr) << again;
  EXPECT_EQ(post(job + "/cancel").text("/state"), "canceled");
  EXPECT_EQ(get("/v1/jobs?pool=" + pool()).at("/items").as_array().size(), 1U);
}

TEST_F(Background, AnInitializationIsForgotten) {
  const std::string job = job_of(post(path("initialize"), only(0)));
  EXPECT_EQ(post(path("initialize/cancel"), only(0)).status, 200);
  EXPECT_EQ(ended(job).text("/state"), "canceled");
  const Response forgotten = post(path("uninitialize"), only(0));
  if (release() < model::Release{2, 1, 12}) {
    EXPECT_TRUE(is_refused(forgotten, 501, "not_in_this_release"));
    EXPECT_EQ(work_of(0, "initialize"), "canceled");
  } else {
    EXPECT_EQ(forgotten.status, 200) << forgotten;
    EXPECT_EQ(work_of(0, "initialize"), "none");
  }
}

TEST_F(Background, ListsOfLeavesAreChecked) {
  for (const char* verb : {"initialize", "initialize/cancel", "trim", "trim/suspend"}) {
    const Response empty = post(path(verb), {{"vdevs", json::Array{}}});
    EXPECT_TRUE(is_refused(empty, 400, "bad_request")) << verb;
    EXPECT_TRUE(blames(empty, "body", "/vdevs")) << verb;
    const Response twice = post(path(verb), {{"vdevs", json::Array{"1", "2", "1"}}});
    EXPECT_TRUE(is_refused(twice, 400, "bad_request")) << verb;
    EXPECT_TRUE(blames(twice, "body", "/vdevs/2")) << verb;
    EXPECT_TRUE(is_refused(post(path(verb), {{"vdevs", json::Array{"4711"}}}), 404, "not_found"))
        << verb;
  }
  EXPECT_EQ(work_of(0, "initialize"), "none");
  EXPECT_EQ(work_of(0, "trim"), "none");
}

// --- trim ---

TEST_F(Background, ATrimIsAJobOverAllLeaves) {
  const Response done = post_and_wait(path("trim"));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.texts("/vdevs"), (std::vector{leaf(0), leaf(1)}));
  EXPECT_EQ(work_of(0, "trim"), "complete");
  EXPECT_EQ(work_of(1, "trim"), "complete");
}

// A trim of files is over soon, so it is tried until one is caught.
std::string caught_trim(const std::string& pool, const json::Value& leaf, const std::string& verb) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    json::Object body{{"vdevs", json::Array{leaf}}, {"rate_bytes_per_second", 4096}};
    const std::string job = job_of(post(pool_path(pool) + "/trim", std::move(body)));
    const Response caught = post(pool_path(pool) + "/trim/" + verb, {{"vdevs", json::Array{leaf}}});
    if (caught.status == 200) return job;
    EXPECT_TRUE(is_refused(caught, 409, "wrong_state"));
    EXPECT_EQ(ended(job).text("/state"), "succeeded");
  }
  ADD_FAILURE() << "no trim was caught";
  return "";
}

TEST_F(Background, ATrimRestsAndGoesOn) {
  const std::string job = caught_trim(pool(), json::Value(leaf(0)), "suspend");
  EXPECT_TRUE(eventually([&] { return get(job).text("/state") == "paused"; })) << get(job);
  EXPECT_EQ(work_of(0, "trim"), "suspended");
  EXPECT_EQ(work_of(1, "trim"), "none");
  EXPECT_EQ(post(job + "/resume").status, 200);
  EXPECT_EQ(ended(job).text("/state"), "succeeded");
  EXPECT_EQ(work_of(0, "trim"), "complete");
}

TEST_F(Background, ATrimIsCanceled) {
  const std::string job = caught_trim(pool(), json::Value(leaf(1)), "cancel");
  EXPECT_EQ(ended(job).text("/state"), "canceled");
  EXPECT_EQ(work_of(1, "trim"), "canceled");
}

TEST_F(Background, AFileHasNoSecureTrim) {
  EXPECT_TRUE(is_refused(post(path("trim"), {{"secure", true}}), 409, "wrong_state"));
  EXPECT_EQ(work_of(0, "trim"), "none");
  const Response rate = post(path("trim"), {{"rate_bytes_per_second", 0}});
  EXPECT_TRUE(blames(rate, "body", "/rate_bytes_per_second"));
}

// --- wait ---

TEST_F(Background, WhereThereIsNothingToWaitForAWaitEnds) {
  for (const char* activity : {"scrub", "free", "discard_checkpoint", "resilver", "remove",
                               "replace", "initialize", "trim"}) {
    const Response done = post_and_wait(path("wait"), {{"activity", activity}});
    EXPECT_EQ(done.status, 200) << activity;
    EXPECT_EQ(done.at("/waited"), json::Value(false)) << activity;
  }
  EXPECT_EQ(post_and_wait(dataset_path(pool()) + "/wait").at("/waited"), json::Value(false));
}

TEST_F(Background, AWaitEndsWithWhatItWaitsFor) {
  const std::string slow = job_of(post(path("initialize"), only(0)));
  const std::string all = job_of(post(path("wait"), {{"activity", "initialize"}}));
  const std::string one =
      job_of(post(path("wait"), {{"activity", "initialize"}, {"vdev", leaf(0)}}));
  const Response other =
      post_and_wait(path("wait"), {{"activity", "initialize"}, {"vdev", leaf(1)}});
  EXPECT_EQ(other.at("/waited"), json::Value(false)) << other;
  EXPECT_TRUE(eventually([&] { return get(all).text("/state") == "running"; }));
  EXPECT_TRUE(eventually([&] { return get(one).text("/state") == "running"; }));
  EXPECT_EQ(post(slow + "/cancel").text("/state"), "canceled");
  for (const std::string& wait : {all, one}) {
    EXPECT_EQ(ended(wait).text("/state"), "succeeded") << wait;
    EXPECT_EQ(ended(wait).at("/result/waited"), json::Value(true)) << wait;
  }
}

TEST_F(Background, AWaitIsCanceledAndDoesNotEndWhatItWaitsFor) {
  const std::string slow = job_of(post(path("initialize"), only(0)));
  const std::string wait = job_of(post(path("wait"), {{"activity", "initialize"}}));
  EXPECT_TRUE(eventually([&] { return get(wait).text("/state") == "running"; }));
  EXPECT_TRUE(is_refused(post(wait + "/pause"), 409, "wrong_state"));
  EXPECT_EQ(post(wait + "/cancel").status, 200);
  EXPECT_EQ(ended(wait).text("/state"), "canceled");
  EXPECT_EQ(work_of(0, "initialize"), "running");
  EXPECT_EQ(post(slow + "/cancel").text("/state"), "canceled");
}

TEST_F(Background, OneWhosePatienceEndsIsToldOfTheJob) {
  const Response accepted = send({.method = "POST",
                                  .target = path("initialize"),
                                  .body = json::Object{},
                                  .headers = {"Prefer: respond-async, wait=1"}});
  const std::string job = job_of(accepted);
  EXPECT_EQ(accepted.header("preference-applied"), "wait=1");
  // One that rests does not end, however fast the machine is.
  EXPECT_EQ(post(job + "/pause").text("/state"), "paused");
  const Response resting = send({.target = job, .headers = {"Prefer: wait=1"}});
  EXPECT_EQ(resting.status, 200);
  EXPECT_EQ(resting.text("/state"), "paused");
  EXPECT_EQ(post(job + "/cancel").text("/state"), "canceled");
}

TEST_F(Background, WaitsAreChecked) {
  EXPECT_TRUE(blames(post(path("wait"), {{"activity", "scrub"}, {"vdev", "1"}}), "body", "/vdev"));
  EXPECT_TRUE(is_refused(post(path("wait"), {{"activity", "peace"}}), 400, "bad_request"));
  EXPECT_TRUE(is_refused(post(dataset_path(pool() + "/nosuch") + "/wait"), 404, "not_found"));
  const Response no_leaf =
      post_and_wait(path("wait"), {{"activity", "initialize"}, {"vdev", "4711"}});
  EXPECT_TRUE(is_refused(no_leaf, 400, "bad_request"));
}

// --- tables ---

TEST_F(Background, TablesArePrefetchedWhereTheReleaseCan) {
  const Response ddt = post_and_wait(path("prefetch"));
  const Response brt = post_and_wait(path("prefetch"), {{"kind", "brt"}});
  if (release() < model::release_2_3)
    EXPECT_TRUE(is_refused(ddt, 501, "not_in_this_release"));
  else
    EXPECT_EQ(ddt.status, 204) << ddt;
  if (release() < model::release_2_4)
    EXPECT_TRUE(is_refused(brt, 501, "not_in_this_release"));
  else
    EXPECT_EQ(brt.status, 204) << brt;
}

TEST_F(Background, TheDeduplicationTableIsPrunedWhereTheReleaseCan) {
  EXPECT_TRUE(is_refused(post(path("ddt-prune")), 400, "bad_request"));
  EXPECT_TRUE(is_refused(post(path("ddt-prune"), {{"percentage", 1}, {"older_than_seconds", 1}}),
                         400, "bad_request"));
  EXPECT_TRUE(blames(post(path("ddt-prune"), {{"percentage", 101}}), "body", "/percentage"));
  EXPECT_TRUE(
      blames(post(path("ddt-prune"), {{"older_than_seconds", 0}}), "body", "/older_than_seconds"));
  for (const char* by : {"percentage", "older_than_seconds"}) {
    const Response pruned = post_and_wait(path("ddt-prune"), {{by, 50}});
    if (release() < model::release_2_3)
      EXPECT_TRUE(is_refused(pruned, 501, "not_in_this_release")) << by;
    else
      EXPECT_EQ(pruned.status, 204) << by << pruned;
  }
}

// --- jobs ---

TEST_F(Background, JobsAreListedByWhatIsAskedFor) {
  EXPECT_EQ(post_and_wait(path("scrub")).status, 200);
  EXPECT_EQ(post_and_wait(path("trim")).status, 200);
  EXPECT_EQ(post_and_wait(path("wait"), {{"activity", "free"}}).status, 200);
  const auto operations = [](const Response& list) {
    std::vector<std::string> words;
    for (const json::Value& item : list.at("/items").as_array())
      words.emplace_back(json::view(item.at("operation").as_string()));
    return words;
  };
  const std::string ours = "/v1/jobs?pool=" + pool();
  EXPECT_EQ(operations(get(ours)),
            (std::vector<std::string>{"pool.wait", "pool.trim", "pool.scrub"}));
  EXPECT_EQ(operations(get(ours + "&operation=pool.trim")), std::vector<std::string>{"pool.trim"});
  EXPECT_TRUE(operations(get(ours + "&state=queued,running,failed")).empty());
  EXPECT_EQ(operations(get(ours + "&state=succeeded")).size(), 3U);
  const Response first = get(ours + "&limit=2");
  EXPECT_EQ(operations(first), (std::vector<std::string>{"pool.wait", "pool.trim"}));
  const Response second = get(ours + "&limit=2&cursor=" + encode(first.text("/next_cursor")));
  EXPECT_EQ(operations(second), std::vector<std::string>{"pool.scrub"});
  EXPECT_TRUE(second.at("/next_cursor").is_null());
  EXPECT_TRUE(is_refused(get(ours + "&cursor=x"), 400, "bad_request"));
  EXPECT_TRUE(is_refused(get(ours + "&state=lost"), 400, "bad_request"));
  EXPECT_TRUE(is_refused(get(ours + "&limit=0"), 400, "bad_request"));
}

TEST_F(Background, AJobThatIsNotThereIsNotFound) {
  for (const char* verb : {"", "/cancel", "/pause", "/resume"}) {
    const std::string target = std::string("/v1/jobs/4294967296") + verb;
    const Response none = *verb == '\0' ? get(target) : post(target);
    EXPECT_TRUE(is_refused(none, 404, "not_found")) << verb;
  }
  EXPECT_TRUE(is_refused(ended("/v1/jobs/4294967296"), 404, "not_found"));
  EXPECT_TRUE(is_refused(get("/v1/jobs/first"), 400, "bad_request"));
}

TEST_F(Background, ATreeIsDestroyedByAJobThatNamesItsSteps) {
  make_filesystem(pool() + "/a");
  make_filesystem(pool() + "/a/b");
  make_snapshot(pool() + "/a/b@s");
  const std::string job = job_of(del(dataset_path(pool() + "/a") + "?recursive=true"));
  const Response done = ended(job);
  EXPECT_EQ(done.text("/state"), "succeeded");
  EXPECT_EQ(done.texts("/steps"), (std::vector{pool() + "/a/b@s", pool() + "/a/b", pool() + "/a"}));
  EXPECT_EQ(done.text("/progress/unit"), "objects");
  EXPECT_EQ(done.number("/progress/done"), 3U);
  EXPECT_EQ(done.number("/progress/total"), 3U);
  EXPECT_EQ(done.at("/request/recursive"), json::Value(true));
  EXPECT_FALSE(has_dataset(pool() + "/a"));
}

TEST_F(Background, OfADestroyedPoolNoJobRuns) {
  const std::string slow = job_of(post(path("initialize"), only(0)));
  EXPECT_EQ(del(pool_path(pool())).status, 204);
  const Response done = ended(slow);
  EXPECT_EQ(done.text("/state"), "canceled") << done;
}

}  // namespace
}  // namespace zfsrest::test
