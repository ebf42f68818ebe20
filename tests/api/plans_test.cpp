// Every operation that offers a plan: the plan has no effect, and the operation does what it said.
#include <algorithm>
#include <iterator>
#include <set>

#include "api/catalogue.hpp"
#include "api/streams.hpp"

namespace zfsrest::test {
namespace {

using Names = std::set<std::string>;

Names set_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

class Plans : public OnStreams {
 protected:
  // The pools of this test, what is in them, and what goes without a name of its own: the hidden
  // child of an interrupted receive.
  Names world() const {
    Names all;
    for (const std::string* one : {&pool(), &other_.text()}) {
      if (!has_pool(*one)) continue;
      all.insert(*one);
      for (const char* list : {"/v1/datasets", "/v1/snapshots", "/v1/bookmarks"})
        for (std::string& name : names_in(list + std::string("?under=") + encode(*one)))
          if (list != std::string("/v1/datasets") || !is_new_partial(name))
            all.insert(std::move(name));
      for (const std::string& name : names_in("/v1/datasets?under=" + encode(*one)))
        if (has_partial(name)) all.insert(is_new_partial(name) ? name : name + "/%recv");
    }
    return all;
  }

  // What each operation is asked for, after there is something for it to do.
  Request prepare(std::string_view operation) {
    if (operation == "pool.create") return create_pool();
    if (operation == "pool.destroy") {
      EXPECT_EQ(send(create_pool()).status, 201);
      make_filesystem(other_.text() + "/a");
      make_snapshot(other_.text() + "/a@s");
      make_bookmark(other_.text() + "/a#s", other_.text() + "/a@s");
      return {.method = "DELETE", .target = pool_path(other_.text())};
    }
    if (operation == "snapshot.destroy") {
      make_snapshot(dataset() + "@s");
      make_snapshot(dataset() + "@t");
      return {.method = "DELETE", .target = snapshot_path(dataset() + "@s")};
    }
    if (operation == "snapshot.destroy_many") {
      make_snapshot(dataset() + "@s");
      make_snapshot(dataset() + "@t");
      make_snapshot(dataset() + "@kept");
      return {.method = "POST",
              .target = "/v1/snapshots/destroy",
              .body = json::Object{{"snapshots", json::Array{json::Value(dataset() + "@s"),
                                                             json::Value(dataset() + "@t")}}}};
    }
    if (operation == "bookmark.destroy" || operation == "bookmark.destroy_many") {
      make_snapshot(dataset() + "@s");
      for (const char* mark : {"#a", "#b", "#kept"})
        make_bookmark(dataset() + mark, dataset() + "@s");
      if (operation == "bookmark.destroy")
        return {.method = "DELETE", .target = bookmark_path(dataset() + "#a")};
      return {.method = "POST",
              .target = "/v1/bookmarks/destroy",
              .body = json::Object{{"bookmarks", json::Array{json::Value(dataset() + "#a"),
                                                             json::Value(dataset() + "#b")}}}};
    }
    if (operation == "dataset.destroy") {
      make_filesystem(child("a"));
      make_filesystem(child("a/b"));
      make_snapshot(child("a/b@s"));
      make_bookmark(child("a/b#s"), child("a/b@s"));
      // The snapshot of another that goes with its last clone.
      make_snapshot(dataset() + "@s");
      make_clone(dataset() + "@s", child("a/clone"));
      defer(dataset() + "@s");
      return {.method = "DELETE", .target = dataset_path(child("a")) + "?recursive=true"};
    }
    if (operation == "hold.release") {
      const Request release = {
          .method = "POST", .target = "/v1/snapshots/release", .body = holds_on(dataset() + "@s")};
      make_held_and_deferred({});
      return release;
    }
    if (operation == "lease.end") {
      const Response held = make_held_and_deferred({{"lease_seconds", 60}});
      return {.method = "DELETE", .target = "/v1/leases/" + encode(held.text("/lease/lease"))};
    }
    if (operation == "dataset.rollback") {
      for (const char* snapshot : {"@s", "@t", "@u"}) make_snapshot(dataset() + snapshot);
      make_bookmark(dataset() + "#t", dataset() + "@t");
      return {.method = "POST",
              .target = dataset_path(dataset()) + "/rollback",
              .body = json::Object{{"to", dataset() + "@s"}, {"destroy_newer", true}}};
    }
    if (operation == "dataset.abort_receive") {
      break_off({});
      return {.method = "DELETE", .target = partial_path(child("b"))};
    }
    if (operation == "receive.abort") {
      const Response made = make_receive(child("b@2"), {{"resumable", true}});
      break_off(receive_path(made));
      return {.method = "DELETE", .target = receive_path(made)};
    }
    return {};
  }

  // Marks it to be destroyed when nothing needs it any more.
  static void defer(const std::string& snapshot) {
    EXPECT_EQ(del(snapshot_path(snapshot) + "?defer=true").status, 204);
  }

  // Receives the beginning of a second snapshot, of which something is kept.
  void break_off(const std::string& receive_at) const {
    const std::string source = make_source("source");
    make_snapshot(source + "@1");
    receive_well(child("b@1"), stream_of(source + "@1"));
    write(source, 2, 3 * mebibyte);
    make_snapshot(source + "@2");
    const std::string stream = stream_of(source + "@2", from(source + "@1"));
    const std::string half = stream.substr(0, stream.size() / 2);
    const Response broken = receive_at.empty() ? receive(child("b@2"), half, "?resumable=true")
                                               : put_stream(receive_at + "/stream", half);
    EXPECT_TRUE(is_refused(broken, 400, "bad_stream"));
    EXPECT_TRUE(has_partial(child("b")));
  }

 private:
  static json::Object holds_on(const std::string& snapshot) {
    return {{"holds", json::Array{json::Object{{"snapshot", snapshot}, {"tag", "t"}}}}};
  }
  // A snapshot that only a hold keeps.
  Response make_held_and_deferred(json::Object how) {
    make_snapshot(dataset() + "@s");
    how.insert_or_assign("holds", holds_on(dataset() + "@s").at("holds"));
    Response held = post("/v1/snapshots/hold", std::move(how));
    EXPECT_EQ(held.status, 200) << held;
    defer(dataset() + "@s");
    return held;
  }
  static bool is_new_partial(const std::string& name) {
    const Response partial = get(partial_path(name));
    return partial.status == 200 && partial.at("/new_dataset").as_bool();
  }
  Request create_pool() const {
    return {.method = "POST",
            .target = "/v1/pools",
            .body = json::Object{{"name", other_.text()},
                                 {"vdevs", {{"data", json::Array{disk_.vdev()}}}}}};
  }
  Disk disk_;
  PoolName other_;
};

// A checkpoint is no object; checkpoints_test.cpp has its plan.
constexpr std::string_view elsewhere = "pool.discard_checkpoint";

class EveryPlan : public Plans, public testing::WithParamInterface<const api::Operation*> {};

TEST_P(EveryPlan, SaysWhatTheOperationDoesAndDoesNothing) {
  const api::Operation& operation = *GetParam();
  if (!has_volume_data() && operation.role == api::Role::receive) GTEST_SKIP() << no_volume_data;
  const Request request = prepare(operation.id);
  ASSERT_FALSE(request.target.empty()) << "there is nothing for " << operation.id << " to do";
  ASSERT_EQ(find_operation(request.method, request.target), &operation);

  const Names before = world();
  Request asking = request;
  asking.target += request.target.find('?') != std::string::npos ? "&plan=true" : "?plan=true";
  const Response plan = send(asking);
  ASSERT_EQ(plan.status, 200) << plan;
  EXPECT_TRUE(plan.at("/blocked_by").as_array().empty()) << plan;
  EXPECT_EQ(world(), before) << "a plan changes nothing";

  Request doing = request;
  doing.headers.emplace_back("Prefer: wait=60");
  const Response done = send(doing);
  ASSERT_EQ(done.status / 100, 2) << done;
  ASSERT_NE(done.status, 202) << "the job has not ended in a minute: " << done;
  const Names after = world();
  Names created, destroyed;
  std::ranges::set_difference(after, before, std::inserter(created, created.end()));
  std::ranges::set_difference(before, after, std::inserter(destroyed, destroyed.end()));
  EXPECT_EQ(created, set_of(plan.texts("/would_create")));
  EXPECT_EQ(destroyed, set_of(plan.texts("/would_destroy")));
  EXPECT_FALSE(created.empty() && destroyed.empty());
}

std::vector<const api::Operation*> with_plans() {
  std::vector<const api::Operation*> found;
  for (const api::Operation* operation : api::operations())
    if (operation->plans == api::Plans::yes && operation->id != elsewhere)
      found.push_back(operation);
  return found;
}

TEST_F(Plans, OfADeferredDestructionSayWhatGoesOnlyLater) {
  const std::string held = dataset() + "@held", cloned = dataset() + "@cloned";
  const std::string free = dataset() + "@free";
  for (const std::string* one : {&held, &cloned, &free}) make_snapshot(*one);
  const Hold hold(held);
  make_clone(cloned, child("clone"));
  const Response one = del(snapshot_path(held) + "?defer=true&plan=true");
  EXPECT_TRUE(one.texts("/would_destroy").empty()) << one;
  EXPECT_EQ(one.texts("/would_defer"), std::vector{held});
  EXPECT_EQ(one.number("/bytes_freed"), 0U);
  const json::Object request{{"snapshots", json::Array{json::Value(dataset() + "@%")}},
                             {"defer", true}};
  const Response many = post("/v1/snapshots/destroy?plan=true", request);
  EXPECT_EQ(many.texts("/would_destroy"), std::vector{free}) << many;
  EXPECT_EQ(many.texts("/would_defer"), (std::vector{held, cloned}));
  EXPECT_EQ(post("/v1/snapshots/destroy", request).status, 200);
  EXPECT_EQ(world().count(free), 0U);
  EXPECT_EQ(world().count(held) + world().count(cloned), 2U);
}

TEST_F(Plans, CountWhatADeferredSnapshotIsStillNeededFor) {
  const std::string snapshot = dataset() + "@s";
  make_snapshot(snapshot);
  for (const char* clone : {"a", "b"}) make_clone(snapshot, child(clone));
  {
    const Hold hold(snapshot);
    defer(snapshot);
    const auto going = [&] {
      return set_of(del(dataset_path(child("a")) + "?plan=true").texts("/would_destroy"));
    };
    EXPECT_EQ(going(), Names{child("a")}) << "another clone and a hold keep it";
    EXPECT_EQ(del(dataset_path(child("b"))).status, 204);
    EXPECT_EQ(going(), Names{child("a")}) << "a hold keeps it";
  }
  EXPECT_TRUE(has_snapshot(snapshot)) << "a clone keeps it";
  EXPECT_EQ(del(dataset_path(child("a")) + "?plan=true").texts("/would_destroy"),
            (std::vector{child("a"), snapshot}));
  EXPECT_EQ(del(dataset_path(child("a"))).status, 204);
  EXPECT_FALSE(has_snapshot(snapshot));
}

TEST_F(Plans, OfAnInterruptedReceiveSayThatTheSnapshotItBeganAtGoesAlong) {
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  break_off({});
  defer(child("b@1"));
  EXPECT_TRUE(has_snapshot(child("b@1")));
  const Names before = world();
  const Response plan = del(partial_path(child("b")) + "?plan=true");
  EXPECT_EQ(set_of(plan.texts("/would_destroy")), (Names{child("b/%recv"), child("b@1")})) << plan;
  EXPECT_EQ(world(), before);
  EXPECT_EQ(del(partial_path(child("b"))).status, 204);
  EXPECT_FALSE(has_snapshot(child("b@1")));
}

TEST_F(Plans, OfADestructionNameWhatAnInterruptedReceiveHasLeft) {
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  const std::string source = make_source("source");
  make_snapshot(source + "@1");
  const std::string stream = stream_of(source + "@1");
  const std::string target = make_source("target");
  const Response broken =
      receive(target + "@1", stream.substr(0, stream.size() / 2), "?resumable=true&force=true");
  EXPECT_TRUE(is_refused(broken, 400, "bad_stream"));
  ASSERT_TRUE(has_partial(target));
  const Response plan = del(dataset_path(target) + "?plan=true");
  EXPECT_EQ(plan.texts("/would_destroy"), (std::vector{target + "/%recv", target})) << plan;
  EXPECT_TRUE(plan.at("/blocked_by").as_array().empty()) << plan;
  EXPECT_EQ(del(dataset_path(target)).status, 204);
  EXPECT_FALSE(has_dataset(target));
}

INSTANTIATE_TEST_SUITE_P(Operations, EveryPlan, testing::ValuesIn(with_plans()),
                         [](const auto& each) {
                           std::string name(each.param->id);
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace zfsrest::test
