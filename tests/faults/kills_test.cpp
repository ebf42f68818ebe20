// The agent and the gateway killed at random moments under mixed load: what was answered is true
// afterwards, and what was not answered is done whole or not at all.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

using std::chrono::milliseconds;

// What there is below a client's root, one line each: the names of datasets, snapshots and
// bookmarks, "NAME compression=VALUE" where that is set, and "NAME held".
using Lines = std::set<std::string>;

std::string text_of(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

std::string encoded(const std::string& name) {
  std::string text;
  for (const char c : name) text += c == '/' ? "%2F" : c == '#' ? "%23" : std::string(1, c);
  return text;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "\"" : ",\"") + name + "\"";
  return "[" + list + "]";
}

bool is_of(const std::string& line, const std::string& tree) {
  return line.starts_with(tree) &&
         (line.size() == tree.size() ||
          std::string("/@# ").find(line[tree.size()]) != std::string::npos);
}

Lines without(const Lines& lines, const std::string& tree) {
  Lines left;
  for (const std::string& line : lines)
    if (!is_of(line, tree)) left.insert(line);
  return left;
}

Lines with(Lines lines, const std::vector<std::string>& more) {
  lines.insert(more.begin(), more.end());
  return lines;
}

// The names in `lines` that a destruction tells of as steps: bookmarks go with their datasets.
Lines objects_of(const Lines& lines) {
  Lines names;
  for (const std::string& line : lines)
    if (line.find_first_of(" #") == std::string::npos) names.insert(line);
  return names;
}

Lines difference(const Lines& from, const Lines& what) {
  Lines left = from;
  for (const std::string& line : what) left.erase(line);
  return left;
}

// The strings in a list of a JSON document.
Lines texts_in(const std::string& document, const std::string& key) {
  const std::size_t at = document.find("\"" + key + "\":[");
  if (at == std::string::npos) return {};
  std::istringstream list(document.substr(at, document.find(']', at) - at));
  Lines texts;
  std::string part;
  // Every other part is between quotes, from that behind the key on.
  for (int number = 0; std::getline(list, part, '"'); ++number)
    if (number >= 3 && number % 2 == 1) texts.insert(part);
  return texts;
}

bool has_ended(const std::string& state) {
  return state == "succeeded" || state == "failed" || state == "canceled" ||
         state == "undetermined";
}

// What all clients share, and what they have seen.
struct Load {
  Load(const Daemon& daemon, const userland::Engine& engine) : daemon(daemon), engine(engine) {}

  const Daemon& daemon;
  const userland::Engine& engine;
  std::atomic<bool> is_over = false;
  std::atomic<int> kills = 0;

  std::atomic<int> answered = 0;
  std::atomic<int> not_begun = 0;
  std::atomic<int> unknown_done = 0, unknown_not_done = 0, unknown_between = 0;
  std::atomic<int> jobs = 0, interrupted_jobs = 0, adopted_jobs = 0;

  // A request that is repeated until it is answered; it must not matter how often it is made.
  Answer ask_until_answered(const std::string& method, const std::string& target,
                            const std::string& body = "", const std::string& fields = "") const {
    Answer answer;
    EXPECT_TRUE(eventually([&] {
      answer = Connection(daemon.tcp())
                   .ask({.method = method,
                         .target = target,
                         .body = body,
                         .fields = daemon.authorization() + fields});
      return answer.status != 0 && answer.status != 503 && answer.status != 504;
    })) << method
        << " " << target << " " << answer.status << answer.body;
    return answer;
  }
  std::string read(const std::string& target, const std::string& fields = "") const {
    const Answer answer = ask_until_answered("GET", target, "", fields);
    EXPECT_EQ(answer.status, 200) << target << answer.body;
    return answer.body;
  }
  // What a job that was accepted says when it has ended.
  std::string ended(const std::string& job) const {
    std::string document;
    EXPECT_TRUE(eventually([&] {
      document = read(job, "Prefer: wait=5\r\n");
      return has_ended(member(document, "state"));
    })) << document;
    return document;
  }
};

// One that changes what is below a root of its own, one request after the other, and knows what
// must be there.
class Client {
 public:
  Client(Load& load, std::string root, std::uint64_t seed)
      : load_(load), root_(std::move(root)), random_(seed) {
    for (const char* name : {"", "/d0", "/d1", "/d2"}) {
      load_.engine.expect("zfs create " + root_ + name);
      truth_.insert(root_ + name);
    }
  }

  void run() {
    while (!load_.is_over && !testing::Test::HasFailure()) {
      check_after_kills();
      step();
    }
    verify();
    verify_with_stock_tools();
  }
  // Up to which kill it has found its root as it must be.
  int kills_seen() const { return kills_seen_; }

 private:
  struct Change {
    Request request;
    Lines after;
    std::vector<Lines> between{};  // where the kernel does not make it atomic
    std::string tree{};            // of a job: what it destroys
  };

  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::string fresh(const std::string& before) { return before + std::to_string(next_++); }
  std::string some(const std::vector<std::string>& names) { return names[below(names.size())]; }

  // The names below the root that have this part.
  std::vector<std::string> names(const std::string& part) const {
    std::vector<std::string> found;
    for (const std::string& line : truth_)
      if (line.find(' ') == std::string::npos && line.find(part) != std::string::npos)
        found.push_back(line);
    return found;
  }
  bool is_there(const std::string& line) const { return truth_.contains(line); }
  // Snapshots that nothing is made of but holds and bookmarks.
  std::vector<std::string> some_snapshots(bool held) {
    std::vector<std::string> chosen;
    for (const std::string& snapshot : names("@s"))
      if (is_there(snapshot + " held") == held && chosen.size() < 3 && below(2) == 0)
        chosen.push_back(snapshot);
    return chosen;
  }

  static Request post(const std::string& target, const std::string& body) {
    return {.method = "POST", .target = target, .body = body};
  }

  void step() {
    switch (below(14)) {
      case 0:
      case 1:
        return snapshots_are_made();
      case 2:
        return snapshots_are_destroyed();
      case 3:
        return dataset_is_made();
      case 4:
        return tree_is_made();
      case 5:
        return dataset_is_destroyed();
      case 6:
        return dataset_is_renamed();
      case 7:
        return property_is_set();
      case 8:
        return bookmarks_are_made();
      case 9:
        return bookmarks_are_destroyed();
      case 10:
        return snapshots_are_held();
      case 11:
        return snapshots_are_released();
      case 12:
        return tree_is_snapshot();
      default:
        return tree_is_destroyed();
    }
  }

  // So that what there is to be looked through does not grow.
  bool is_enough(const std::string& part, std::size_t bound) const {
    return names(part).size() >= bound;
  }

  void snapshots_are_made() {
    if (is_enough("@s", 12)) return snapshots_are_destroyed();
    const std::string name = fresh("@s");
    const std::vector made{root_ + "/d0" + name, root_ + "/d1" + name, root_ + "/d2" + name};
    make({.request = post("/v1/snapshots", "{\"snapshots\":" + quoted_list(made) + "}"),
          .after = with(truth_, made)});
  }
  void snapshots_are_destroyed() {
    const auto gone = some_snapshots(false);
    if (gone.empty()) return;
    make({.request = post("/v1/snapshots/destroy", "{\"snapshots\":" + quoted_list(gone) + "}"),
          .after = difference(truth_, {gone.begin(), gone.end()})});
  }
  void dataset_is_made() {
    if (is_enough("/n", 4)) return dataset_is_destroyed();
    const std::string name = root_ + fresh("/n");
    make({.request = post("/v1/datasets",
                          R"({"name":")" + name + R"(","properties":{"compression":"gzip"}})"),
          .after = with(truth_, {name, name + " compression=gzip"})});
  }
  void tree_is_made() {
    if (is_enough("/t", 8)) return tree_is_destroyed();
    const std::string top = root_ + fresh("/t");
    make({.request = post("/v1/datasets", R"({"name":")" + top + R"(/a/b","create_parents":true})"),
          .after = with(truth_, {top, top + "/a", top + "/a/b"}),
          .between = {with(truth_, {top}), with(truth_, {top, top + "/a"})}});
  }
  void dataset_is_destroyed() {
    const auto found = names("/n");
    if (found.empty()) return;
    const std::string name = some(found);
    make({.request = {.method = "DELETE", .target = "/v1/datasets/" + encoded(name)},
          .after = without(truth_, name)});
  }
  void dataset_is_renamed() {
    const auto found = names("/n");
    if (found.empty()) return;
    const std::string name = some(found);
    const std::string to = root_ + fresh("/n");
    make({.request = post("/v1/datasets/" + encoded(name) + "/rename", R"({"to":")" + to + "\"}"),
          .after = with(without(truth_, name), {to, to + " compression=gzip"})});
  }
  void property_is_set() {
    const std::string name = root_ + "/d" + std::to_string(below(3));
    const std::string value = some({"lz4", "zle", "gzip-3", "off"});
    Lines after;
    for (const std::string& line : truth_)
      if (!line.starts_with(name + " compression=")) after.insert(line);
    after.insert(name + " compression=" + value);
    make({.request = {.method = "PATCH",
                      .target = "/v1/datasets/" + encoded(name),
                      .body = R"({"properties":{"compression":")" + value + "\"}}"},
          .after = after});
  }
  void bookmarks_are_made() {
    const auto found = names("@s");
    if (found.size() < 2) return;
    if (is_enough("#b", 8)) return bookmarks_are_destroyed();
    std::string bookmarks;
    std::vector<std::string> made;
    for (int i = 0; i < 2; ++i) {
      const std::string source = some(found);
      made.push_back(source.substr(0, source.find('@')) + fresh("#b"));
      bookmarks += (bookmarks.empty() ? "" : ",") + (R"({"name":")" + made.back()) +
                   R"(","source":")" + source + "\"}";
    }
    make({.request = post("/v1/bookmarks", "{\"bookmarks\":[" + bookmarks + "]}"),
          .after = with(truth_, made)});
  }
  void bookmarks_are_destroyed() {
    const auto gone = names("#b");
    if (gone.empty()) return;
    make({.request = post("/v1/bookmarks/destroy", "{\"bookmarks\":" + quoted_list(gone) + "}"),
          .after = difference(truth_, {gone.begin(), gone.end()})});
  }
  static std::string holds_on(const std::vector<std::string>& snapshots) {
    std::string holds;
    for (const std::string& snapshot : snapshots)
      holds += (holds.empty() ? "" : ",") + (R"({"snapshot":")" + snapshot) + R"(","tag":"t"})";
    return "{\"holds\":[" + holds + "]}";
  }
  void snapshots_are_held() {
    const auto chosen = some_snapshots(false);
    if (chosen.empty()) return;
    Lines after = truth_;
    for (const std::string& snapshot : chosen) after.insert(snapshot + " held");
    make({.request = post("/v1/snapshots/hold", holds_on(chosen)), .after = after});
  }
  void snapshots_are_released() {
    const auto chosen = some_snapshots(true);
    if (chosen.empty()) return;
    Lines after = truth_;
    for (const std::string& snapshot : chosen) after.erase(snapshot + " held");
    make({.request = post("/v1/snapshots/release", holds_on(chosen)), .after = after});
  }
  // The first of a tree, of which there may be less than was asked for.
  std::string some_tree() {
    std::vector<std::string> tops;
    for (const std::string& name : names(root_ + "/t"))
      if (name.find_first_of("/@", root_.size() + 1) == std::string::npos) tops.push_back(name);
    return tops.empty() ? "" : some(tops);
  }
  void tree_is_snapshot() {
    const std::string top = some_tree();
    if (top.empty()) return;
    const std::string name = fresh("@r");
    std::vector<std::string> made;
    for (const std::string& dataset : names(top))
      if (is_of(dataset, top) && dataset.find('@') == std::string::npos)
        made.push_back(dataset + name);
    make({.request =
              post("/v1/snapshots", R"({"snapshots":[")" + top + name + R"("],"recursive":true})"),
          .after = with(truth_, made)});
  }
  void tree_is_destroyed() {
    const std::string top = some_tree();
    if (top.empty()) return;
    make({.request = {.method = "DELETE",
                      .target = "/v1/datasets/" + encoded(top) + "?recursive=true",
                      .fields = "Idempotency-Key: " + root_ + fresh("-") + "\r\n" +
                                (below(2) == 0 ? "Prefer: wait=60\r\n" : "")},
          .after = without(truth_, top),
          .tree = top});
  }

  void make(const Change& change) {
    Request request = change.request;
    request.fields += load_.daemon.authorization();
    const Answer answer = Connection(load_.daemon.tcp()).ask(request);
    const std::string said = request.method + " " + request.target + " " + request.body + "\n" +
                             std::to_string(answer.status) + answer.body;
    switch (answer.status) {
      case 200:
      case 201:
      case 204:
        ++load_.answered;
        truth_ = change.after;
        return;
      case 202:
        ++load_.answered;
        return follow(change, answer.field("Location"));
      case 503:
        ++load_.not_begun;
        return expect_one_of({truth_}, said);
      case 504:
      case 0:
        return find_out(change, said);
      default:
        ADD_FAILURE() << said;
    }
  }

  // Nobody has told what became of it.
  void find_out(const Change& change, const std::string& said) {
    if (!change.tree.empty()) return ask_again(change, said);
    settle();
    std::vector<Lines> possible{truth_, change.after};
    possible.insert(possible.end(), change.between.begin(), change.between.end());
    const Lines before = truth_;
    expect_one_of(possible, said);
    ++(truth_ == before         ? load_.unknown_not_done
       : truth_ == change.after ? load_.unknown_done
                                : load_.unknown_between);
  }

  // A request with a key is sent again until it is known which job it has become, be it by now.
  void ask_again(const Change& change, const std::string& said) {
    Request request = change.request;
    request.fields.erase(request.fields.find("\r\n") + 2);  // whoever waits is not told the job
    request.fields += load_.daemon.authorization();
    Answer answer;
    EXPECT_TRUE(eventually([&] {
      answer = Connection(load_.daemon.tcp()).ask(request);
      return answer.status == 202 || answer.status == 504;
    })) << answer.status
        << answer.body;
    if (answer.status == 202) {
      ++load_.adopted_jobs;
      return follow(change, answer.field("Location"));
    }
    // The agent died before it had made it a job.
    EXPECT_EQ(answer.code(), "outcome_unknown") << answer.body;
    ++load_.unknown_not_done;
    expect_one_of({truth_}, said);
  }

  // A job that was accepted is found again, and what it says is true.
  void follow(const Change& change, const std::string& job) {
    ++load_.jobs;
    const std::string done = load_.ended(job);
    const std::string state = member(done, "state");
    const Lines before = truth_;
    const Lines steps = texts_in(done, "steps");
    settle();
    truth_ = observe();
    EXPECT_EQ(objects_of(difference(before, truth_)), steps)
        << done << text_of(before) << text_of(truth_);
    if (state == "succeeded") {
      EXPECT_EQ(truth_, change.after) << done << text_of(truth_);
    } else {
      ++load_.interrupted_jobs;
      EXPECT_EQ(state, "failed") << done;
      EXPECT_EQ(member(done, "code"), "interrupted") << done;
      EXPECT_TRUE(is_there(change.tree)) << done;
    }
  }

  // Returns when nothing that was asked for below the root goes on any more, be it in the agent,
  // which lets nobody destroy a tree that others change and refuses to destroy one with children,
  // or in the engine, on behalf of an agent that is gone.
  void settle() const {
    EXPECT_TRUE(eventually([&] {
      return load_.ask_until_answered("DELETE", "/v1/datasets/" + encoded(root_)).code() ==
             "has_dependents";
    }));
    const std::string pool = root_.substr(0, root_.find('/'));
    load_.ask_until_answered("POST", "/v1/pools/" + pool + "/sync", "{}");
  }

  void expect_one_of(const std::vector<Lines>& possible, const std::string& said) {
    settle();
    const Lines now = observe();
    for (const Lines& each : possible)
      if (each == now) {
        truth_ = now;
        return;
      }
    ADD_FAILURE() << said << "\nbefore:\n" << text_of(truth_) << "now:\n" << text_of(now);
    truth_ = now;
  }

  Lines observe() const {
    Lines lines;
    for (const char* list : {"datasets", "snapshots", "bookmarks"}) {
      std::istringstream rows(load_.read("/v1/" + std::string(list) + "?under=" + encoded(root_),
                                         "Accept: application/x-ndjson\r\n"));
      for (std::string row; std::getline(rows, row);) {
        const std::string name = member(row, "name");
        if (name.empty()) continue;
        lines.insert(name);
        const std::size_t compression = row.find("\"compression\":");
        if (compression != std::string::npos && member(row.substr(compression), "kind") == "local")
          lines.insert(name + " compression=" + member(row.substr(compression), "value"));
        if (row.find("\"userrefs\":{\"value\":1") != std::string::npos)
          lines.insert(name + " held");
      }
    }
    return lines;
  }

  void check_after_kills() {
    constexpr int stock_tools_after = 10;
    const int kills = load_.kills;
    if (kills == kills_seen_) return;
    verify();
    if (kills / stock_tools_after != kills_seen_ / stock_tools_after) verify_with_stock_tools();
    kills_seen_ = kills;
  }
  void verify() const {
    const Lines now = observe();
    EXPECT_EQ(now, truth_) << "expected:\n" << text_of(truth_) << "now:\n" << text_of(now);
  }
  void verify_with_stock_tools() const {
    std::istringstream output(load_.engine.expect(
        "zfs list -H -t all -r -o name " + root_ +
        " && zfs list -H -t snapshot -r -o name,userrefs " + root_ +
        " | sed -n 's/\\t1$/ held/p' && zfs get -H -r -s local -o name,value compression " + root_ +
        " | sed 's/\\t/ compression=/'"));
    Lines lines;
    for (std::string line; std::getline(output, line);) lines.insert(line);
    EXPECT_EQ(lines, truth_) << "expected:\n" << text_of(truth_) << "zfs:\n" << text_of(lines);
  }

  Load& load_;
  const std::string root_;
  std::mt19937_64 random_;
  Lines truth_;
  int next_ = 0;
  std::atomic<int> kills_seen_ = 0;
};

// The only one that scrubs a pool: begins, waits for and stops scrubs, and looks whether their jobs
// say of them what the pool does.
class Scrubber {
 public:
  Scrubber(Load& load, std::string pool, std::uint64_t seed)
      : load_(load), pool_("/v1/pools/" + std::move(pool)), random_(seed) {}

  void run() {
    while (!load_.is_over && !testing::Test::HasFailure()) {
      scrub();
      // ZFS tells scrubs apart by the second in which they began.
      std::this_thread::sleep_for(milliseconds(1'100));
    }
    for (const std::string& wait : waits_) {
      const std::string done = load_.ended(wait);
      EXPECT_EQ(member(done, "state"), "succeeded") << done;
    }
  }

 private:
  Answer ask(const std::string& method, const std::string& target, const std::string& body) const {
    return load_.daemon.ask_tcp(method, target, body);
  }

  void scrub() {
    const std::string last = newest();
    const Answer answer = ask("POST", pool_ + "/scrub", "{}");
    std::string job;
    if (answer.status == 202)
      job = answer.field("Location");
    else if (answer.status == 504 || answer.status == 0)
      job = find_after(last);
    else
      EXPECT_EQ(answer.status, 503) << answer.body;
    if (job.empty()) return;
    ++load_.jobs;
    if (const Answer wait = ask("POST", pool_ + "/wait", R"({"activity":"scrub"})");
        wait.status == 202)
      waits_.push_back(wait.field("Location"));
    if (random_() % 2 == 0) {
      const Answer stopped = ask("POST", pool_ + "/scrub/stop", "{}");
      EXPECT_TRUE(stopped.status == 204 || stopped.status == 503 || stopped.status == 504 ||
                  stopped.status == 0 || stopped.code() == "wrong_state")
          << stopped.status << stopped.body;
    }
    check(load_.ended(job));
  }

  // The scrub job that there is besides the last one known, if any.
  std::string find_after(const std::string& last) const {
    load_.ask_until_answered("POST", pool_ + "/sync", "{}");
    const std::string found = newest();
    return found == last ? "" : found;
  }
  std::string newest() const {
    const std::string id = member(load_.read("/v1/jobs?limit=1&operation=pool.scrub&pool=" +
                                             pool_.substr(pool_.rfind('/') + 1)),
                                  "id");
    return id.empty() ? "" : "/v1/jobs/" + id;
  }

  void check(const std::string& job) const {
    load_.ask_until_answered("POST", pool_ + "/sync", "{}");
    const std::string status = load_.read(pool_ + "/status");
    const std::string scan = status.substr(status.find("\"scan\":"));
    const std::string state = member(job, "state");
    const bool is_newer = member(scan, "started") >= member(job, "created");
    if (state == "succeeded")
      EXPECT_TRUE(is_newer && member(scan, "state") == "finished") << job << status;
    else if (state == "canceled")
      EXPECT_TRUE(is_newer && member(scan, "state") == "canceled") << job << status;
    else
      EXPECT_TRUE(state == "failed" && member(job, "code") == "interrupted" && !is_newer)
          << job << status;
    if (state == "failed") ++load_.interrupted_jobs;
  }

  Load& load_;
  const std::string pool_;
  std::mt19937_64 random_;
  std::vector<std::string> waits_;
};

// Looks at everything, and waits for what there is to wait for.
void read_on(Load& load, const std::string& root) {
  std::vector<std::string> waits;
  while (!load.is_over && !testing::Test::HasFailure()) {
    for (const char* target : {"/v1/pools", "/v1/datasets", "/v1/snapshots?limit=50", "/v1/jobs",
                               "/v1/pools/sea/status", "/v1/bookmarks"}) {
      const Answer answer = load.daemon.ask_tcp("GET", target);
      EXPECT_TRUE(answer.status == 200 || answer.status == 503 || answer.status == 0)
          << target << answer.status << answer.body;
    }
    const Answer wait = load.daemon.ask_tcp("POST", "/v1/datasets/" + root + "/wait", "{}");
    EXPECT_TRUE(wait.status == 202 || wait.status == 503 || wait.status == 504 || wait.status == 0)
        << wait.status << wait.body;
    if (wait.status == 202) waits.push_back(wait.field("Location"));
    std::this_thread::sleep_for(milliseconds(20));
  }
  for (const std::string& wait : waits) {
    const std::string done = load.ended(wait);
    EXPECT_EQ(member(done, "state"), "succeeded") << done;
  }
}

std::uint64_t chosen_seed() {
  const char* given = std::getenv("ZFSREST_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

TEST(Kills, UnderMixedLoadWhatWasAnsweredIsTrueAndTheRestIsDoneWholeOrNotAtAll) {
  constexpr int kills_of_agent = 50;
  constexpr int most_kills_of_agent = 200;
  constexpr int least_answered = 100;
  constexpr int agents_per_gateway = 5;
  constexpr milliseconds longest_check(500);
  constexpr std::uint64_t volume_bytes = 64ULL << 20;
  const std::uint64_t seed = chosen_seed();
  std::cout << "ZFSREST_TEST_SEED=" << seed << "\n";
  const userland::Engine engine;
  const Daemon daemon(engine, {{"ZFSREST_JOBS_KEPT", "100000"}});
  for (const char* pool : {"lake", "pond", "sea"}) make_pool(daemon, engine, pool);
  // So that a scrub takes a moment.
  engine.expect("zfs create -s -V " + std::to_string(volume_bytes) + " sea/volume");
  engine.write("sea/volume", "--length " + std::to_string(volume_bytes) + " --seed 1");

  Load load(daemon, engine);
  std::vector<std::unique_ptr<Client>> clients;
  for (const char* root : {"lake/a", "pond/a", "sea/a", "sea/b"})
    clients.push_back(std::make_unique<Client>(load, root, seed + clients.size()));
  std::vector<std::thread> threads;
  for (const auto& client : clients) threads.emplace_back([&client] { client->run(); });
  for (const char* pool : {"lake", "sea"})
    threads.emplace_back([&load, pool, seed] { Scrubber(load, pool, seed).run(); });
  threads.emplace_back([&load] { read_on(load, "pond"); });

  std::mt19937_64 random(seed);
  milliseconds away{0};
  const auto kill = [&](pid_t victim) {
    std::this_thread::sleep_for(milliseconds(5 + random() % 296));
    away += daemon.kill_and_wait(victim);
    ++load.kills;
    // Else, where it takes long, the next one would come before clients had done anything.
    const auto until = std::chrono::steady_clock::now() + longest_check;
    while (std::chrono::steady_clock::now() < until &&
           !std::ranges::all_of(
               clients, [&](const auto& client) { return client->kills_seen() == load.kills; }))
      std::this_thread::sleep_for(milliseconds(5));
  };
  // Where the machine is slow, little is answered between two kills; then there are more of them.
  const auto is_enough = [&](int agents) {
    return agents >= most_kills_of_agent ||
           (agents >= kills_of_agent && load.answered > least_answered);
  };
  for (int i = 0; !is_enough(i) && !testing::Test::HasFailure(); ++i) {
    kill(daemon.agent());
    if (i % agents_per_gateway == 0) kill(daemon.gateway());
  }
  load.is_over = true;
  for (std::thread& thread : threads) thread.join();

  std::cout << load.kills << " kills, back after " << (away / load.kills.load()).count()
            << " ms on average; answered " << load.answered << ", not begun " << load.not_begun
            << ", of those without an answer " << load.unknown_done << " done, "
            << load.unknown_not_done << " not done, " << load.unknown_between << " in part; jobs "
            << load.jobs << ", of them " << load.interrupted_jobs << " interrupted, "
            << load.adopted_jobs << " without an answer\n";
  EXPECT_GT(load.answered, least_answered);
  EXPECT_GT(load.unknown_done + load.unknown_not_done, 0);
  // None is lost, and none goes on for ever.
  EXPECT_EQ(load.read("/v1/jobs?state=queued,running,paused,recovering,undetermined")
                .find("\"operation\""),
            std::string::npos);
}

}  // namespace
}  // namespace zfsrest::faults
