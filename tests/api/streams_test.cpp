// Round trips of streams: what is sent by any of the ways is the same where it was received.
#include "api/streams.hpp"

#include <algorithm>
#include <fstream>

namespace zfsrest::test {
namespace {

class Streams : public OnStreams {
 protected:
  // A volume of blocks that each begin so and go on with one byte, of which lz4 makes nearly
  // nothing.
  std::string make_compressible(const std::string& name, const std::string& beginning) const {
    const std::string volume = child(name);
    const Response made =
        post("/v1/datasets", {{"name", volume},
                              {"type", "volume"},
                              {"properties", {{"volsize", mebibyte}, {"compression", "lz4"}}}});
    EXPECT_EQ(made.status, 201) << made;
    constexpr std::size_t part_bytes = 4096;
    std::string bytes(mebibyte, 'z');
    for (std::size_t at = 0; at < bytes.size(); at += part_bytes)
      bytes.replace(at, beginning.size(), beginning);
    const StreamFile file(bytes);
    if (has_volume_data()) volume_data("write", volume + " --from " + file.path());
    return volume;
  }
};

class StreamsOf : public Streams, public testing::WithParamInterface<Kind> {};

INSTANTIATE_TEST_SUITE_P(Each, StreamsOf, testing::Values(Kind::volume, Kind::filesystem),
                         [](const auto& kind) { return name_of(kind.param); });

TEST_P(StreamsOf, AFullAndAnIncrementalSnapshot) {
  const std::string source = make_source("a", GetParam());
  const std::string target = child("b");
  make_snapshot(source + "@1");
  const Response full = receive_well(target + "@1", stream_of(source + "@1"));
  EXPECT_FALSE(full.at("/already_received").as_bool());
  EXPECT_FALSE(full.at("/dry_run").as_bool());
  EXPECT_TRUE(full.at("/failed_mount").is_null());
  EXPECT_TRUE(full.at("/stream/from_guid").is_null());
  EXPECT_EQ(full.text("/stream/to_name"), source + "@1");
  EXPECT_EQ(full.text("/stream/type"), name_of(GetParam()));
  EXPECT_EQ(guid_of(target + "@1"), guid_of(source + "@1"));
  EXPECT_EQ(content_of(target), content_of(source));

  write(source, 2);
  make_snapshot(source + "@2");
  const std::string whole = stream_of(source + "@2");
  const std::string change = stream_of(source + "@2", from(source + "@1"));
  const Response incremental = receive_well(target + "@2", change);
  EXPECT_EQ(incremental.text("/stream/from_guid"), guid_of(source + "@1"));
  EXPECT_EQ(guid_of(target + "@1"), guid_of(source + "@1"));
  EXPECT_EQ(guid_of(target + "@2"), guid_of(source + "@2"));
  EXPECT_EQ(content_of(target), content_of(source));
  if (!content_of(source).empty()) EXPECT_LT(change.size(), whole.size() / 2);
}

TEST_P(StreamsOf, WhatChangedSinceABookmark) {
  const std::string source = make_source("a", GetParam());
  make_snapshot(source + "@1");
  make_bookmark(source + "#1", source + "@1");
  receive_well(child("b@1"), stream_of(source + "@1"));
  EXPECT_EQ(del(snapshot_path(source + "@1")).status, 204);
  write(source, 2);
  make_snapshot(source + "@2");
  receive_well(child("b@2"), stream_of(source + "@2", from(source + "#1")));
  EXPECT_EQ(guid_of(child("b@2")), guid_of(source + "@2"));
  EXPECT_EQ(content_of(child("b")), content_of(source));
}

TEST_P(StreamsOf, ACloneFromItsOrigin) {
  const std::string source = make_source("a", GetParam());
  make_snapshot(source + "@1");
  receive_well(child("b@1"), stream_of(source + "@1"));
  make_clone(source + "@1", child("clone"));
  write(child("clone"), 2);
  make_snapshot(child("clone@2"));
  const std::string change = stream_of(child("clone@2"), from(source + "@1"));
  const Response received = receive_well(child("d@2"), change, "?origin=" + encode(child("b@1")));
  EXPECT_TRUE(received.at("/stream/clone").as_bool());
  EXPECT_EQ(value_of(child("d"), "origin"), child("b@1"));
  EXPECT_EQ(content_of(child("d")), content_of(child("clone")));
}

TEST_P(StreamsOf, WhatTheStockToolsReceive) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string source = make_source("a", GetParam());
  make_snapshot(source + "@1");
  write(source, 2);
  make_snapshot(source + "@2");
  const StreamFile full(stream_of(source + "@1"));
  const StreamFile change(stream_of(source + "@2", from(source + "@1")));
  oracle("zfs receive -u " + child("b") + " < " + full.path());
  oracle("zfs receive -u " + child("b") + " < " + change.path());
  EXPECT_EQ(guid_of(child("b@1")), guid_of(source + "@1"));
  EXPECT_EQ(guid_of(child("b@2")), guid_of(source + "@2"));
  if (GetParam() == Kind::volume) EXPECT_EQ(content_of(child("b")), content_of(source));
}

TEST_P(StreamsOf, WhatTheStockToolsSend) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string source = make_source("a", GetParam());
  make_snapshot(source + "@1");
  write(source, 2);
  make_snapshot(source + "@2");
  const StreamFile full;
  const StreamFile change;
  oracle("zfs send " + source + "@1 > " + full.path());
  oracle("zfs send -i @1 " + source + "@2 > " + change.path());
  EXPECT_TRUE(full.bytes() == stream_of(source + "@1"));
  EXPECT_TRUE(change.bytes() == stream_of(source + "@2", from(source + "@1")));
  receive_well(child("b@1"), full.bytes());
  receive_well(child("b@2"), change.bytes());
  EXPECT_EQ(guid_of(child("b@2")), guid_of(source + "@2"));
  EXPECT_EQ(content_of(child("b")), content_of(source));
}

TEST_P(StreamsOf, SeveralSnapshotsInTheirOrder) {
  const std::string source = make_source("a", GetParam());
  std::string before;
  for (const std::string name : {"1", "2", "3"}) {
    write(source, std::stoi(name));
    make_snapshot(source + "@" + name);
    receive_well(child("b@" + name),
                 stream_of(source + "@" + name, before.empty() ? "" : from(before)));
    before = source + "@" + name;
  }
  EXPECT_EQ(names_in("/v1/snapshots?under=" + encode(child("b"))),
            (std::vector{child("b@1"), child("b@2"), child("b@3")}));
  EXPECT_EQ(content_of(child("b")), content_of(source));
}

TEST_F(Streams, WhatIsReceivedAgainIsAnotherSnapshot) {
  const std::string source = make_source("source");
  make_snapshot(source + "@s");
  const std::string stream = stream_of(source + "@s");
  const std::string path = snapshot_path(child("copy@s"));
  receive_well(child("copy@s"), stream);
  const std::string tag = get(path).header("etag");
  EXPECT_EQ(del_and_wait(dataset_path(child("copy")) + "?recursive=true").status, 204);
  receive_well(child("copy@s"), stream);
  const Response refused =
      send({.method = "DELETE", .target = path, .headers = {"If-Match: " + tag}});
  EXPECT_TRUE(is_refused(refused, 412, "precondition_failed"));
  EXPECT_TRUE(has_snapshot(child("copy@s")));
}

TEST_F(Streams, KeepSizesOfVolumes) {
  const std::string source = make_source("a");
  make_snapshot(source + "@1");
  receive_well(child("b@1"), stream_of(source + "@1"));
  for (const char* property : {"volsize", "volblocksize"})
    EXPECT_EQ(value_of(child("b"), property), value_of(source, property));
  const Response grown = patch(dataset_path(source), {{"properties", {{"volsize", 8 * mebibyte}}}});
  ASSERT_EQ(grown.status, 200) << grown;
  make_snapshot(source + "@2");
  receive_well(child("b@2"), stream_of(source + "@2", from(source + "@1")));
  EXPECT_EQ(value_of(child("b"), "volsize"), std::to_string(8 * mebibyte));
}

TEST_F(Streams, OfEncryptedDatasetsAreRawWithoutTheirKey) {
  const std::string source = make_encrypted("a");
  const std::string content = content_of(source);
  make_snapshot(source + "@1");
  unload_key(source);
  const std::string stream = stream_of(source + "@1", "?raw=true");
  const Response received = receive_well(child("b@1"), stream);
  EXPECT_TRUE(received.at("/stream/raw").as_bool());
  EXPECT_EQ(value_of(child("b"), "keystatus"), "unavailable");
  EXPECT_EQ(value_of(child("b"), "encryptionroot"), child("b"));
  const Response loaded = post(dataset_path(child("b")) + "/load-key", {{"key", passphrase_key()}});
  EXPECT_EQ(loaded.status, 200) << loaded;
  EXPECT_EQ(content_of(child("b")), content);

  make_snapshot(source + "@2");
  receive_well(child("b@2"), stream_of(source + "@2", "?raw=true&from=" + encode(source + "@1")));
  EXPECT_EQ(content_of(child("b")), content);
}

TEST_F(Streams, OfEncryptedDatasetsAreOpenIfTheyAreNotRaw) {
  const std::string source = make_encrypted("a");
  make_snapshot(source + "@1");
  const Response received = receive_well(child("b@1"), stream_of(source + "@1"));
  EXPECT_FALSE(received.at("/stream/raw").as_bool());
  EXPECT_EQ(value_of(child("b"), "encryption"), "off");
  EXPECT_EQ(content_of(child("b")), content_of(source));
}

TEST_F(Streams, AreSmallerCompressed) {
  std::string beginning;
  for (int i = 0; i < 64; ++i) beginning += unique_name("x");
  const std::string source = make_compressible("a", beginning);
  make_snapshot(source + "@1");
  const std::string compressed = stream_of(source + "@1", "?compressed=true");
  const Response received = receive_well(child("b@1"), compressed);
  EXPECT_EQ(content_of(child("b")), content_of(source));
  if (!has_volume_data()) return;
  EXPECT_TRUE(received.at("/stream/compressed").as_bool());
  EXPECT_LT(compressed.size(), stream_of(source + "@1").size());
}

TEST_F(Streams, HoldSmallBlocksInTheirPointers) {
  const std::string source = make_compressible("a", "");
  make_snapshot(source + "@1");
  const std::string embedded = stream_of(source + "@1", "?embedded=true&compressed=true");
  const Response received = receive_well(child("b@1"), embedded);
  EXPECT_EQ(content_of(child("b")), content_of(source));
  if (!has_volume_data()) return;
  EXPECT_TRUE(received.at("/stream/embedded").as_bool());
  EXPECT_LT(embedded.size(), stream_of(source + "@1").size() / 8);
}

TEST_F(Streams, HoldLargeBlocks) {
  make_filesystem(child("a"), {{"recordsize", mebibyte}});
  write(child("a"), 1, 3 * mebibyte);
  make_snapshot(child("a@1"));
  const std::string large = stream_of(child("a@1"), "?large_blocks=true");
  const Response received = receive_well(child("b@1"), large);
  EXPECT_EQ(content_of(child("b")), content_of(child("a")));
  if (content_of(child("a")).empty()) return;
  EXPECT_TRUE(received.at("/stream/large_blocks").as_bool());
  EXPECT_LT(large.size(), stream_of(child("a@1")).size());
}

TEST_F(Streams, LeaveOutWhatABookmarkRedacts) {
  const std::string source = make_source("a");
  make_snapshot(source + "@1");
  const std::string stream = stream_of(source + "@1", redact(source));
  const Response received = receive_well(child("b@1"), stream);
  EXPECT_TRUE(received.at("/stream/redacted").as_bool());
  const std::string whole = stream_of(source + "@1");
  if (has_volume_data()) EXPECT_LT(stream.size(), whole.size());
  // The clone's own content goes over what was redacted.
  receive_well(child("c@edited"), stream_of(child("clone@edited"), from(source + "@1")),
               "?origin=" + encode(child("b@1")));
  EXPECT_EQ(content_of(child("c")), content_of(child("clone")));
}

TEST_F(Streams, AreReceivedOnce) {
  const std::string source = make_source("a");
  make_snapshot(source + "@1");
  const std::string stream = stream_of(source + "@1");
  const std::string target = child("b") + "@1";
  receive_well(target, stream);
  const Response again = receive(target, stream);
  EXPECT_EQ(again.status, 200) << again;
  EXPECT_TRUE(again.at("/already_received").as_bool());
  EXPECT_EQ(again.number("/bytes"), 0U);

  make_snapshot(source + "@other");
  const Response another = receive(target, stream_of(source + "@other"));
  EXPECT_TRUE(is_refused(another, 409, "exists"));
  EXPECT_EQ(guid_of(target), guid_of(source + "@1"));
}

TEST_F(Streams, AreAboutAsLargeAsTheyAreEstimated) {
  const std::string source = make_source("a");
  make_snapshot(source + "@1");
  make_bookmark(source + "#1", source + "@1");
  write(source, 2, 2 * mebibyte);
  make_snapshot(source + "@2");
  for (const std::string& query :
       {std::string(), from(source + "@1"), from(source + "#1"), std::string("?compressed=true")}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, query);
    const Response stream = get(stream_path(source + "@2", query));
    const auto real = static_cast<double>(stream.body.size());
    const Response size = get(snapshot_path(source + "@2") + "/stream-size" + query);
    EXPECT_EQ(size.status, 200) << size;
    if (has_volume_data())
      EXPECT_NEAR(static_cast<double>(size.number("/estimated_bytes")), real, real / 10);
    const Response head = send({.method = "HEAD", .target = stream_path(source + "@2", query)});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    // Where it is known without reading all of it.
    if (query.find('#') != std::string::npos || query.find("%23") != std::string::npos) continue;
    EXPECT_EQ(head.header("zfsrest-estimated-bytes"),
              std::to_string(size.number("/estimated_bytes")));
    EXPECT_EQ(stream.header("zfsrest-estimated-bytes"), head.header("zfsrest-estimated-bytes"));
  }
  EXPECT_EQ(send({.method = "HEAD", .target = stream_path(source + "@nosuch")}).status, 404);
}

TEST_F(Streams, ComeInChunks) {
  const std::string source = make_source("a");
  make_snapshot(source + "@1");
  Request request = upload(stream_path(child("b@1")), stream_of(source + "@1"));
  request.headers.emplace_back("Transfer-Encoding: chunked");
  const Response received = send(request);
  EXPECT_EQ(received.status, 200) << received;
  EXPECT_EQ(guid_of(child("b@1")), guid_of(source + "@1"));
  EXPECT_EQ(content_of(child("b")), content_of(source));
}

TEST_F(Streams, GoOverTcp) {
  const std::string source = make_source("a");
  make_snapshot(source + "@1");
  const Response sent = send({.target = stream_path(source + "@1"), .via = Via::tcp});
  EXPECT_TRUE(sent.body == stream_of(source + "@1"));
  Request request = upload(stream_path(child("b@1")), sent.body);
  request.via = Via::tcp;
  EXPECT_EQ(send(request).status, 200);
  EXPECT_EQ(content_of(child("b")), content_of(source));
}

TEST_F(Streams, AreSentWhenTheyAreAskedFor) {
  const std::string source = make_source("a");
  make_snapshot(source + "@1");
  Request request = upload(stream_path(child("b@1")), stream_of(source + "@1"));
  request.headers.emplace_back("Expect: 100-continue");
  const Response received = send(request);
  EXPECT_EQ(received.status, 200) << received;
  EXPECT_EQ(received.sent_bytes, request.raw_body->size());
  EXPECT_EQ(content_of(child("b")), content_of(source));
}

TEST_F(Streams, ThatAreRefusedByTheirHeadsAreNotAskedFor) {
  for (const std::string& target :
       {stream_path(child("b@1"), "?bytes_per_second=1"),
        std::string("/v1/receives/" + pool() + ":00000000000000000000000000000000/stream")}) {
    Request request = upload(target, std::string(mebibyte, 'x'));
    request.headers.emplace_back("Expect: 100-continue");
    const Response refused = send(request);
    EXPECT_GE(refused.status, 400) << refused;
    EXPECT_EQ(refused.sent_bytes, 0U) << target;
  }
}

}  // namespace
}  // namespace zfsrest::test
