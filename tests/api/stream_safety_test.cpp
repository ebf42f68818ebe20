// What streams must not destroy: snapshots that are newer, and what receives of others have left.
#include "api/streams.hpp"

namespace zfsrest::test {
namespace {

class StreamSafety : public OnStreams {
 protected:
  void SetUp() override {
    OnStreams::SetUp();
    if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
    source_ = make_source("source");
    make_snapshot(source_ + "@1");
    full_ = stream_of(source_ + "@1");
    write(source_, 2, 4 * mebibyte);
    make_snapshot(source_ + "@2");
    change_ = stream_of(source_ + "@2", from(source_ + "@1"));
  }

  // Leaves a part of a stream in a dataset.
  static void break_off(const std::string& snapshot, const std::string& stream) {
    const std::string part = stream.substr(0, stream.size() * 2 / 3);
    EXPECT_TRUE(is_refused(receive(snapshot, part, "?resumable=true"), 400, "bad_stream"));
    EXPECT_TRUE(has_partial(snapshot.substr(0, snapshot.find('@'))));
  }

  std::string source_;
  std::string full_;
  std::string change_;
};

TEST_F(StreamSafety, AResumedStreamWithForceSparesNewerSnapshots) {
  const std::string target = child("target");
  receive_well(target + "@1", full_);
  break_off(target + "@2", change_);
  make_snapshot(target + "@newer");
  const std::string rest = stream_of(source_ + "@2", "?resume_token=" + token_of(target));
  EXPECT_TRUE(is_refused(receive(target + "@2", rest, "?resumable=true&force=true"), 409,
                         "newer_snapshots"));
  EXPECT_EQ(get(snapshot_path(target + "@newer")).status, 200);
  EXPECT_TRUE(has_partial(target));
}

TEST_F(StreamSafety, NothingIsRolledBackForAStreamThatDoesNotFit) {
  const std::string target = child("target");
  receive_well(target + "@1", full_);
  break_off(target + "@2", change_);
  const std::string rest = stream_of(source_ + "@2", "?resume_token=" + token_of(target));
  write(target, 7);
  const std::string changed = content_of(target);
  EXPECT_TRUE(is_refused(receive(target + "@2", change_, "?force=true"), 409, "busy"));
  EXPECT_EQ(content_of(target), changed);

  EXPECT_EQ(del(partial_path(target)).status, 204);
  EXPECT_TRUE(
      is_refused(receive(target + "@2", rest, "?force=true&resumable=true"), 409, "wrong_state"));
  EXPECT_EQ(content_of(target), changed);

  make_clone(source_ + "@1", child("clone"));
  make_snapshot(child("clone@c"));
  const std::string clone = stream_of(child("clone@c"), from(source_ + "@1"));
  EXPECT_TRUE(is_refused(receive(target + "@c", clone, "?force=true"), 409, "exists"));
  EXPECT_EQ(content_of(target), changed);
}

// To go on is to keep what has come, asked for or not.
TEST_F(StreamSafety, ARestThatBreaksOffTakesNothingAway) {
  const std::string target = child("target");
  break_off(target + "@1", full_);
  const std::string rest = stream_of(source_ + "@1", "?resume_token=" + token_of(target));
  EXPECT_TRUE(
      is_refused(receive(target + "@1", rest.substr(0, rest.size() / 2)), 400, "bad_stream"));
  EXPECT_TRUE(has_partial(target));
  // It went on, so that this is not its rest any more.
  EXPECT_TRUE(is_refused(receive(target + "@1", rest), 400, "bad_stream"));
  EXPECT_TRUE(has_partial(target));
  receive_well(target + "@1", stream_of(source_ + "@1", "?resume_token=" + token_of(target)));
}

TEST_F(StreamSafety, ATreeWithWhatWasLeftSaysWhatIsInTheWay) {
  const std::string target = child("target");
  receive_well(target + "@1", full_);
  break_off(target + "@2", change_);
  const Response refused = del_and_wait(dataset_path(target) + "?recursive=true");
  EXPECT_TRUE(is_refused(refused, 409, "has_clones"));
  EXPECT_NE(refused.body.find("left something in " + target + "; resume or abort"),
            std::string::npos)
      << refused;
}

TEST_F(StreamSafety, AWholeSnapshotIsNotTakenForARedactedOne) {
  const std::string redacted = stream_of(source_ + "@1", redact(source_));
  receive_well(child("target@1"), redacted);
  EXPECT_TRUE(is_refused(receive(child("target@1"), full_), 409, "exists"));
  const Response again = receive(child("target@1"), redacted);
  EXPECT_EQ(again.status, 200) << again;
  EXPECT_TRUE(again.at("/already_received").as_bool());
}

TEST_F(StreamSafety, AReceiveThatDoesNotFitLeavesWhatAnotherHasLeft) {
  const std::string target = child("target");
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  break_off(target + "@1", stream_of(secret + "@1", "?raw=true"));
  const std::string rest = stream_of(secret + "@1", "?resume_token=" + token_of(target));
  const Response made =
      make_receive(target + "@1", {{"resumable", true}, {"key", passphrase_key()}});
  EXPECT_TRUE(is_refused(upload_to(made, rest), 400, "bad_request"));
  EXPECT_EQ(del(receive_path(made)).status, 204);
  EXPECT_TRUE(has_partial(target));
}

TEST_F(StreamSafety, ADryRunLeavesNothingThatItsAbortCouldDestroy) {
  const std::string target = child("target");
  break_off(target + "@1", full_);
  const Response made = make_receive(target + "@1", {{"dry_run", true}, {"resumable", true}});
  EXPECT_EQ(upload_to(made, full_).status, 200);
  EXPECT_TRUE(get(receive_path(made)).at("/partial").is_null());
  EXPECT_EQ(del(receive_path(made)).status, 204);
  EXPECT_TRUE(has_partial(target));
}

TEST_F(StreamSafety, AReceiveThatWasRefusedLeavesWhatAnotherHasLeft) {
  const std::string target = child("target");
  break_off(target + "@1", full_);
  const Response made = make_receive(target + "@1", {{"resumable", true}});
  EXPECT_TRUE(is_refused(upload_to(made, full_), 409, "busy"));
  EXPECT_EQ(del(receive_path(made)).status, 204);
  EXPECT_TRUE(has_partial(target));
}

TEST_F(StreamSafety, AnAbortedReceiveTakesAwayWhatItHasLeft) {
  const std::string target = child("target");
  const Response made = make_receive(target + "@1", {{"resumable", true}});
  const std::string part = full_.substr(0, full_.size() * 2 / 3);
  EXPECT_TRUE(is_refused(upload_to(made, part), 400, "bad_stream"));
  EXPECT_FALSE(get(receive_path(made)).at("/partial").is_null());
  EXPECT_EQ(del(receive_path(made)).status, 204);
  EXPECT_FALSE(has_partial(target));
}

}  // namespace
}  // namespace zfsrest::test
