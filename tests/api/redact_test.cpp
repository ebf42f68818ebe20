// Redaction bookmarks.
#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Redactions : public OnPool {
 protected:
  void SetUp() override {
    OnPool::SetUp();
    make_filesystem(child("origin"));
    make_snapshot(origin());
    make_clone(origin(), child("clone"));
    make_snapshot(child("clone@edited"));
  }
  std::string origin() const { return child("origin@s"); }
  std::string mark() const { return child("origin#redacted"); }
  Response redact(json::Array snapshots) const {
    return post_and_wait(snapshot_path(origin()) + "/redact",
                         {{"bookmark", mark()}, {"redaction_snapshots", std::move(snapshots)}});
  }
  Response bookmark() const { return get("/v1/bookmarks/" + encode(mark())); }
};

TEST_F(Redactions, AnswerWithTheBookmarkThatTheyMake) {
  const Response made = redact({json::Value(child("clone@edited"))});
  EXPECT_EQ(made.status, 200) << made;
  EXPECT_EQ(made.text("/name"), mark());
  EXPECT_EQ(made.at("/redact_complete"), json::Value(true));
  EXPECT_EQ(made.texts("/redact_snaps"),
            std::vector{get(snapshot_path(child("clone@edited"))).text("/guid")});
  EXPECT_EQ(bookmark().json, made.json);
}

TEST_F(Redactions, AreFoundByFilters) {
  EXPECT_EQ(redact({json::Value(child("clone@edited"))}).status, 200);
  make_bookmark(child("origin#plain"), origin());
  const std::string guid = get(snapshot_path(child("clone@edited"))).text("/guid");
  const auto kept = [&](const std::string& filter) {
    return names_in("/v1/bookmarks?under=" + encode(child("origin")) +
                    "&fields=name,redact_snaps,redact_complete,ivsetguid&filter=" + encode(filter));
  };
  const std::vector<std::string> marked{mark()}, plain{child("origin#plain")};
  EXPECT_EQ(kept("redact_snaps!=null"), marked);
  EXPECT_EQ(kept("redact_snaps=null"), plain);
  EXPECT_EQ(kept("redact_snaps=" + guid), marked);
  EXPECT_EQ(kept("redact_snaps~*" + guid + "*"), marked);
  EXPECT_EQ(kept("redact_complete=true"), marked);
  EXPECT_EQ(kept("redact_complete=null"), plain);
  EXPECT_EQ(kept("ivsetguid=null").size(), 2U);
  const Response sorted = get("/v1/bookmarks?under=" + encode(child("origin")) +
                              "&fields=name&sort=redact_complete,name");
  EXPECT_EQ(sorted.text("/items/0/name"), mark()) << sorted;
}

TEST_F(Redactions, KeepSomethingBack) {
  const Response refused = redact({});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/redaction_snapshots"));
}

TEST_F(Redactions, OfANameThatIsTakenAreRefused) {
  make_clone(origin(), child("other"));
  make_snapshot(child("other@edited"));
  EXPECT_EQ(redact({json::Value(child("clone@edited"))}).status, 200);
  EXPECT_TRUE(is_refused(redact({json::Value(child("clone@edited"))}), 409, "exists"));
  EXPECT_TRUE(is_refused(redact({json::Value(child("other@edited"))}), 409, "exists"));
  EXPECT_EQ(bookmark().at("/redact_snaps").as_array().size(), 1U);
}

TEST_F(Redactions, AreCheckedBeforeThereIsAJob) {
  const auto asked = [&](const std::string& bookmark, const std::string& snapshot) {
    return post(
        snapshot_path(origin()) + "/redact",
        {{"bookmark", bookmark}, {"redaction_snapshots", json::Array{json::Value(snapshot)}}});
  };
  const Response missing = asked(mark(), child("clone@nosuch"));
  EXPECT_TRUE(is_refused(missing, 404, "not_found"));
  EXPECT_EQ(missing.text("/subject"), child("clone@nosuch"));
  EXPECT_EQ(redact({json::Value(child("clone@edited"))}).status, 200);
  const Response taken = asked(mark(), child("clone@edited"));
  EXPECT_TRUE(is_refused(taken, 409, "exists"));
  EXPECT_EQ(taken.text("/subject"), mark());
}

TEST_F(Redactions, AreWithRespectToSnapshotsOfClones) {
  make_filesystem(child("stranger"));
  make_snapshot(child("stranger@s"));
  EXPECT_TRUE(is_refused(redact({json::Value(child("stranger@s"))}), 400, "bad_request"));
  EXPECT_TRUE(is_refused(bookmark(), 404, "not_found"));
}

TEST_F(Redactions, MakeBookmarksOfTheSnapshotsOwnDataset) {
  const Response refused =
      post(snapshot_path(origin()) + "/redact",
           {{"bookmark", child("clone#b")},
            {"redaction_snapshots", json::Array{json::Value(child("clone@edited"))}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/bookmark"));
}

TEST_F(Redactions, OfNoSnapshotAreRefusedAtOnce) {
  const Response refused =
      post(snapshot_path(child("origin@nosuch")) + "/redact",
           {{"bookmark", mark()},
            {"redaction_snapshots", json::Array{json::Value(child("clone@edited"))}}});
  EXPECT_TRUE(is_refused(refused, 404, "not_found"));
}

}  // namespace
}  // namespace zfsrest::test
