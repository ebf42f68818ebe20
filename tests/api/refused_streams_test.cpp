// Streams that are refused, before their first byte or on the way: nothing of them is left.
#include <array>
#include <cstring>

#include "api/streams.hpp"
#include "base/code.hpp"

namespace zfsrest::test {
namespace {

class RefusedStreams : public OnStreams {
 protected:
  void SetUp() override {
    OnStreams::SetUp();
    source_ = make_source("a");
    make_snapshot(source() + "@1");
    stream_ = stream_of(source() + "@1");
  }
  const std::string& source() const { return source_; }
  const std::string& stream() const { return stream_; }

  // What changed since the first snapshot.
  std::string change() const {
    write(source(), 2);
    make_snapshot(source() + "@2");
    return stream_of(source() + "@2", from(source() + "@1"));
  }
  Response expect_bad(const std::string& bytes) const {
    return expect_refused(child("b@1"), bytes, 400, "bad_stream");
  }
  // A pool of its own that the stock tools have made so.
  struct OwnPool {
    explicit OwnPool(const std::string& options) {
      oracle("zpool create " + options + " " + name.text() + " " + disk.path());
    }
    const Disk disk;
    const PoolName name;
  };

 private:
  std::string source_, stream_;
};

TEST_F(RefusedStreams, AreEmpty) {
  expect_bad("");
}

TEST_F(RefusedStreams, AreNone) {
  expect_bad("no stream");
  expect_bad(std::string(312, '\0'));
  expect_bad(std::string(mebibyte, 'x'));
  std::string other = stream();
  other[8] = static_cast<char>(other[8] ^ 1);
  expect_bad(other);
}

TEST_F(RefusedStreams, ArePackages) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_snapshot(source() + "@2");
  make_snapshot(source() + "@3");
  for (const std::string& options : {"-R " + source() + "@2", "-p " + source() + "@1",
                                     "-I " + source() + "@1 " + source() + "@3"}) {
    const StreamFile package;
    oracle("zfs send " + options + " > " + package.path());
    expect_bad(package.bytes());
  }
}

TEST_F(RefusedStreams, EndTooEarly) {
  const std::size_t size = stream().size();
  for (const std::size_t bytes :
       {std::size_t{1}, std::size_t{311}, std::size_t{312}, std::size_t{313}, std::size_t{1000},
        size / 2, size - 312, size - 1}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, std::to_string(bytes));
    expect_bad(stream().substr(0, bytes));
  }
  receive_well(child("b@1"), stream());
}

TEST_F(RefusedStreams, EndTooEarlyAfterWhatIsThere) {
  const std::string later = change();
  receive_well(child("b@1"), stream());
  const std::string content = content_of(child("b"));
  for (const std::size_t bytes : {std::size_t{312}, later.size() / 2, later.size() - 1}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, std::to_string(bytes));
    expect_refused(child("b@2"), later.substr(0, bytes), 400, "bad_stream");
    EXPECT_EQ(content_of(child("b")), content);
  }
  receive_well(child("b@2"), later);
}

TEST_F(RefusedStreams, BreakOffWithTheirClients) {
  const auto before = everything();
  for (const std::size_t bytes : {std::size_t{100}, stream().size() / 2, stream().size() - 1}) {
    Request request = upload(stream_path(child("b@1")), stream());
    // So that there is a job before it breaks off.
    request.headers.emplace_back("Expect: 100-continue");
    request.breaks = Break{.after_sent_bytes = bytes};
    EXPECT_FALSE(send(request).is_whole);
    Response job;
    EXPECT_TRUE(eventually([&] {
      job = newest_job("snapshot.receive", pool());
      return !job.at("/ended").is_null();
    }));
    EXPECT_NE(job.text("/state"), "succeeded") << job;
    EXPECT_EQ(everything(), before);
  }
}

TEST_F(RefusedStreams, AreDamaged) {
  for (const std::size_t at : {std::size_t{400}, stream().size() / 2, stream().size() - 10}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, std::to_string(at));
    std::string damaged = stream();
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    expect_bad(damaged);
  }
}

TEST_F(RefusedStreams, AreFollowedByOtherBytes) {
  for (const std::string& rest : {std::string("x"), std::string(3 * mebibyte, 'x'), stream()}) {
    const std::string snapshot = child("b" + std::to_string(rest.size())) + "@1";
    const Response refused = receive(snapshot, stream() + rest);
    EXPECT_TRUE(is_refused(refused, 400, "bad_stream"));
    EXPECT_EQ(refused.texts("/applied"), std::vector{snapshot});
    EXPECT_EQ(guid_of(snapshot), guid_of(source() + "@1"));
  }
}

TEST_F(RefusedStreams, HaveAnotherBase) {
  const std::string later = change();
  make_volume(child("b"), 4 * mebibyte);
  const Response empty = expect_refused(child("b@2"), later, 409, "wrong_state");
  EXPECT_EQ(empty.text("/errno"), "ENODEV");
  make_snapshot(child("b@1"));
  EXPECT_EQ(expect_refused(child("b@2"), later, 409, "wrong_state").text("/errno"), "ENODEV");
  expect_refused(child("b@2"), later, 409, "wrong_state", {{"force", true}});
  expect_refused(child("c@2"), later, 404, "not_found");
}

TEST_F(RefusedStreams, HaveABaseThatIsNotTheNewest) {
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  const std::string later = change();
  receive_well(child("b@1"), stream());
  write(child("b"), 3);
  make_snapshot(child("b@newer"));
  expect_refused(child("b@2"), later, 409, "wrong_state");
}

TEST_F(RefusedStreams, HaveNoParent) {
  expect_refused(child("no/b@1"), stream(), 404, "not_found");
  expect_refused(child("no/no/b@1"), stream(), 404, "not_found");
}

TEST_F(RefusedStreams, HaveParentsThatStayIfTheyAreCreated) {
  const Response refused =
      receive(child("p/q/b@1"), stream().substr(0, stream().size() / 2), "?create_parents=true");
  EXPECT_TRUE(is_refused(refused, 400, "bad_stream"));
  EXPECT_EQ(refused.texts("/applied"), (std::vector{child("p"), child("p/q")}));
  EXPECT_TRUE(has_dataset(child("p/q")));
  EXPECT_FALSE(has_dataset(child("p/q/b")));
}

TEST_F(RefusedStreams, HaveAVolumeForAParent) {
  make_volume(child("v"), 4 * mebibyte);
  const Response refused = expect_refused(child("v/b@1"), stream(), 409, "wrong_state");
  EXPECT_EQ(refused.text("/errno"), "ZFS_ERR_WRONG_PARENT");
  expect_refused(child("v/w/b@1"), stream(), 409, "wrong_state", {{"create_parents", true}});
}

TEST_F(RefusedStreams, FindSomethingElseThere) {
  make_volume(child("b"), 4 * mebibyte);
  expect_refused(child("b@1"), stream(), 409, "exists");
  make_filesystem(child("f"));
  expect_refused(child("f@1"), stream(), 409, "exists");
  make_snapshot(child("b@1"));
  const Response other = expect_refused(child("b@1"), stream(), 409, "exists");
  EXPECT_NE(other.text("/detail").find(guid_of(child("b@1"))), std::string::npos);
  expect_refused(child("b@1"), stream(), 409, "exists", {{"force", true}});
}

TEST_F(RefusedStreams, OfClonesNeedTheirOrigin) {
  make_clone(source() + "@1", child("clone"));
  make_snapshot(child("clone@2"));
  const std::string clone = stream_of(child("clone@2"), from(source() + "@1"));
  receive_well(child("b@1"), stream());
  make_volume(child("other"), 4 * mebibyte);
  make_snapshot(child("other@1"));
  expect_refused(child("c@2"), clone, 404, "not_found", {{"origin", child("b@nosuch")}});
  const auto before = everything();
  const Response wrong = receive(child("c@2"), clone, "?origin=" + encode(child("other@1")));
  EXPECT_GE(wrong.status, 400) << wrong;
  EXPECT_EQ(everything(), before);
  const Response made = make_receive(child("c@2"), {{"origin", child("other@1")}});
  EXPECT_TRUE(is_refused(upload_to(made, clone), wrong.status, wrong.code()));
  EXPECT_EQ(everything(), before);
  const Response foreign = receive(child("c@2"), clone, "?origin=elsewhere%2fb@1");
  EXPECT_TRUE(is_refused(foreign, 400, "bad_request"));
  EXPECT_TRUE(blames(foreign, "query", "/origin"));
  EXPECT_EQ(everything(), before);
}

TEST_F(RefusedStreams, AreTooLargeForAQuota) {
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  make_filesystem(child("small"), {{"quota", mebibyte}});
  expect_refused(child("small/b@1"), stream(), 507, "no_space");
}

TEST_F(RefusedStreams, AreOfMoreFileSystemsThanALimitAllows) {
  make_filesystem(child("full"), {{"filesystem_limit", 1}});
  make_filesystem(child("full/one"));
  const auto before = everything();
  const Response received = receive(child("full/b@1"), stream());
  // Root may do so on some systems.
  if (received.status == 200) {
    EXPECT_EQ(guid_of(child("full/b@1")), guid_of(source() + "@1"));
    return;
  }
  EXPECT_TRUE(is_refused(received, 507, "no_space"));
  EXPECT_EQ(everything(), before);
}

TEST_F(RefusedStreams, NeedAFeatureThatThePoolHasNot) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  const std::string raw = stream_of(secret + "@1", "?raw=true");
  const OwnPool old("-d");
  const std::string target = old.name.text() + "/b";
  const Response made = make_receive(target);
  for (const Response& refused : {receive(target + "@1", raw), upload_to(made, raw)}) {
    EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
    EXPECT_EQ(refused.text("/errno"), "EOPNOTSUPP") << refused;
    EXPECT_FALSE(has_dataset(target));
  }
  EXPECT_EQ(del(receive_path(made)).status, 204);
}

TEST_F(RefusedStreams, OfEncryptedDatasetsNeedTheirKey) {
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  make_snapshot(secret + "@2");
  unload_key(secret);
  for (const std::string& query : {std::string(), from(secret + "@1")}) {
    const Response refused = get(stream_path(secret + "@2", query));
    EXPECT_EQ(refused.code(), "key_not_loaded") << refused;
    EXPECT_EQ(refused.text("/errno"), "EACCES") << refused;
  }
}

TEST_F(RefusedStreams, BelowAnEncryptedDatasetNeedItsKey) {
  mount_nothing_below();
  const Response made = post("/v1/datasets", {{"name", child("secret")},
                                              {"properties", {{"encryption", "on"}}},
                                              {"key", passphrase_key()}});
  ASSERT_EQ(made.status, 201) << made;
  unload_key(child("secret"));
  const int status = row_of(Code::key_not_loaded).status;
  expect_refused(child("secret/b@1"), stream(), status, "key_not_loaded");
}

TEST_F(RefusedStreams, ThatAreRawDoNotFollowOpenOnes) {
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  receive_well(child("b@1"), stream_of(secret + "@1"));
  make_snapshot(secret + "@2");
  const std::string raw = stream_of(secret + "@2", "?raw=true&from=" + encode(secret + "@1"));
  const auto before = everything();
  const Response made = make_receive(child("b@2"));
  for (const Response& refused : {receive(child("b@2"), raw), upload_to(made, raw)}) {
    EXPECT_GE(refused.status, 400) << refused;
    EXPECT_LT(refused.status, 500) << refused;
    EXPECT_EQ(everything(), before);
  }
}

TEST_F(RefusedStreams, ThatAreRawDoNotFollowThoseOfAnotherKey) {
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  const Response made =
      make_receive(child("b"), {{"properties", {{"encryption", "on"}}}, {"key", passphrase_key()}});
  ASSERT_EQ(upload_to(made, stream_of(secret + "@1")).status, 200);
  make_snapshot(secret + "@2");
  const std::string raw = stream_of(secret + "@2", "?raw=true&from=" + encode(secret + "@1"));
  const Response refused = expect_refused(child("b@2"), raw, 409, "wrong_state");
  EXPECT_EQ(refused.text("/errno"), "ZFS_ERR_FROM_IVSET_GUID_MISMATCH");
}

// The second record has the checksum of all that comes before it there, which is looked at first.
std::string with_checksum(std::string stream) {
  constexpr std::size_t record_bytes = 312;
  constexpr std::size_t checksum_at = 2 * record_bytes - 32;
  std::array<std::uint64_t, 4> sums{};
  for (std::size_t at = 0; at < checksum_at; at += sizeof(std::uint32_t)) {
    std::uint32_t word = 0;
    std::memcpy(&word, &stream[at], sizeof(word));
    sums[0] += word;
    for (std::size_t i = 1; i < sums.size(); ++i) sums[i] += sums[i - 1];
  }
  std::memcpy(&stream[checksum_at], sums.data(), sizeof(sums));
  return stream;
}

TEST_F(RefusedStreams, HaveAFeatureThatNobodyKnows) {
  ASSERT_TRUE(with_checksum(stream()) == stream());
  // Flags begin with the third bit of the record's third word; this one stands for nothing.
  constexpr std::size_t flag_at = 17;
  std::string strange = stream();
  strange[flag_at] = static_cast<char>(strange[flag_at] | 1);
  const Response refused = expect_refused(child("b@1"), with_checksum(strange), 409, "wrong_state");
  EXPECT_EQ(refused.text("/errno"), "ZFS_ERR_UNKNOWN_SEND_STREAM_FEATURE");
}

TEST_F(RefusedStreams, ThatAreOpenDoNotFollowRawOnes) {
  const std::string secret = make_encrypted("secret");
  make_snapshot(secret + "@1");
  receive_well(child("b@1"), stream_of(secret + "@1", "?raw=true"));
  make_snapshot(secret + "@2");
  const std::string open = stream_of(secret + "@2", from(secret + "@1"));
  // The key came with the stream, and is not loaded.
  const int status = row_of(Code::key_not_loaded).status;
  expect_refused(child("b@2"), open, status, "key_not_loaded");
}

TEST_F(RefusedStreams, WithLargeBlocksAreNotFollowedByOthers) {
  if (engine() != Engine::kernel) GTEST_SKIP() << "needs files, and so the kernel's module";
  make_filesystem(child("large"), {{"recordsize", mebibyte}});
  write(child("large"), 1, 3 * mebibyte);
  make_snapshot(child("large@1"));
  receive_well(child("b@1"), stream_of(child("large@1"), "?large_blocks=true"));
  write(child("large"), 2, mebibyte);
  make_snapshot(child("large@2"));
  const Response refused = expect_refused(
      child("b@2"), stream_of(child("large@2"), from(child("large@1"))), 409, "wrong_state");
  EXPECT_EQ(refused.text("/errno"), "ZFS_ERR_STREAM_LARGE_BLOCK_MISMATCH");
}

// --- what is not sent ---

TEST_F(RefusedStreams, AreNotMadeOfWhatIsNotThere) {
  EXPECT_TRUE(is_refused(get(stream_path(source() + "@nosuch")), 404, "not_found"));
  EXPECT_TRUE(is_refused(get(stream_path(child("no@1"))), 404, "not_found"));
  for (const char* missing : {"@nosuch", "#nosuch"})
    EXPECT_TRUE(
        is_refused(get(stream_path(source() + "@1", from(source() + missing))), 404, "not_found"));
}

TEST_F(RefusedStreams, AreNotMadeFromWhatIsNoAncestor) {
  make_snapshot(source() + "@2");
  make_volume(child("other"), 4 * mebibyte);
  make_snapshot(child("other@1"));
  for (const std::string& verb : {std::string("/stream"), std::string("/stream-size")}) {
    const auto asked = [&](const std::string& snapshot, const std::string& base) {
      return get(snapshot_path(snapshot) + verb + from(base));
    };
    EXPECT_TRUE(is_refused(asked(source() + "@1", source() + "@2"), 400, "bad_request"));
    const Response stranger = asked(source() + "@2", child("other@1"));
    EXPECT_TRUE(is_refused(stranger, 400, "bad_request"));
    const Response itself = asked(source() + "@1", source() + "@1");
    EXPECT_TRUE(is_refused(itself, 400, "bad_request"));
    EXPECT_TRUE(blames(itself, "query", "/from"));
    EXPECT_TRUE(is_refused(asked(source() + "@1", "elsewhere/a@1"), 400, "bad_request"));
  }
}

TEST_F(RefusedStreams, AreNotMadeWithWhatDoesNotRedact) {
  make_bookmark(source() + "#plain", source() + "@1");
  for (const char* name : {"#plain", "#nosuch"})
    for (const char* verb : {"/stream", "/stream-size"}) {
      const Response refused = get(snapshot_path(source() + "@1") + verb +
                                   "?redaction_bookmark=" + encode(source() + name));
      EXPECT_GE(refused.status, 400) << refused;
      EXPECT_LT(refused.status, 500) << refused;
    }
  const Response foreign =
      get(stream_path(source() + "@1", "?redaction_bookmark=" + encode(child("other#b"))));
  EXPECT_TRUE(is_refused(foreign, 400, "bad_request"));
  EXPECT_TRUE(blames(foreign, "query", "/redaction_bookmark"));
}

}  // namespace
}  // namespace zfsrest::test
