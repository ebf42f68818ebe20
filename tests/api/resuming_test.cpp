// Streams that break off: what is kept of them, how they go on, and how they are given up.
#include <algorithm>

#include "api/streams.hpp"

namespace zfsrest::test {
namespace {

class Resuming : public OnStreams {
 protected:
  void SetUp() override {
    OnStreams::SetUp();
    if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
    source_ = make_source("a");
    make_snapshot(source() + "@1");
    stream_ = stream_of(source() + "@1");
  }
  const std::string& source() const { return source_; }
  const std::string& stream() const { return stream_; }

  // Receives the beginning of a stream and keeps it.
  static Response break_off(const std::string& snapshot, const std::string& stream,
                            std::size_t bytes) {
    Response broken = receive(snapshot, stream.substr(0, bytes), "?resumable=true");
    EXPECT_TRUE(is_refused(broken, 400, "bad_stream"));
    EXPECT_TRUE(has_partial(snapshot.substr(0, snapshot.find('@')))) << broken;
    return broken;
  }
  std::string rest_for(const std::string& dataset, const std::string& snapshot) const {
    return stream_of(snapshot, "?resume_token=" + token_of(dataset));
  }
  // The rest must be little more than what was missing.
  static void expect_rest(const std::string& rest, std::size_t missing_bytes) {
    EXPECT_LE(rest.size(), missing_bytes + missing_bytes / 20);
    EXPECT_GT(rest.size(), missing_bytes / 2);
  }

 private:
  std::string source_, stream_;
};

TEST_F(Resuming, AFullStreamGoesOnWhereItBrokeOff) {
  const std::size_t have = stream().size() * 2 / 5;
  const Response broken = break_off(child("b@1"), stream(), have);
  EXPECT_NE(broken.find_failure(child("b")), nullptr) << broken;
  EXPECT_FALSE(has_snapshot(child("b@1")));
  const Response partial = get(partial_path(child("b")));
  EXPECT_EQ(partial.status, 200) << partial;
  EXPECT_TRUE(partial.at("/new_dataset").as_bool());
  EXPECT_EQ(partial.text("/stream/to_guid"), guid_of(source() + "@1"));
  EXPECT_EQ(partial.text("/stream/to_name"), source() + "@1");
  EXPECT_GT(partial.number("/stream/bytes"), 0U);
  EXPECT_LE(partial.number("/stream/bytes"), have);
  EXPECT_GT(partial.number("/used_bytes"), 0U);

  const std::string rest = rest_for(child("b"), source() + "@1");
  expect_rest(rest, stream().size() - have);
  const Response received = receive(child("b@1"), rest, "?resumable=true");
  EXPECT_EQ(received.status, 200) << received;
  EXPECT_TRUE(received.at("/stream/resuming").as_bool());
  EXPECT_EQ(guid_of(child("b@1")), guid_of(source() + "@1"));
  EXPECT_EQ(content_of(child("b")), content_of(source()));
  EXPECT_FALSE(has_partial(child("b")));
}

TEST_F(Resuming, AnIncrementalStreamGoesOnWhereItBrokeOff) {
  receive_well(child("b@1"), stream());
  const std::string before = content_of(child("b"));
  write(source(), 2, 3 * mebibyte);
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  const std::size_t have = change.size() * 3 / 5;
  break_off(child("b@2"), change, have);
  EXPECT_EQ(content_of(child("b")), before);
  const Response partial = get(partial_path(child("b")));
  EXPECT_FALSE(partial.at("/new_dataset").as_bool());
  EXPECT_EQ(partial.text("/stream/from_guid"), guid_of(source() + "@1"));
  const std::string rest = rest_for(child("b"), source() + "@2");
  expect_rest(rest, change.size() - have);
  EXPECT_EQ(receive(child("b@2"), rest, "?resumable=true").status, 200);
  EXPECT_EQ(guid_of(child("b@2")), guid_of(source() + "@2"));
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(Resuming, AStreamGoesOnMoreThanOnce) {
  break_off(child("b@1"), stream(), stream().size() / 4);
  const std::string rest = rest_for(child("b"), source() + "@1");
  const std::uint64_t first = get(partial_path(child("b"))).number("/stream/bytes");
  break_off(child("b@1"), rest, rest.size() / 2);
  EXPECT_GT(get(partial_path(child("b"))).number("/stream/bytes"), first);
  const std::string last = rest_for(child("b"), source() + "@1");
  EXPECT_LT(last.size(), rest.size());
  EXPECT_EQ(receive(child("b@1"), last, "?resumable=true").status, 200);
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(Resuming, AStreamOfOtherKindsGoesOnAsItWas) {
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  const std::string raw = stream_of(secret + "@1", "?raw=true");
  break_off(child("b@1"), raw, raw.size() / 2);
  EXPECT_TRUE(get(partial_path(child("b"))).at("/stream/raw").as_bool());
  EXPECT_EQ(get(dataset_path(child("b")) + "/saved-stream").code(), "key_not_loaded");
  const std::string rest = rest_for(child("b"), secret + "@1");
  EXPECT_EQ(receive(child("b@1"), rest, "?resumable=true").status, 200);
  EXPECT_EQ(post(dataset_path(child("b")) + "/load-key", {{"key", passphrase_key()}}).status, 200);
  EXPECT_EQ(content_of(child("b")), content_of(secret));
}

TEST_F(Resuming, AStreamFromABookmarkGoesOnThough) {
  receive_well(child("b@1"), stream());
  make_bookmark(source() + "#1", source() + "@1");
  write(source(), 2, 2 * mebibyte);
  make_snapshot(source() + "@2");
  EXPECT_EQ(del(snapshot_path(source() + "@1")).status, 204);
  const std::string change = stream_of(source() + "@2", from(source() + "#1"));
  break_off(child("b@2"), change, change.size() / 2);
  EXPECT_EQ(receive(child("b@2"), rest_for(child("b"), source() + "@2"), "?resumable=true").status,
            200);
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(Resuming, ARedactedStreamGoesOnRedacted) {
  const std::string whole = stream_of(source() + "@1", redact(source()));
  break_off(child("b@1"), whole, whole.size() * 2 / 3);
  const Response partial = get(partial_path(child("b")));
  EXPECT_EQ(partial.texts("/stream/redact_snaps"), std::vector{guid_of(child("clone@edited"))});
  const Response received =
      receive(child("b@1"), rest_for(child("b"), source() + "@1"), "?resumable=true");
  EXPECT_EQ(received.status, 200) << received;
  receive_well(child("c@edited"), stream_of(child("clone@edited"), from(source() + "@1")),
               "?origin=" + encode(child("b@1")));
  EXPECT_EQ(content_of(child("c")), content_of(child("clone")));
}

// A redaction bookmark has the guid of its snapshot, and only what is made from it has what the
// receiver lacks.
TEST_F(Resuming, AStreamFromARedactionBookmarkGoesOnFromIt) {
  receive_well(child("b@1"), stream_of(source() + "@1", redact(source())));
  write(source(), 3);
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "#redacted"));
  break_off(child("b@2"), change, change.size() / 4);
  EXPECT_EQ(get(partial_path(child("b"))).texts("/stream/from_redact_snaps"),
            std::vector{guid_of(child("clone@edited"))});
  receive_well(child("b@2"), rest_for(child("b"), source() + "@2"), "?resumable=true");
  // A volume that was redacted has no device yet.
  make_clone(child("b@2"), child("copy"));
  EXPECT_EQ(content_of(child("copy")), content_of(source()));

  break_off(child("c@1"), stream(), stream().size() / 4);
  receive_well(child("c@1"), rest_for(child("c"), source() + "@1"), "?resumable=true");
  break_off(child("c@2"), change, change.size() / 4);
  EXPECT_EQ(del("/v1/bookmarks/" + encode(source() + "#redacted")).status, 204);
  EXPECT_TRUE(is_refused(get(stream_path(source() + "@2", "?resume_token=" + token_of(child("c")))),
                         404, "not_found"));
}

TEST_F(Resuming, AStreamOfAReceiveComesToTheSameReceive) {
  const Response made =
      make_receive(child("b"), {{"resumable", true}, {"properties", {{"copies", 2}}}});
  const Response broken = upload_to(made, stream().substr(0, stream().size() / 2));
  EXPECT_TRUE(is_refused(broken, 400, "bad_stream"));
  const Response waiting = get(receive_path(made));
  EXPECT_EQ(waiting.text("/state"), "waiting");
  EXPECT_EQ(waiting.at("/partial"), get(partial_path(child("b"))).json);
  const Response received = upload_to(
      made, stream_of(source() + "@1", "?resume_token=" + waiting.text("/partial/resume_token")));
  EXPECT_EQ(received.status, 200) << received;
  EXPECT_EQ(get(receive_path(made)).text("/state"), "received");
  EXPECT_TRUE(get(receive_path(made)).at("/partial").is_null());
  EXPECT_EQ(value_of(child("b"), "copies"), "2");
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(Resuming, AReceiveWaitsForTheRestOfALaterStream) {
  const Response made = make_receive(child("b"), {{"resumable", true}});
  EXPECT_EQ(upload_to(made, stream()).status, 200);
  write(source(), 2, 2 * mebibyte);
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  EXPECT_TRUE(is_refused(upload_to(made, change.substr(0, change.size() / 2)), 400, "bad_stream"));
  const Response waiting = get(receive_path(made));
  EXPECT_EQ(waiting.text("/state"), "waiting");
  EXPECT_EQ(waiting.text("/snapshot"), child("b@2"));
  EXPECT_EQ(waiting.at("/partial"), get(partial_path(child("b"))).json);
  EXPECT_TRUE(waiting.at("/received").is_null());
  EXPECT_EQ(upload_to(made, rest_for(child("b"), source() + "@2")).status, 200);
  EXPECT_EQ(get(receive_path(made)).text("/received/snapshot"), child("b@2"));
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(Resuming, AReceiveThatIsEndedLeavesNothing) {
  const auto before = everything();
  const Response made = make_receive(child("b"), {{"resumable", true}});
  EXPECT_TRUE(
      is_refused(upload_to(made, stream().substr(0, stream().size() / 2)), 400, "bad_stream"));
  EXPECT_NE(everything(), before);
  EXPECT_EQ(del(receive_path(made)).status, 204);
  EXPECT_EQ(everything(), before);
  EXPECT_FALSE(has_partial(child("b")));
  EXPECT_TRUE(is_refused(get(receive_path(made)), 404, "not_found"));
  receive_well(child("b@1"), stream());
}

TEST_F(Resuming, AReceiveIntoWhatIsThereEndsWithoutIt) {
  receive_well(child("b@1"), stream());
  const std::string content = content_of(child("b"));
  write(source(), 2, 2 * mebibyte);
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  const auto before = everything();
  break_off(child("b@2"), change, change.size() / 2);
  EXPECT_EQ(del(partial_path(child("b"))).status, 204);
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(content_of(child("b")), content);
  EXPECT_TRUE(is_refused(del(partial_path(child("b"))), 404, "not_found"));
  receive_well(child("b@2"), change);
}

TEST_F(Resuming, WhatIsKeptIsInTheWayOfOtherStreams) {
  receive_well(child("b@1"), stream());
  write(source(), 2, 2 * mebibyte);
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  break_off(child("b@2"), change, change.size() / 2);
  const std::string token = token_of(child("b"));
  const auto before = everything();
  for (const char* query : {"", "?resumable=true", "?force=true"}) {
    const Response refused = receive(child("b@2"), change, query);
    EXPECT_TRUE(is_refused(refused, 409, "busy")) << query;
    EXPECT_EQ(everything(), before);
    EXPECT_EQ(token_of(child("b")), token);
  }
  // The same by the longer way; it is not deleted, as what is kept would go with it.
  EXPECT_TRUE(is_refused(upload_to(make_receive(child("b")), change), 409, "busy"));
  EXPECT_EQ(token_of(child("b")), token);
  break_off(child("c@1"), stream(), stream().size() / 2);
  const std::string other = token_of(child("c"));
  const Response refused = receive(child("c@1"), stream());
  EXPECT_EQ(refused.status, 409) << refused;
  EXPECT_EQ(token_of(child("c")), other);
}

// That the dataset may be replaced is to be said once more.
TEST_F(Resuming, AForcedStreamGoesOnWithForce) {
  make_volume(child("b"), 8 * mebibyte);
  const std::string part = stream().substr(0, stream().size() / 2);
  EXPECT_TRUE(
      is_refused(receive(child("b@1"), part, "?force=true&resumable=true"), 400, "bad_stream"));
  ASSERT_TRUE(has_partial(child("b")));
  EXPECT_EQ(value_of(child("b"), "volsize"), std::to_string(8 * mebibyte));
  const std::string token = token_of(child("b"));
  const std::string rest = rest_for(child("b"), source() + "@1");
  EXPECT_TRUE(is_refused(receive(child("b@1"), rest, "?resumable=true"), 409, "exists"));
  const Response made = make_receive(child("b@1"), {{"resumable", true}});
  EXPECT_TRUE(is_refused(upload_to(made, rest), 409, "exists"));
  EXPECT_EQ(token_of(child("b")), token);
  const Response received = receive(child("b@1"), rest, "?force=true&resumable=true");
  EXPECT_EQ(received.status, 200) << received;
  EXPECT_EQ(value_of(child("b"), "volsize"), std::to_string(4 * mebibyte));
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(Resuming, WhatIsKeptIsSentOnAndGoesOnElsewhere) {
  const std::size_t have = stream().size() / 2;
  break_off(child("b@1"), stream(), have);
  const Response head =
      send({.method = "HEAD", .target = dataset_path(child("b")) + "/saved-stream"});
  EXPECT_EQ(head.status, 200);
  const Response saved = get(dataset_path(child("b")) + "/saved-stream");
  ASSERT_EQ(saved.status, 200) << saved;
  EXPECT_GT(saved.body.size(), have / 2);
  // Received, it is as far as the first has come.
  const Response moved = receive(child("c@1"), saved.body, "?resumable=true");
  EXPECT_EQ(moved.status, 400) << moved;
  ASSERT_TRUE(has_partial(child("c")));
  EXPECT_EQ(get(partial_path(child("c"))).text("/stream/to_guid"), guid_of(source() + "@1"));
  const std::string rest = rest_for(child("c"), source() + "@1");
  expect_rest(rest, stream().size() - have);
  EXPECT_EQ(receive(child("c@1"), rest, "?resumable=true").status, 200);
  EXPECT_EQ(guid_of(child("c@1")), guid_of(source() + "@1"));
  EXPECT_EQ(content_of(child("c")), content_of(source()));
}

class SavedStreams : public OnStreams, public testing::WithParamInterface<Kind> {
 protected:
  void SetUp() override {
    OnStreams::SetUp();
    if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
    if (GetParam() == Kind::filesystem && engine() != Engine::kernel)
      GTEST_SKIP() << "needs files, and so the kernel's module";
  }
  // A source of several objects with data, where there are such.
  std::string make_objects() const {
    std::string made = make_source("a", GetParam());
    for (int seed = 2; seed < 6; ++seed) write(made, seed);
    make_snapshot(made + "@1");
    return made;
  }
  static std::string break_off(const std::string& snapshot, const std::string& stream) {
    EXPECT_TRUE(is_refused(receive(snapshot, stream, "?resumable=true"), 400, "bad_stream"));
    return snapshot.substr(0, snapshot.find('@'));
  }
};

TEST_P(SavedStreams, GoOnElsewhere) {
  const std::string source = make_objects();
  const std::string stream = stream_of(source + "@1");
  for (int part = 1; part < 4; ++part) {
    const std::string number = std::to_string(part);
    const std::string first =
        break_off(child("b" + number + "@1"), stream.substr(0, stream.size() / 4 * part));
    const Response saved = get(dataset_path(first) + "/saved-stream");
    ASSERT_EQ(saved.status, 200) << saved;
    const std::string second = break_off(child("c" + number + "@1"), saved.body);
    for (const char* member : {"/stream/object", "/stream/offset"})
      EXPECT_EQ(get(partial_path(second)).number(member), get(partial_path(first)).number(member));
    receive_well(second + "@1", stream_of(source + "@1", "?resume_token=" + token_of(second)),
                 "?resumable=true");
    EXPECT_EQ(content_of(second), content_of(source));
  }
}

// OpenZFS 2.4 that receives one of a change takes it for more than it is, and what is resumed
// from there lacks data.
TEST_P(SavedStreams, AreNotMadeOfChanges) {
  const std::string source = make_objects();
  receive_well(child("b@1"), stream_of(source + "@1"));
  write(source, 2, 2 * mebibyte);
  make_snapshot(source + "@2");
  const std::string change = stream_of(source + "@2", from(source + "@1"));
  const std::string kept = break_off(child("b@2"), change.substr(0, change.size() / 2));
  const auto before = everything();
  EXPECT_TRUE(is_refused(get(dataset_path(kept) + "/saved-stream"), 409, "wrong_state"));
  EXPECT_EQ(send({.method = "HEAD", .target = dataset_path(kept) + "/saved-stream"}).status, 409);
  EXPECT_EQ(everything(), before);
  receive_well(child("b@2"), stream_of(source + "@2", "?resume_token=" + token_of(kept)),
               "?resumable=true");
  EXPECT_EQ(content_of(kept), content_of(source));
}

INSTANTIATE_TEST_SUITE_P(Each, SavedStreams, testing::Values(Kind::volume, Kind::filesystem),
                         [](const auto& of) { return name_of(of.param); });

TEST_F(Resuming, RawStreamsAreSaved) {
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  const std::string raw = stream_of(secret + "@1", "?raw=true");
  break_off(child("b@1"), raw, raw.size() / 2);
  const Response saved = get(dataset_path(child("b")) + "/saved-stream?raw=true");
  if (engine() != Engine::kernel) {
    EXPECT_TRUE(is_refused(saved, 409, "wrong_state"));
    return;
  }
  ASSERT_EQ(saved.status, 200) << saved;
  break_off(child("c@1"), saved.body, saved.body.size());
  receive_well(child("c@1"), rest_for(child("c"), secret + "@1"), "?resumable=true");
  EXPECT_EQ(post(dataset_path(child("c")) + "/load-key", {{"key", passphrase_key()}}).status, 200);
  EXPECT_EQ(content_of(child("c")), content_of(secret));
}

TEST_F(Resuming, NothingIsSentOfWhatIsNotKept) {
  EXPECT_TRUE(is_refused(get(dataset_path(source()) + "/saved-stream"), 404, "not_found"));
  EXPECT_TRUE(is_refused(get(dataset_path(child("no")) + "/saved-stream"), 404, "not_found"));
  EXPECT_TRUE(is_refused(get(partial_path(source())), 404, "not_found"));
}

TEST_F(Resuming, ATokenIsOfOneSnapshot) {
  break_off(child("b@1"), stream(), stream().size() / 2);
  const std::string token = token_of(child("b"));
  make_snapshot(source() + "@2");
  EXPECT_TRUE(
      is_refused(get(stream_path(source() + "@2", "?resume_token=" + token)), 409, "wrong_state"));
  EXPECT_TRUE(is_refused(get(stream_path(source() + "@1", "?resume_token=" + token + "&raw=true")),
                         400, "bad_request"));
  std::string damaged = token;
  damaged.back() = damaged.back() == '0' ? '1' : '0';
  for (const std::string& wrong : {damaged, token.substr(0, token.size() / 2), std::string("1-2")})
    EXPECT_TRUE(is_refused(get(stream_path(source() + "@1", "?resume_token=" + wrong)), 400,
                           "bad_request"));
  // The snapshot goes, and another one gets its name.
  EXPECT_EQ(del(snapshot_path(source() + "@1")).status, 204);
  make_snapshot(source() + "@1");
  EXPECT_TRUE(
      is_refused(get(stream_path(source() + "@1", "?resume_token=" + token)), 409, "wrong_state"));
}

TEST_F(Resuming, TheRestIsEstimated) {
  const std::size_t have = stream().size() / 2;
  break_off(child("b@1"), stream(), have);
  const std::string query = "?resume_token=" + token_of(child("b"));
  const auto rest = static_cast<double>(stream_of(source() + "@1", query).size());
  const Response size = get(snapshot_path(source() + "@1") + "/stream-size" + query);
  EXPECT_NEAR(static_cast<double>(size.number("/estimated_bytes")), rest, rest / 5);
}

TEST_F(Resuming, TheStockToolsGoOn) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  break_off(child("b@1"), stream(), stream().size() / 2);
  EXPECT_EQ(oracle("zfs get -H -o value receive_resume_token " + child("b")), token_of(child("b")));
  const StreamFile rest;
  oracle("zfs send -t " + token_of(child("b")) + " > " + rest.path());
  EXPECT_TRUE(rest.bytes() == rest_for(child("b"), source() + "@1"));
  oracle("zfs receive -s " + child("b@1") + " < " + rest.path());
  EXPECT_EQ(guid_of(child("b@1")), guid_of(source() + "@1"));
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(Resuming, GoesOnWithWhatTheStockToolsHaveLeft) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const StreamFile part(stream().substr(0, stream().size() / 2));
  EXPECT_NE(run_oracle("zfs receive -s " + child("b@1") + " < " + part.path()).status, 0);
  ASSERT_TRUE(has_partial(child("b")));
  EXPECT_EQ(receive(child("b@1"), rest_for(child("b"), source() + "@1"), "?resumable=true").status,
            200);
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(Resuming, AClientThatGoesAwayHasSentHowFarItCame) {
  Request request = upload(stream_path(child("b@1"), "?resumable=true"), stream());
  // So that there is a job before it breaks off.
  request.headers.emplace_back("Expect: 100-continue");
  request.breaks = Break{.after_sent_bytes = stream().size() / 2};
  EXPECT_FALSE(send(request).is_whole);
  ASSERT_TRUE(
      eventually([&] { return !newest_job("snapshot.receive", pool()).at("/ended").is_null(); }));
  EXPECT_FALSE(has_snapshot(child("b@1")));
  ASSERT_TRUE(has_partial(child("b")));
  const std::string rest = rest_for(child("b"), source() + "@1");
  expect_rest(rest, stream().size() - stream().size() / 2);
  EXPECT_EQ(receive(child("b@1"), rest, "?resumable=true").status, 200);
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

}  // namespace
}  // namespace zfsrest::test
