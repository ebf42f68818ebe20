// Conditions in the header: ETag and If-Match, and the Idempotency-Key of what may be sent twice.
#include <algorithm>
#include <atomic>
#include <thread>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Conditions : public OnPool {
 protected:
  static Response with(const std::string& field, const std::string& method,
                       const std::string& target, std::optional<json::Object> body = {}) {
    Request request{.method = method, .target = target, .headers = {field}};
    if (body) request.body = std::move(*body);
    return send(request);
  }
  static Response if_match(const std::string& tag, const std::string& method,
                           const std::string& target, std::optional<json::Object> body = {}) {
    return with("If-Match: " + tag, method, target, std::move(body));
  }
  static Response keyed(const std::string& key, const std::string& method,
                        const std::string& target, std::optional<json::Object> body = {}) {
    return with("Idempotency-Key: " + key, method, target, std::move(body));
  }
  static std::string etag_of(const std::string& target) {
    const Response answer = get(target);
    EXPECT_EQ(answer.status, 200) << answer;
    const std::string tag = answer.header("etag");
    EXPECT_TRUE(tag.size() > 2 && tag.starts_with('"') && tag.ends_with('"')) << tag;
    return tag;
  }
  static json::Object settings(const std::string& name, const json::Value& value) {
    return {{"properties", {{name, value}}}};
  }
  // Takes the next of the snapshots @n1, @n2 … of a dataset: done twice, it makes two.
  static json::Object next_snapshot(const std::string& dataset) {
    return {{"program",
             "local name = (...).dataset local n = 1 "
             "for s in zfs.list.snapshots(name) do n = n + 1 end "
             "zfs.sync.snapshot(name .. '@n' .. n) return n"},
            {"arguments", {{"dataset", dataset}}}};
  }
  static std::string program() { return pool_path(pool()) + "/program"; }
  std::size_t count_snapshots() const {
    return names_in("/v1/snapshots?under=" + encode(dataset())).size();
  }
};

// --- ETag ---

TEST_F(Conditions, ATagChangesWithWhatWasSetAndWithNothingElse) {
  const std::string path = dataset_path(dataset());
  const std::string before = etag_of(path);
  EXPECT_EQ(etag_of(path), before);
  make_snapshot(dataset() + "@a");
  make_filesystem(child("b"));
  EXPECT_EQ(etag_of(path), before) << "live figures are not part of it";
  EXPECT_EQ(etag_of(path), send({.target = path, .via = Via::tcp}).header("etag"));
  EXPECT_EQ(send({.method = "HEAD", .target = path}).header("etag"), before);

  const Response set = patch(path, settings("org.example:a", "1"));
  EXPECT_EQ(set.status, 200);
  const std::string after = etag_of(path);
  EXPECT_NE(after, before);
  EXPECT_EQ(set.header("etag"), after) << "what changed it tells the new one";
  EXPECT_EQ(del(path + "/properties/org.example:a").status, 204);
  EXPECT_EQ(etag_of(path), before);
}

TEST_F(Conditions, WhatIsInheritedBelongsToTheParent) {
  make_filesystem(child("a"));
  const std::string before = etag_of(dataset_path(child("a")));
  EXPECT_EQ(patch(dataset_path(dataset()), settings("org.example:a", "1")).status, 200);
  EXPECT_EQ(etag_of(dataset_path(child("a"))), before);
}

TEST_F(Conditions, EveryKindOfObjectHasOne) {
  make_snapshot(dataset() + "@a");
  make_bookmark(dataset() + "#b", dataset() + "@a");
  EXPECT_EQ(etag_of(pool_path(pool())), etag_of(pool_path(pool())));
  const std::string bookmark = etag_of(bookmark_path(dataset() + "#b"));
  const std::string snapshot = etag_of(snapshot_path(dataset() + "@a"));
  EXPECT_NE(bookmark, snapshot);
  {
    const Hold hold(dataset() + "@a");
    EXPECT_NE(etag_of(snapshot_path(dataset() + "@a")), snapshot);
  }
  EXPECT_EQ(etag_of(snapshot_path(dataset() + "@a")), snapshot);
  const Response created = post("/v1/datasets", {{"name", child("new")}});
  EXPECT_EQ(created.header("etag"), etag_of(dataset_path(child("new"))));
}

// --- If-Match ---

TEST_F(Conditions, AChangeIsMadeOnlyToWhatWasSeen) {
  const std::string path = dataset_path(dataset());
  const std::string seen = etag_of(path);
  EXPECT_EQ(if_match(seen, "PATCH", path, settings("org.example:a", "1")).status, 200);
  const Response late = if_match(seen, "PATCH", path, settings("org.example:a", "2"));
  EXPECT_TRUE(is_refused(late, 412, "precondition_failed"));
  const std::string now = etag_of(path);
  EXPECT_NE(late.text("/detail").find(now), std::string::npos) << late;
  EXPECT_EQ(get(path).text("/properties/org.example:a/value"), "1");

  EXPECT_EQ(if_match("\"x\" , W/" + now + "," + now, "PATCH", path, settings("org.example:a", "3"))
                .status,
            200)
      << "one of several is enough";
  EXPECT_EQ(if_match("*", "PATCH", path, settings("org.example:a", "4")).status, 200);
  EXPECT_TRUE(
      is_refused(if_match("W/" + etag_of(path), "PATCH", path, settings("org.example:a", "5")), 412,
                 "precondition_failed"))
      << "a weak tag never matches";
  EXPECT_EQ(get(path).text("/properties/org.example:a/value"), "4");
}

TEST_F(Conditions, ANameThatWasGivenAgainNeverMatches) {
  make_filesystem(child("a"));
  make_snapshot(child("a") + "@s");
  const std::string dataset_tag = etag_of(dataset_path(child("a")));
  const std::string snapshot_tag = etag_of(snapshot_path(child("a") + "@s"));
  EXPECT_EQ(del_and_wait(dataset_path(child("a")) + "?recursive=true").status, 204);
  EXPECT_TRUE(is_refused(if_match(dataset_tag, "DELETE", dataset_path(child("a"))), 412,
                         "precondition_failed"));
  make_filesystem(child("a"));
  make_snapshot(child("a") + "@s");
  EXPECT_TRUE(is_refused(if_match(snapshot_tag, "DELETE", snapshot_path(child("a") + "@s")), 412,
                         "precondition_failed"));
  EXPECT_TRUE(
      is_refused(if_match(dataset_tag, "DELETE", dataset_path(child("a")) + "?recursive=true"), 412,
                 "precondition_failed"));
  EXPECT_TRUE(has_snapshot(child("a") + "@s"));
  // Of what there is none the plan says the same.
  EXPECT_TRUE(is_refused(
      if_match(dataset_tag, "DELETE", dataset_path(child("a")) + "?recursive=true&plan=true"), 412,
      "precondition_failed"));
}

TEST_F(Conditions, JobsHeedItToo) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  const Response gone =
      send({.method = "DELETE",
            .target = dataset_path(child("a")) + "?recursive=true",
            .headers = {"If-Match: " + etag_of(dataset_path(child("a"))), "Prefer: wait=60"}});
  EXPECT_EQ(gone.status, 204) << gone;
  EXPECT_FALSE(has_dataset(child("a")));
}

TEST_F(Conditions, OfManyWithOneTagOneIsFirst) {
  const std::string path = dataset_path(dataset());
  const std::string seen = etag_of(path);
  std::atomic<int> done = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&, i] {
      const Response answer =
          if_match(seen, "PATCH", path, settings("org.example:a", json::Value(std::to_string(i))));
      if (answer.status == 200)
        ++done;
      else if (answer.code() == "precondition_failed")
        ++refused;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(refused, 15);
}

TEST_F(Conditions, WhatIsNoTagIsRefused) {
  const std::string path = dataset_path(dataset());
  for (const char* bad : {"x", "\"x", "\"x\" \"y\"", "*, \"x\"", "W/x", ",", "\"a b\""}) {
    const Response answer = if_match(bad, "PATCH", path, settings("org.example:a", "1"));
    EXPECT_TRUE(is_refused(answer, 400, "bad_request")) << bad;
    EXPECT_TRUE(answer.blames({"header", "/If-Match"})) << answer;
  }
  // Where it would not be heeded it is not passed over.
  for (const auto& [method, target] :
       {std::pair("GET", path), {"POST", std::string("/v1/datasets")}})
    EXPECT_TRUE(if_match("*", method, target).blames({"header", "/If-Match"})) << target;
  EXPECT_FALSE(get(path).has("/properties/org.example:a"));
}

// --- Idempotency-Key ---

TEST_F(Conditions, WhatIsSentAgainIsNotDoneAgain) {
  const std::string key = unique_name("key");
  const Response first = keyed(key, "POST", program(), next_snapshot(dataset()));
  EXPECT_EQ(first.status, 200) << first;
  EXPECT_EQ(first.number("/result"), 1U);
  const Response again = keyed(key, "POST", program(), next_snapshot(dataset()));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.json, first.json);
  EXPECT_NE(again.header("x-request-id"), first.header("x-request-id"));
  EXPECT_EQ(count_snapshots(), 1U);
  EXPECT_EQ(keyed(unique_name("key"), "POST", program(), next_snapshot(dataset())).status, 200);
  EXPECT_EQ(count_snapshots(), 2U);
}

TEST_F(Conditions, WhatWasCreatedIsToldAgainWithItsPlace) {
  const std::string key = unique_name("key");
  const json::Object body{{"name", child("a")}};
  const Response first = keyed(key, "POST", "/v1/datasets", body);
  const Response again = keyed(key, "POST", "/v1/datasets", body);
  EXPECT_EQ(first.status, 201) << first;
  EXPECT_EQ(again.status, 201) << again;
  for (const char* field : {"location", "etag"}) {
    EXPECT_EQ(again.header(field), first.header(field));
    EXPECT_FALSE(first.header(field).empty()) << field;
  }
  EXPECT_EQ(keyed(unique_name("key"), "POST", "/v1/datasets", body).code(), "exists");
}

TEST_F(Conditions, OfAHundredDuplicatesOneHasAnEffect) {
  const std::string key = unique_name("key");
  std::atomic<int> done = 0, running = 0, other = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 100; ++i)
    threads.emplace_back([&] {
      const Response answer = keyed(key, "POST", program(), next_snapshot(dataset()));
      ++(answer.status == 200 && answer.number("/result") == 1        ? done
         : answer.status == 409 && answer.code() == "request_running" ? running
                                                                      : other);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(done, 1);
  EXPECT_EQ(done + running, 100);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(count_snapshots(), 1U);
}

TEST_F(Conditions, AKeyBelongsToOneRequest) {
  const std::string key = unique_name("key");
  EXPECT_EQ(keyed(key, "POST", "/v1/datasets", json::Object{{"name", child("a")}}).status, 201);
  EXPECT_TRUE(is_refused(keyed(key, "POST", "/v1/datasets", json::Object{{"name", child("b")}}),
                         422, "key_reused"));
  EXPECT_TRUE(is_refused(keyed(key, "DELETE", dataset_path(child("a"))), 422, "key_reused"));
  EXPECT_FALSE(has_dataset(child("b")));
  EXPECT_TRUE(has_dataset(child("a")));
}

TEST_F(Conditions, AConditionBelongsToTheRequest) {
  const std::string key = unique_name("key");
  const std::string path = dataset_path(dataset());
  const auto keyed_if = [&](const std::string& tag) {
    return send({.method = "PATCH",
                 .target = path,
                 .body = settings("org.example:a", "1"),
                 .headers = {"Idempotency-Key: " + key, "If-Match: " + tag}});
  };
  const std::string tag = etag_of(path);
  EXPECT_EQ(keyed_if(tag).status, 200);
  EXPECT_EQ(keyed_if(tag).status, 200);
  EXPECT_TRUE(is_refused(keyed_if("\"other\""), 422, "key_reused"));
  EXPECT_TRUE(
      is_refused(keyed(key, "PATCH", path, settings("org.example:a", "1")), 422, "key_reused"));
}

TEST_F(Conditions, WhatWasRefusedMayBeTriedAgain) {
  const std::string key = unique_name("key");
  const json::Object body{{"name", child("a/b")}};
  EXPECT_EQ(keyed(key, "POST", "/v1/datasets", body).status, 404);
  make_filesystem(child("a"));
  EXPECT_EQ(keyed(key, "POST", "/v1/datasets", body).status, 201);
  EXPECT_EQ(keyed(key, "POST", "/v1/datasets", body).status, 201);
}

TEST_F(Conditions, APlanNeedsNoKey) {
  const std::string key = unique_name("key");
  make_filesystem(child("a"));
  const std::string path = dataset_path(child("a"));
  EXPECT_EQ(keyed(key, "DELETE", path + "?plan=true").status, 200);
  EXPECT_TRUE(has_dataset(child("a")));
  EXPECT_EQ(keyed(key, "DELETE", path).status, 204);
  EXPECT_FALSE(has_dataset(child("a")));
}

TEST_F(Conditions, AJobIsBegunOnce) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  const std::string key = unique_name("key");
  const std::string target = dataset_path(child("a")) + "?recursive=true";
  const Response first = keyed(key, "DELETE", target);
  EXPECT_EQ(first.status, 202) << first;
  const std::string job = first.header("location");
  EXPECT_TRUE(eventually([&] { return get(job).text("/state") == "succeeded"; }));
  EXPECT_EQ(get(job).text("/idempotency_key"), key);
  make_filesystem(child("a"));
  const Response again = keyed(key, "DELETE", target);
  EXPECT_EQ(again.status, 202) << again;
  EXPECT_EQ(again.header("location"), job);
  EXPECT_EQ(again.text("/state"), "succeeded");
  const Response waited = send({.method = "DELETE",
                                .target = target,
                                .headers = {"Idempotency-Key: " + key, "Prefer: wait=60"}});
  EXPECT_EQ(waited.status, 204) << "who waits is told what the first one would have been";
  EXPECT_TRUE(has_dataset(child("a")));
}

TEST_F(Conditions, WhatIsNoKeyIsRefused) {
  for (const std::string& bad :
       {std::string("a b"), std::string(256, 'k'), std::string("h\xc3\xa9")}) {
    const Response answer = keyed(bad, "POST", "/v1/datasets", json::Object{{"name", child("a")}});
    EXPECT_TRUE(is_refused(answer, 400, "bad_request")) << bad;
    EXPECT_TRUE(answer.blames({"header", "/Idempotency-Key"})) << answer;
  }
  const Response two = send({.method = "POST",
                             .target = "/v1/datasets",
                             .body = json::Object{{"name", child("a")}},
                             .headers = {"Idempotency-Key: a", "Idempotency-Key: b"}});
  EXPECT_TRUE(two.blames({"header", "/Idempotency-Key"})) << two;
  EXPECT_FALSE(has_dataset(child("a")));
  EXPECT_EQ(keyed("k", "GET", dataset_path(dataset())).status, 200) << "a read may have any";
}

}  // namespace
}  // namespace zfsrest::test
