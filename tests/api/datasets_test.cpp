// File systems and volumes: how they come to be, change their names, and go.
#include <future>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Datasets : public OnPool {};

TEST_F(Datasets, AFileSystemIsCreatedWithItsProperties) {
  const Response made = post(
      "/v1/datasets",
      {{"name", child("fs")},
       {"properties", {{"atime", "off"}, {"quota", 64 * mebibyte}, {"com.example:team", "blue"}}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.header("location"), dataset_path(child("fs")));
  EXPECT_EQ(made.text("/name"), child("fs"));
  EXPECT_EQ(made.text("/type"), "filesystem");
  EXPECT_EQ(made.text("/pool"), pool());
  EXPECT_EQ(made.text("/properties/atime/value"), "off");
  EXPECT_EQ(made.text("/properties/atime/source/kind"), "local");
  EXPECT_EQ(made.number("/properties/quota/value"), 64 * mebibyte);
  EXPECT_EQ(made.text("/properties/com.example:team/value"), "blue");
  EXPECT_EQ(get(made.header("location")).json, made.json);
}

TEST_F(Datasets, AVolumeIsCreatedWithItsSize) {
  const Response made =
      post("/v1/datasets", {{"name", child("vol")},
                            {"type", "volume"},
                            {"properties", {{"volsize", 16 * mebibyte}, {"volblocksize", 16384}}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.text("/type"), "volume");
  EXPECT_EQ(made.number("/properties/volsize/value"), 16 * mebibyte);
  EXPECT_EQ(made.number("/properties/volblocksize/value"), 16384U);
  EXPECT_TRUE(made.at("/properties/refreservation/value").is_null());
}

TEST_F(Datasets, AVolumeSizeThatIsNoMultipleOfItsBlockIsRefused) {
  const Response refused = post(
      "/v1/datasets",
      {{"name", child("vol")}, {"type", "volume"}, {"properties", {{"volsize", mebibyte + 512}}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties/volsize"));
  EXPECT_FALSE(has_dataset(child("vol")));
}

TEST_F(Datasets, AVolumeWithoutASizeIsRefused) {
  const Response refused = post("/v1/datasets", {{"name", child("vol")}, {"type", "volume"}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties/volsize"));
  EXPECT_FALSE(has_dataset(child("vol")));
}

TEST_F(Datasets, MissingParentsAreCreatedOnlyOnRequest) {
  const Response refused = post("/v1/datasets", {{"name", child("a/b/c")}});
  EXPECT_TRUE(is_refused(refused, 404, "not_found"));
  EXPECT_FALSE(has_dataset(child("a")));
  const Response made = post("/v1/datasets", {{"name", child("a/b/c")}, {"create_parents", true}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(get(dataset_path(child("a/b"))).text("/type"), "filesystem");
}

TEST_F(Datasets, ParentsThatWereCreatedAreNamedWhenTheLastStepFails) {
  make_volume(child("vol"));
  const Response refused = post("/v1/datasets", {{"name", child("p/q")},
                                                 {"create_parents", true},
                                                 {"properties", {{"reservation", 1ULL << 50}}}});
  EXPECT_TRUE(is_refused(refused, 507, "no_space"));
  EXPECT_EQ(refused.texts("/applied"), std::vector{child("p")});
  EXPECT_TRUE(has_dataset(child("p")));
  EXPECT_FALSE(has_dataset(child("p/q")));
}

TEST_F(Datasets, ANameThatExistsIsRefused) {
  const std::string guid = get(dataset_path(dataset())).text("/guid");
  const Response refused = post("/v1/datasets", {{"name", dataset()}});
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  EXPECT_EQ(refused.text("/subject"), dataset());
  EXPECT_EQ(get(dataset_path(dataset())).text("/guid"), guid);
}

TEST_F(Datasets, AVolumeHasNoChildren) {
  make_volume(child("vol"));
  EXPECT_TRUE(is_refused(post("/v1/datasets", {{"name", child("vol/x")}}), 409, "wrong_state"));
  EXPECT_TRUE(
      is_refused(post("/v1/datasets", {{"name", child("vol/x/y")}, {"create_parents", true}}), 409,
                 "wrong_state"));
  EXPECT_FALSE(has_dataset(child("vol/x")));
}

TEST_F(Datasets, TheRootOfAPoolIsNeitherCreatedNorDestroyedAsADataset) {
  const Response created = post("/v1/datasets", {{"name", unique_name("p")}});
  EXPECT_TRUE(is_refused(created, 400, "bad_request"));
  EXPECT_TRUE(blames(created, "body", "/name"));
  const Response destroyed = del(dataset_path(pool()));
  EXPECT_TRUE(is_refused(destroyed, 400, "bad_request"));
  EXPECT_TRUE(blames(destroyed, "path", "/dataset"));
  EXPECT_TRUE(has_dataset(pool()));
}

TEST_F(Datasets, ADatasetOfAPoolThatIsNotThereIsNotFound) {
  EXPECT_TRUE(is_refused(get(dataset_path("nosuchpool/x")), 404, "not_found"));
  EXPECT_TRUE(is_refused(post("/v1/datasets", {{"name", "nosuchpool/x"}}), 404, "not_found"));
  EXPECT_TRUE(is_refused(get(dataset_path(child("nosuch"))), 404, "not_found"));
}

// --- rename ---

TEST_F(Datasets, RenamingTakesAlongWhatIsBelow) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_snapshot(child("a/b@s"));
  const std::string guid = get(dataset_path(child("a"))).text("/guid");
  const Response renamed = post(dataset_path(child("a")) + "/rename", {{"to", child("z")}});
  EXPECT_EQ(renamed.status, 200);
  EXPECT_EQ(renamed.text("/name"), child("z"));
  EXPECT_EQ(renamed.text("/guid"), guid);
  EXPECT_TRUE(has_snapshot(child("z/b@s")));
  EXPECT_FALSE(has_dataset(child("a")));
}

TEST_F(Datasets, ARenameThatCannotBeIsRefusedAndChangesNothing) {
  make_filesystem(child("a"));
  make_filesystem(child("b"));
  make_volume(child("vol"));
  const std::string rename = dataset_path(child("a")) + "/rename";
  const Response below_itself = post(rename, {{"to", child("a/b")}});
  EXPECT_TRUE(is_refused(below_itself, 400, "bad_request"));
  EXPECT_TRUE(blames(below_itself, "body", "/to"));
  const Response other_pool = post(rename, {{"to", "otherpool/a"}});
  EXPECT_TRUE(is_refused(other_pool, 400, "bad_request"));
  EXPECT_TRUE(blames(other_pool, "body", "/to"));
  EXPECT_TRUE(is_refused(post(rename, {{"to", child("b")}}), 409, "exists"));
  EXPECT_TRUE(is_refused(post(rename, {{"to", child("no/such/parent")}}), 404, "not_found"));
  EXPECT_TRUE(is_refused(post(rename, {{"to", child("vol/a")}}), 409, "wrong_state"));
  EXPECT_TRUE(is_refused(post(dataset_path(child("nosuch")) + "/rename",
                              {{"to", child("x/y")}, {"create_parents", true}}),
                         404, "not_found"));
  EXPECT_EQ(names_in("/v1/datasets?depth=1&under=" + encode(dataset())),
            (std::vector{dataset(), child("a"), child("b"), child("vol")}));
}

TEST_F(Datasets, RenamingCreatesParentsOnRequest) {
  make_filesystem(child("a"));
  const Response renamed = post(dataset_path(child("a")) + "/rename",
                                {{"to", child("p/q/a")}, {"create_parents", true}});
  EXPECT_EQ(renamed.status, 200);
  EXPECT_TRUE(has_dataset(child("p/q")));
  EXPECT_TRUE(has_dataset(child("p/q/a")));
}

// --- clones ---

TEST_F(Datasets, ACloneIsCreatedFromASnapshot) {
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  const Response made =
      post(snapshot_path(child("a@s")) + "/clone",
           {{"to", child("p/c")}, {"create_parents", true}, {"properties", {{"atime", "off"}}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.header("location"), dataset_path(child("p/c")));
  EXPECT_EQ(made.text("/properties/origin/value"), child("a@s"));
  EXPECT_EQ(made.text("/properties/atime/value"), "off");
  EXPECT_EQ(get(snapshot_path(child("a@s"))).number("/clones"), 1U);
}

TEST_F(Datasets, ACloneThatCannotBeIsRefused) {
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  const std::string clone = snapshot_path(child("a@s")) + "/clone";
  EXPECT_TRUE(is_refused(post(clone, {{"to", child("a")}}), 409, "exists"));
  EXPECT_TRUE(is_refused(post(clone, {{"to", child("no/such")}}), 404, "not_found"));
  EXPECT_TRUE(is_refused(post(snapshot_path(child("a@nosuch")) + "/clone", {{"to", child("c")}}),
                         404, "not_found"));
  const Response other_pool = post(clone, {{"to", "otherpool/c"}});
  EXPECT_TRUE(is_refused(other_pool, 400, "bad_request"));
  EXPECT_TRUE(blames(other_pool, "body", "/to"));
  const Response for_volumes =
      post(clone, {{"to", child("c")}, {"properties", {{"volsize", mebibyte}}}});
  EXPECT_TRUE(is_refused(for_volumes, 400, "bad_request"));
  EXPECT_TRUE(blames(for_volumes, "body", "/properties/volsize"));
  EXPECT_FALSE(has_dataset(child("c")));
}

TEST_F(Datasets, PromotingSwapsACloneAndItsOrigin) {
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  make_clone(child("a@s"), child("c"));
  const Response promoted = post(dataset_path(child("c")) + "/promote");
  EXPECT_EQ(promoted.status, 200);
  EXPECT_TRUE(promoted.at("/properties/origin/value").is_null());
  EXPECT_EQ(get(dataset_path(child("a"))).text("/properties/origin/value"), child("c@s"));
}

TEST_F(Datasets, OnlyACloneIsPromoted) {
  EXPECT_TRUE(is_refused(post(dataset_path(dataset()) + "/promote"), 409, "wrong_state"));
}

TEST_F(Datasets, APromotionThatWouldDoubleASnapshotNamesIt) {
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  make_clone(child("a@s"), child("c"));
  make_snapshot(child("c@s"));
  const Response refused = post(dataset_path(child("c")) + "/promote");
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  EXPECT_NE(refused.find_failure(child("c@s")), nullptr) << refused;
  EXPECT_EQ(get(dataset_path(child("c"))).text("/properties/origin/value"), child("a@s"));
}

// --- destroy ---

TEST_F(Datasets, ALeafIsDestroyed) {
  make_filesystem(child("a"));
  EXPECT_EQ(del(dataset_path(child("a"))).status, 204);
  EXPECT_FALSE(has_dataset(child("a")));
  EXPECT_TRUE(is_refused(del(dataset_path(child("a"))), 404, "not_found"));
}

TEST_F(Datasets, WithoutRecursiveADatasetWithChildrenOrSnapshotsStays) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_snapshot(child("a/b@s"));
  EXPECT_TRUE(is_refused(del(dataset_path(child("a"))), 409, "has_dependents"));
  EXPECT_TRUE(is_refused(del(dataset_path(child("a/b"))), 409, "has_dependents"));
  EXPECT_TRUE(has_snapshot(child("a/b@s")));
}

TEST_F(Datasets, ATreeIsDestroyedWithItsSnapshotsAndTheClonesInside) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_volume(child("a/vol"));
  make_snapshot(child("a@s"));
  make_snapshot(child("a/b@s"));
  make_snapshot(child("a/vol@s"));
  make_clone(child("a/b@s"), child("a/clone"));
  make_snapshot(child("a/clone@t"));
  make_clone(child("a/clone@t"), child("a/b/deep"));
  EXPECT_EQ(del_and_wait(dataset_path(child("a")) + "?recursive=true").status, 204);
  EXPECT_EQ(names_in("/v1/datasets?under=" + encode(dataset())), std::vector{dataset()});
}

TEST_F(Datasets, ACloneOutsideTheTreeKeepsAllOfIt) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_snapshot(child("a/b@s"));
  make_snapshot(child("a/b@t"));
  make_clone(child("a/b@s"), child("outside"));
  const Response refused = del(dataset_path(child("a")) + "?recursive=true");
  EXPECT_TRUE(is_refused(refused, 409, "has_clones"));
  const json::Value* failure = refused.find_failure(child("a/b@s"));
  ASSERT_NE(failure, nullptr) << refused;
  EXPECT_NE(json::view(failure->at("detail").as_string()).find(child("outside")),
            std::string_view::npos)
      << refused;

  EXPECT_TRUE(has_snapshot(child("a/b@s")));
  EXPECT_TRUE(has_snapshot(child("a/b@t")));
}

TEST_F(Datasets, AHoldInTheTreeKeepsAllOfIt) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_snapshot(child("a@s"));
  make_snapshot(child("a/b@s"));
  const Hold hold(child("a/b@s"));
  const Response refused = del(dataset_path(child("a")) + "?recursive=true");
  EXPECT_TRUE(is_refused(refused, 409, "held"));
  EXPECT_NE(refused.find_failure(child("a/b@s")), nullptr) << refused;
  EXPECT_TRUE(has_snapshot(child("a@s")));
  EXPECT_TRUE(has_snapshot(child("a/b@s")));
}

TEST_F(Datasets, APlanSaysWhatWouldBeDestroyedAndDestroysNothing) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_snapshot(child("a/b@s"));
  const Response plan = del(dataset_path(child("a")) + "?recursive=true&plan=true");
  EXPECT_EQ(plan.status, 200);
  EXPECT_EQ(plan.texts("/would_destroy"), (std::vector{child("a/b@s"), child("a/b"), child("a")}));
  EXPECT_TRUE(plan.at("/blocked_by").as_array().empty());
  EXPECT_EQ(plan.number("/bytes_freed"),
            get(dataset_path(child("a"))).number("/properties/used/value"));
  EXPECT_TRUE(has_snapshot(child("a/b@s")));
}

TEST_F(Datasets, APlanWithoutRecursiveSaysWhatIsInTheWay) {
  make_snapshot(dataset() + "@s");
  const Response plan = del(dataset_path(dataset()) + "?plan=true");
  EXPECT_EQ(plan.status, 200);
  EXPECT_EQ(plan.text("/blocked_by/0/code"), "has_dependents");
  EXPECT_TRUE(has_snapshot(dataset() + "@s"));
}

TEST_F(Datasets, APlanNamesHoldsAndClonesThatBlock) {
  make_filesystem(child("a"));
  make_snapshot(child("a@held"));
  make_snapshot(child("a@cloned"));
  make_clone(child("a@cloned"), child("c"));
  const Hold hold(child("a@held"));
  const Response plan = del(dataset_path(child("a")) + "?recursive=true&plan=true");
  EXPECT_EQ(plan.status, 200);
  ASSERT_EQ(plan.at("/blocked_by").as_array().size(), 2U) << plan;
  std::map<std::string, std::string> codes;
  for (const json::Value& one : plan.at("/blocked_by").as_array())
    codes[std::string(json::view(one.at("subject").as_string()))] =
        json::view(one.at("code").as_string());
  EXPECT_EQ(codes[child("a@held")], "held");
  EXPECT_EQ(codes[child("a@cloned")], "has_clones");
}

TEST_F(Datasets, APlanOfWhatIsNotThereIsNotFound) {
  EXPECT_TRUE(is_refused(del(dataset_path(child("nosuch")) + "?plan=true"), 404, "not_found"));
}

// --- rollback ---

TEST_F(Datasets, RollingBackGoesToTheNewestSnapshot) {
  make_snapshot(dataset() + "@one");
  make_snapshot(dataset() + "@two");
  EXPECT_EQ(patch(dataset_path(dataset()), {{"properties", {{"com.example:k", "v"}}}}).status, 200);
  const Response done = post(dataset_path(dataset()) + "/rollback");
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.text("/to"), dataset() + "@two");
}

TEST_F(Datasets, RollingBackBringsBackWhatAVolumeHeld) {
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  make_volume(child("vol"));
  volume_data("write", child("vol") + " --seed 1");
  const std::string before = volume_data("hash", child("vol"));
  make_snapshot(child("vol@before"));
  volume_data("write", child("vol") + " --seed 2");
  EXPECT_NE(volume_data("hash", child("vol")), before);
  EXPECT_EQ(post(dataset_path(child("vol")) + "/rollback", {{"to", child("vol@before")}}).status,
            200);
  EXPECT_EQ(volume_data("hash", child("vol")), before);
}

TEST_F(Datasets, NewerSnapshotsStandInTheWayOfARollback) {
  make_snapshot(dataset() + "@one");
  make_snapshot(dataset() + "@two");
  const Response refused =
      post(dataset_path(dataset()) + "/rollback", {{"to", dataset() + "@one"}});
  EXPECT_TRUE(is_refused(refused, 409, "newer_snapshots"));
  EXPECT_TRUE(has_snapshot(dataset() + "@two"));
}

TEST_F(Datasets, RollingBackDestroysNewerSnapshotsOnRequest) {
  for (const char* name : {"@one", "@two", "@three"}) make_snapshot(dataset() + name);
  const std::string rollback = dataset_path(dataset()) + "/rollback";
  const json::Value body{{"to", dataset() + "@one"}, {"destroy_newer", true}};
  const Response plan = post(rollback + "?plan=true", body);
  EXPECT_EQ(plan.status, 200);
  EXPECT_EQ(plan.texts("/would_destroy"), (std::vector{dataset() + "@two", dataset() + "@three"}));
  EXPECT_TRUE(has_snapshot(dataset() + "@three"));
  EXPECT_EQ(post(rollback, body).text("/to"), dataset() + "@one");
  EXPECT_EQ(names_in("/v1/snapshots?under=" + encode(dataset())), std::vector{dataset() + "@one"});
}

TEST_F(Datasets, NewerBookmarksStandInTheWayOfARollbackToo) {
  make_snapshot(dataset() + "@one");
  make_snapshot(dataset() + "@two");
  for (const char* name : {"one", "two"})
    make_bookmark(dataset() + "#" + name, dataset() + "@" + name);
  EXPECT_EQ(del(snapshot_path(dataset() + "@two")).status, 204);
  const std::string rollback = dataset_path(dataset()) + "/rollback";
  EXPECT_TRUE(is_refused(post(rollback), 409, "newer_snapshots"));
  EXPECT_EQ(post(rollback + "?plan=true").text("/blocked_by/0/subject"), dataset() + "#two");

  const json::Value body{{"destroy_newer", true}};
  const Response plan = post(rollback + "?plan=true", body);
  EXPECT_EQ(plan.texts("/would_destroy"), std::vector{dataset() + "#two"});
  EXPECT_EQ(plan.at("/blocked_by").as_array().size(), 0U) << plan;
  EXPECT_EQ(post(rollback, body).text("/to"), dataset() + "@one");
  EXPECT_EQ(names_in("/v1/bookmarks?under=" + encode(dataset())), std::vector{dataset() + "#one"});
}

TEST_F(Datasets, ARollbackThatANewerHeldSnapshotBlocksDestroysNothing) {
  for (const char* name : {"@one", "@two", "@three"}) make_snapshot(dataset() + name);
  const Hold hold(dataset() + "@three");
  const Response refused = post(dataset_path(dataset()) + "/rollback",
                                {{"to", dataset() + "@one"}, {"destroy_newer", true}});
  EXPECT_TRUE(is_refused(refused, 409, "held"));
  EXPECT_NE(refused.find_failure(dataset() + "@three"), nullptr) << refused;
  EXPECT_TRUE(has_snapshot(dataset() + "@two"));
}

TEST_F(Datasets, RollbacksAtTheSameTimeDoNotMix) {
  const std::string rollback = dataset_path(dataset()) + "/rollback";
  for (int round = 0; round < 5; ++round) {
    for (const char* name : {"@1", "@2", "@3", "@4"}) make_snapshot(dataset() + name);
    const auto roll_back_to = [&](const std::string& name) {
      return post(rollback, {{"to", dataset() + name}, {"destroy_newer", true}});
    };
    auto to_second = std::async(std::launch::async, roll_back_to, "@2");
    const Response to_third = roll_back_to("@3");
    EXPECT_EQ(to_second.get().status, 200);
    // Whichever came second either went through or found its snapshot gone, and then destroyed
    // nothing.
    if (to_third.status != 200) {
      EXPECT_TRUE(is_refused(to_third, 404, "not_found"));
      EXPECT_EQ(to_third.json.as_object().if_contains("applied"), nullptr) << to_third;
    }
    EXPECT_EQ(names_in("/v1/snapshots?under=" + encode(dataset())),
              (std::vector{dataset() + "@1", dataset() + "@2"}));
    for (const char* name : {"@1", "@2"})
      EXPECT_EQ(del(snapshot_path(dataset() + name)).status, 204);
  }
}

TEST_F(Datasets, ARollbackToWhatIsNotThereIsRefused) {
  const std::string rollback = dataset_path(dataset()) + "/rollback";
  EXPECT_TRUE(is_refused(post(rollback), 404, "not_found"));
  EXPECT_TRUE(is_refused(post(rollback, {{"to", dataset() + "@nosuch"}}), 404, "not_found"));
  EXPECT_TRUE(is_refused(post(dataset_path(child("nosuch")) + "/rollback"), 404, "not_found"));
  const Response other = post(rollback, {{"to", pool() + "@s"}});
  EXPECT_TRUE(is_refused(other, 400, "bad_request"));
  EXPECT_TRUE(blames(other, "body", "/to"));
}

}  // namespace
}  // namespace zfsrest::test
