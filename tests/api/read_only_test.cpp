// A pool that is imported read-only: every operation that would write says so, and nothing changes.
#include <algorithm>
#include <map>

#include "api/catalogue.hpp"
#include "api/streams.hpp"

namespace zfsrest::test {
namespace {

bool declares_read_only(const api::Operation& operation) {
  return std::ranges::any_of(operation.errors,
                             [](const api::ErrnoRule& rule) { return rule.os_errno == EROFS; });
}

class ReadOnly : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_oracle()) GTEST_SKIP() << no_oracle;
    const json::Object layout{{"data", json::Array{disk_.vdev()}}};
    ASSERT_EQ(post("/v1/pools", {{"name", pool()}, {"vdevs", layout}}).status, 201);
    make_filesystem(in("fs"));
    make_snapshot(in("fs@s"));
    make_snapshot(in("fs@t"));
    make_bookmark(in("fs#mark"), in("fs@s"));
    make_clone(in("fs@s"), in("clone"));
    make_snapshot(in("clone@edited"));
    const json::Object held{{"snapshot", in("fs@s")}, {"tag", "kept"}};
    ASSERT_EQ(post("/v1/snapshots/hold", {{"holds", json::Array{held}}}).status, 200);
    ASSERT_EQ(
        post("/v1/datasets", {{"name", in("secret")},
                              {"properties", {{"encryption", "on"}}},
                              {"key", {{"type", "passphrase"}, {"passphrase", "of the test"}}}})
            .status,
        201);
    stream_ = stream_of(in("fs@s"));
    partial_ = receive_path(make_receive(in("partial"), {{"resumable", true}}));
    const std::string part = stream_.substr(0, stream_.size() - 1);
    ASSERT_EQ(put_stream(partial_ + "/stream", part).status, 400);
    ASSERT_TRUE(has_partial(in("partial")));
    receive_ = receive_path(make_receive(in("new")));
    leaf_ = get(pool_path(pool()) + "/status").text("/vdevs/data/0/guid");
    oracle("zpool export " + pool() + " && zpool import -N -o readonly=on -d " + disk_.path() +
           " " + pool());
  }

  const std::string& pool() const { return pool_.text(); }
  std::string in(const std::string& name) const { return pool() + "/" + name; }

  // What an operation that writes is asked for here, by its id.
  std::map<std::string_view, Request> requests() const {
    const std::string of_pool = pool_path(pool());
    const json::Array leaves{json::Value(leaf_)};
    const auto names = [](const char* list, const std::string& name) {
      return json::Object{{list, json::Array{json::Value(name)}}};
    };
    const auto posted = [](std::string target, json::Object body = {}) {
      return Request{.method = "POST", .target = std::move(target), .body = std::move(body)};
    };
    const auto deleted = [](std::string target) {
      return Request{.method = "DELETE", .target = std::move(target)};
    };
    const json::Array holds{json::Object{{"snapshot", in("fs@s")}, {"tag", "kept"}}};
    const json::Array more{json::Object{{"snapshot", in("fs@s")}, {"tag", "other"}}};
    return {
        {"pool.sync", posted(of_pool + "/sync")},
        {"pool.checkpoint", posted(of_pool + "/checkpoint")},
        {"pool.discard_checkpoint", deleted(of_pool + "/checkpoint")},
        {"pool.set_bootenv",
         {.method = "PUT",
          .target = of_pool + "/bootenv",
          .body = json::Object{{"environment", {{"type", "raw"}, {"text", "new"}}}}}},
        {"pool.run_program", posted(of_pool + "/program", {{"program", "return 1"}})},
        {"vdev.set",
         {.method = "PATCH",
          .target = of_pool + "/vdevs/" + leaf_,
          .body = json::Object{{"properties", {{"comment", "new"}}}}}},
        {"pool.clear", posted(of_pool + "/clear")},
        {"pool.scrub", posted(of_pool + "/scrub")},
        {"pool.scrub_pause", posted(of_pool + "/scrub/pause")},
        {"pool.scrub_stop", posted(of_pool + "/scrub/stop")},
        {"pool.trim", posted(of_pool + "/trim", {{"vdevs", leaves}})},
        {"pool.trim_suspend", posted(of_pool + "/trim/suspend", {{"vdevs", leaves}})},
        {"pool.trim_cancel", posted(of_pool + "/trim/cancel", {{"vdevs", leaves}})},
        {"pool.initialize", posted(of_pool + "/initialize", {{"vdevs", leaves}})},
        {"pool.initialize_suspend", posted(of_pool + "/initialize/suspend", {{"vdevs", leaves}})},
        {"pool.initialize_cancel", posted(of_pool + "/initialize/cancel", {{"vdevs", leaves}})},
        {"pool.uninitialize", posted(of_pool + "/uninitialize", {{"vdevs", leaves}})},
        {"pool.ddt_prune", posted(of_pool + "/ddt-prune", {{"percentage", 1}})},
        {"pool.wait", posted(of_pool + "/wait", {{"activity", "scrub"}})},
        {"dataset.create", posted("/v1/datasets", {{"name", in("new")}})},
        {"dataset.set",
         {.method = "PATCH",
          .target = dataset_path(in("fs")),
          .body = json::Object{{"properties", {{"atime", "off"}}}}}},
        {"dataset.inherit", deleted(dataset_path(in("fs")) + "/properties/atime")},
        {"dataset.rename", posted(dataset_path(in("fs")) + "/rename", {{"to", in("new")}})},
        {"dataset.promote", posted(dataset_path(in("clone")) + "/promote")},
        {"dataset.destroy", deleted(dataset_path(in("secret")))},
        {"dataset.rollback", posted(dataset_path(in("fs")) + "/rollback", {{"to", in("fs@t")}})},
        {"dataset.change_key",
         posted(dataset_path(in("secret")) + "/change-key",
                {{"key", {{"type", "passphrase"}, {"passphrase", "another one"}}}})},
        {"dataset.change_keys",
         posted(of_pool + "/change-keys",
                {{"changes",
                  json::Array{json::Object{
                      {"dataset", in("secret")},
                      {"key", {{"type", "passphrase"}, {"passphrase", "another one"}}}}}}})},
        {"dataset.wait", posted(dataset_path(in("fs")) + "/wait")},
        {"snapshot.create", posted("/v1/snapshots", names("snapshots", in("fs@new")))},
        {"snapshot.destroy", deleted(snapshot_path(in("fs@t")))},
        {"snapshot.destroy_many", posted("/v1/snapshots/destroy", names("snapshots", in("fs@t")))},
        {"snapshot.rename", posted(snapshot_path(in("fs@t")) + "/rename", {{"to", in("fs@new")}})},
        {"snapshot.clone", posted(snapshot_path(in("fs@s")) + "/clone", {{"to", in("new")}})},
        {"snapshot.redact",
         posted(snapshot_path(in("fs@s")) + "/redact",
                {{"bookmark", in("fs#new")},
                 {"redaction_snapshots", json::Array{json::Value(in("clone@edited"))}}})},
        {"hold.create", posted("/v1/snapshots/hold", {{"holds", more}})},
        {"hold.release", posted("/v1/snapshots/release", {{"holds", holds}})},
        {"bookmark.create",
         posted("/v1/bookmarks",
                {{"bookmarks",
                  json::Array{json::Object{{"name", in("fs#new")}, {"source", in("fs@s")}}}}})},
        {"bookmark.destroy", deleted(bookmark_path(in("fs#mark")))},
        {"bookmark.destroy_many",
         posted("/v1/bookmarks/destroy", names("bookmarks", in("fs#mark")))},
        {"snapshot.receive", upload(stream_path(in("new@s")), stream_)},
        {"receive.upload", upload(receive_ + "/stream", stream_)},
        {"receive.abort", deleted(partial_)},
        {"dataset.abort_receive", deleted(partial_path(in("partial")))},
        {"pool.destroy", deleted(of_pool)},
    };
  }

  std::string state() const {
    return get("/v1/datasets?under=" + encode(pool())).body +
           get("/v1/snapshots?under=" + encode(pool())).body +
           get("/v1/bookmarks?under=" + encode(pool())).body +
           get(snapshot_path(in("fs@s")) + "/holds").body;
  }

 private:
  const Disk disk_;
  const PoolName pool_;
  std::string leaf_;
  // A stream, a receive that something is left of, and one that waits.
  std::string stream_, partial_, receive_;
};

TEST_F(ReadOnly, IsWhatEveryOperationThatWritesSays) {
  const auto all = requests();
  const std::string before = state();
  for (const api::Operation* operation : api::operations()) {
    if (!declares_read_only(*operation) || !code_of_lack(*operation).empty()) continue;
    const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(operation->id));
    const auto found = all.find(operation->id);
    ASSERT_NE(found, all.end()) << "it is not asked for here";
    Request request = found->second;
    request.headers.emplace_back("Prefer: wait=60");
    const Response refused = send(request);
    EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
    EXPECT_EQ(refused.text("/errno"), "EROFS") << refused;
  }
  EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace zfsrest::test
