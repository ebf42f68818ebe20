// Receives as resources: where a stream goes, how, and what is shown of it.
#include <algorithm>

#include "api/streams.hpp"

namespace zfsrest::test {
namespace {

class ReceivesTest : public OnStreams {
 protected:
  void SetUp() override {
    OnStreams::SetUp();
    source_ = make_source("a");
    make_snapshot(source() + "@1");
    stream_ = stream_of(source() + "@1");
  }
  const std::string& source() const { return source_; }
  const std::string& stream() const { return stream_; }
  // The stream of an empty file system with a snapshot.
  std::string filesystem_stream(const std::string& name) const {
    make_filesystem(child(name));
    make_snapshot(child(name) + "@1");
    return stream_of(child(name) + "@1");
  }

 private:
  std::string source_, stream_;
};

std::vector<std::string> receives() {
  std::vector<std::string> ids;
  const Response listed = get("/v1/receives");
  for (const json::Value& item : listed.at("/items").as_array())
    ids.emplace_back(json::view(item.at("receive").as_string()));
  return ids;
}

TEST_F(ReceivesTest, AreShownFromTheirBeginningToTheirEnd) {
  const Response made = make_receive(child("b"));
  const std::string path = receive_path(made);
  EXPECT_EQ(made.header("location"), path);
  EXPECT_TRUE(made.at("/received").is_null());
  EXPECT_TRUE(made.at("/job").is_null());
  EXPECT_TRUE(made.at("/partial").is_null());
  EXPECT_EQ(get(path).json, made.json);
  EXPECT_TRUE(std::ranges::count(receives(), made.text("/receive")));
  EXPECT_FALSE(has_dataset(child("b")));

  const Response received = upload_to(made, stream());
  EXPECT_EQ(received.status, 200) << received;
  const Response shown = get(path);
  EXPECT_EQ(shown.text("/state"), "received");
  EXPECT_EQ(shown.at("/received"), received.json);
  EXPECT_EQ(shown.text("/snapshot"), child("b@1"));
  const Response job = get("/v1/jobs/" + shown.text("/job"));
  EXPECT_EQ(job.text("/state"), "succeeded");
  EXPECT_EQ(job.text("/operation"), "receive.upload");
  EXPECT_EQ(job.at("/result"), received.json);

  EXPECT_EQ(del(path).status, 204);
  EXPECT_TRUE(is_refused(get(path), 404, "not_found"));
  EXPECT_TRUE(is_refused(del(path), 404, "not_found"));
  EXPECT_TRUE(is_refused(upload_to(made, stream()), 404, "not_found"));
  EXPECT_FALSE(std::ranges::count(receives(), made.text("/receive")));
  EXPECT_EQ(guid_of(child("b@1")), guid_of(source() + "@1"));
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(ReceivesTest, AreListedInTheirOrder) {
  const Response one = make_receive(child("b"));
  const Response other = make_receive(child("b"));
  const auto all = receives();
  EXPECT_LT(std::ranges::find(all, one.text("/receive")),
            std::ranges::find(all, other.text("/receive")));
  for (const Response* made : {&one, &other}) EXPECT_EQ(del(receive_path(*made)).status, 204);
}

TEST_F(ReceivesTest, SetLeaveOutAndReceiveProperties) {
  const Response made = make_receive(
      child("b"),
      {{"properties", {{"compression", "gzip-3"}, {"zfsrest:mine", "here"}}},
       {"exclude_properties", json::Array{"checksum"}},
       {"received_properties", {{"checksum", "sha256"}, {"copies", 2}, {"compression", "zle"}}}});
  const Response received = upload_to(made, stream());
  EXPECT_EQ(received.status, 200) << received;
  EXPECT_TRUE(received.at("/failed_properties").as_array().empty()) << received;
  EXPECT_EQ(value_of(child("b"), "compression"), "gzip-3");
  EXPECT_EQ(source_of(child("b"), "compression"), "local");
  EXPECT_EQ(value_of(child("b"), "zfsrest:mine"), "here");
  EXPECT_EQ(source_of(child("b"), "zfsrest:mine"), "local");
  EXPECT_EQ(value_of(child("b"), "copies"), "2");
  EXPECT_EQ(source_of(child("b"), "copies"), "received");
  EXPECT_EQ(value_of(child("b"), "checksum"), value_of(dataset(), "checksum"));
  EXPECT_NE(source_of(child("b"), "checksum"), "received");
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(ReceivesTest, ReplaceWhatTheSenderHasByWhatIsInherited) {
  const Response set = patch(dataset_path(dataset()), {{"properties", {{"copies", 3}}}});
  ASSERT_EQ(set.status, 200) << set;
  const Response made = make_receive(child("b"), {{"exclude_properties", json::Array{"copies"}},
                                                  {"received_properties", {{"copies", 2}}}});
  EXPECT_EQ(upload_to(made, stream()).status, 200);
  EXPECT_EQ(value_of(child("b"), "copies"), "3");
  EXPECT_EQ(source_of(child("b"), "copies"), "inherited");
}

// The first properties that a dataset receives take the place of those that were set before; so
// there are some from the beginning.
TEST_F(ReceivesTest, OfLaterStreamsKeepWhatWasSetHere) {
  const json::Object first{{"properties", {{"copies", 2}}},
                           {"received_properties", {{"checksum", "sha256"}}}};
  EXPECT_EQ(upload_to(make_receive(child("b"), first), stream()).status, 200);
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  const json::Object second{{"received_properties", {{"copies", 3}, {"checksum", "sha512"}}}};
  EXPECT_EQ(upload_to(make_receive(child("b"), second), change).status, 200);
  EXPECT_EQ(value_of(child("b"), "copies"), "2");
  EXPECT_EQ(source_of(child("b"), "copies"), "local");
  EXPECT_EQ(value_of(child("b"), "checksum"), "sha512");
  EXPECT_EQ(source_of(child("b"), "checksum"), "received");
}

TEST_F(ReceivesTest, SayWhichPropertiesTheyCannotTake) {
  for (const auto& [options, pointer] :
       {std::pair{json::Object{{"properties", {{"used", 1}}}}, "/properties/used"},
        std::pair{json::Object{{"received_properties", {{"nosuch", 1}}}},
                  "/received_properties/nosuch"},
        std::pair{json::Object{{"exclude_properties", json::Array{"nosuch"}}},
                  "/exclude_properties/0"},
        std::pair{json::Object{{"properties", {{"copies", 2}}},
                               {"exclude_properties", json::Array{"copies"}}},
                  "/exclude_properties/0"}}) {
    json::Object body = options;
    body["target"] = child("b");
    const Response refused = post("/v1/receives", std::move(body));
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", pointer));
  }
}

TEST_F(ReceivesTest, NameWhatTheyReceiveByTheTarget) {
  EXPECT_EQ(upload_to(make_receive(child("b@mine")), stream()).text("/snapshot"), child("b@mine"));
  EXPECT_EQ(upload_to(make_receive(child("c")), stream()).text("/snapshot"), child("c@1"));
  EXPECT_EQ(guid_of(child("b@mine")), guid_of(source() + "@1"));
  EXPECT_EQ(guid_of(child("c@1")), guid_of(source() + "@1"));
}

TEST_F(ReceivesTest, NameWhatTheyReceiveByTheStream) {
  make_filesystem(child("into"));
  const std::string path = source().substr(source().find('/'));
  const Response last =
      upload_to(make_receive(child("into"), {{"naming", "below_last"}}), stream());
  EXPECT_EQ(last.status, 200) << last;
  EXPECT_EQ(last.text("/snapshot"), child("into/a@1"));
  EXPECT_TRUE(last.at("/created_parents").as_array().empty());

  const json::Object below{{"naming", "below_path"}};
  const auto before = everything();
  const Response orphan = upload_to(make_receive(child("into"), below), stream());
  EXPECT_TRUE(is_refused(orphan, 404, "not_found"));
  EXPECT_EQ(everything(), before);
  json::Object with_parents = below;
  with_parents["create_parents"] = true;
  const Response full = upload_to(make_receive(child("into"), with_parents), stream());
  EXPECT_EQ(full.status, 200) << full;
  EXPECT_EQ(full.text("/snapshot"), child("into") + path + "@1");
  EXPECT_EQ(full.texts("/created_parents"),
            std::vector{child("into") + path.substr(0, path.rfind('/'))});
  EXPECT_EQ(guid_of(child("into") + path + "@1"), guid_of(source() + "@1"));
  const Response again = upload_to(make_receive(child("into"), with_parents), stream());
  EXPECT_TRUE(again.at("/already_received").as_bool());
}

TEST_F(ReceivesTest, NameNothingBelowASnapshot) {
  const Response refused =
      post("/v1/receives", {{"target", child("b@1")}, {"naming", "below_last"}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/naming"));
}

TEST_F(ReceivesTest, EncryptWithAKeyThatNobodySees) {
  const Response made =
      make_receive(child("b"), {{"properties", {{"encryption", "on"}}}, {"key", passphrase_key()}});
  EXPECT_EQ(made.body.find("of the streams"), std::string::npos);
  EXPECT_FALSE(made.has("/options/key"));
  const Response received = upload_to(made, stream());
  EXPECT_EQ(received.status, 200) << received;
  EXPECT_EQ(value_of(child("b"), "encryptionroot"), child("b"));
  EXPECT_EQ(value_of(child("b"), "keystatus"), "available");
  EXPECT_EQ(value_of(child("b"), "keyformat"), "passphrase");
  EXPECT_EQ(content_of(child("b")), content_of(source()));
  for (const std::string& path :
       {receive_path(made), "/v1/jobs/" + get(receive_path(made)).text("/job")})
    EXPECT_EQ(get(path).body.find("of the streams"), std::string::npos);
  unload_key(child("b"));
  const Response wrong = post(dataset_path(child("b")) + "/load-key",
                              {{"key", {{"type", "passphrase"}, {"passphrase", "another one"}}}});
  EXPECT_TRUE(is_refused(wrong, 403, "wrong_key"));
  EXPECT_EQ(post(dataset_path(child("b")) + "/load-key", {{"key", passphrase_key()}}).status, 200);
}

TEST_F(ReceivesTest, OfRawStreamsTakeNoOtherKey) {
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  const std::string raw = stream_of(secret + "@1", "?raw=true");
  const auto before = everything();
  const Response made =
      make_receive(child("b"), {{"properties", {{"encryption", "on"}}}, {"key", passphrase_key()}});
  EXPECT_TRUE(is_refused(upload_to(made, raw), 400, "bad_request"));
  EXPECT_EQ(everything(), before);
}

TEST_F(ReceivesTest, HealWhatIsThere) {
  const json::Object options{{"target", source() + "@1"}, {"heal", true}};
  const Response made = post("/v1/receives", options);
  if (release() < model::release_2_2) {
    EXPECT_TRUE(is_refused(made, 501, "not_in_this_release"));
    return;
  }
  ASSERT_EQ(made.status, 201) << made;
  const std::string before = content_of(source());
  const Response healed = upload_to(made, stream());
  EXPECT_EQ(healed.status, 200) << healed;
  EXPECT_FALSE(healed.at("/already_received").as_bool());
  EXPECT_EQ(content_of(source()), before);
  const auto all = everything();
  const Response missing = upload_to(make_receive(child("b"), {{"heal", true}}), stream());
  EXPECT_TRUE(is_refused(missing, 404, "not_found"));
  EXPECT_EQ(everything(), all);
}

TEST_F(ReceivesTest, HealNothingElse) {
  if (release() < model::release_2_2) GTEST_SKIP() << "needs OpenZFS 2.2";
  for (const char* other : {"force", "resumable"}) {
    const Response refused =
        post("/v1/receives", {{"target", source() + "@1"}, {"heal", true}, {other, true}});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/" + std::string(other)));
  }
}

TEST_F(ReceivesTest, ThatAreDryLeaveNothing) {
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  const auto before = everything();
  const Response dry = upload_to(make_receive(child("b"), {{"dry_run", true}}), stream());
  EXPECT_EQ(dry.status, 200) << dry;
  EXPECT_TRUE(dry.at("/dry_run").as_bool());
  EXPECT_EQ(dry.text("/snapshot"), child("b@1"));
  EXPECT_EQ(dry.text("/guid"), guid_of(source() + "@1"));
  EXPECT_EQ(everything(), before);

  receive_well(child("b@1"), stream());
  const auto with_base = everything();
  const Response fits = upload_to(make_receive(child("b"), {{"dry_run", true}}), change);
  EXPECT_EQ(fits.status, 200) << fits;
  make_filesystem(child("c"));
  const auto with_other = everything();
  const Response baseless = upload_to(make_receive(child("c"), {{"dry_run", true}}), change);
  EXPECT_TRUE(is_refused(baseless, 409, "wrong_state"));
  EXPECT_EQ(baseless.text("/errno"), "ENODEV");
  EXPECT_EQ(everything(), with_other);
  EXPECT_EQ(with_other.size(), with_base.size() + 1);
}

TEST_F(ReceivesTest, ThatAreDrySayWhatWouldBeRefused) {
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  const auto before = everything();
  // Neither is there a dataset that an incremental stream could go on from, nor is a full one
  // received where a dataset is.
  EXPECT_TRUE(is_refused(upload_to(make_receive(child("b"), {{"dry_run", true}}), change), 404,
                         "not_found"));
  EXPECT_TRUE(
      is_refused(upload_to(make_receive(dataset(), {{"dry_run", true}}), stream()), 409, "exists"));
  EXPECT_EQ(everything(), before);
}

TEST_F(ReceivesTest, MountNothingIfTheyAreToldSo) {
  const std::string sent = filesystem_stream("fs");
  const Response unmounted = upload_to(make_receive(child("b"), {{"unmounted", true}}), sent);
  EXPECT_EQ(unmounted.status, 200) << unmounted;
  EXPECT_EQ(value_of(child("b"), "mounted"), "no");
  receive_well(child("c@1"), sent);
  if (engine() == Engine::kernel) EXPECT_EQ(value_of(child("c"), "mounted"), "yes");
  receive_well(child("d@1"), sent, "?unmounted=true");
  EXPECT_EQ(value_of(child("d"), "mounted"), "no");
}

TEST_F(ReceivesTest, LeaveAloneWhatIsThere) {
  const Response made = make_receive(child("b"));
  EXPECT_EQ(upload_to(made, stream()).status, 200);
  const Response again = upload_to(made, stream());
  EXPECT_EQ(again.status, 200) << again;
  EXPECT_TRUE(again.at("/already_received").as_bool());
  EXPECT_EQ(again.text("/guid"), guid_of(source() + "@1"));
}

TEST_F(ReceivesTest, TakeTheNextStreamAsWell) {
  const Response made = make_receive(child("b"));
  EXPECT_EQ(upload_to(made, stream()).status, 200);
  write(source(), 2);
  make_snapshot(source() + "@2");
  const Response next = upload_to(made, stream_of(source() + "@2", from(source() + "@1")));
  EXPECT_EQ(next.status, 200) << next;
  EXPECT_EQ(get(receive_path(made)).text("/snapshot"), child("b@2"));
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

// --- force ---

TEST_F(ReceivesTest, WithForceRollBackWhatWasChanged) {
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  receive_well(child("b@1"), stream());
  write(child("b"), 3);
  write(source(), 2);
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  const std::string changed = content_of(child("b"));
  const Response refused = expect_refused(child("b@2"), change, 409, "wrong_state");
  EXPECT_EQ(refused.text("/errno"), "ETXTBSY");
  EXPECT_EQ(content_of(child("b")), changed);
  receive_well(child("b@2"), change, "?force=true");
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

TEST_F(ReceivesTest, WithForceDestroyNoNewerSnapshots) {
  receive_well(child("b@1"), stream());
  make_snapshot(child("b@newer"));
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  const Response refused =
      expect_refused(child("b@2"), change, 409, "newer_snapshots", {{"force", true}});
  EXPECT_NE(refused.text("/detail").find(child("b@newer")), std::string::npos);
}

TEST_F(ReceivesTest, WithForceDestroyNoSnapshotsUnderAFullStream) {
  make_volume(child("b"), 4 * mebibyte);
  make_snapshot(child("b@old"));
  expect_refused(child("b@1"), stream(), 409, "newer_snapshots", {{"force", true}});
  expect_refused(child("b@1"), stream(), 409, "exists");
}

TEST_F(ReceivesTest, WithForceReplaceADatasetWithoutSnapshots) {
  make_volume(child("b"), 8 * mebibyte);
  expect_refused(child("b@1"), stream(), 409, "exists");
  receive_well(child("b@1"), stream(), "?force=true");
  EXPECT_EQ(value_of(child("b"), "volsize"), std::to_string(4 * mebibyte));
  EXPECT_EQ(content_of(child("b")), content_of(source()));
}

}  // namespace
}  // namespace zfsrest::test
