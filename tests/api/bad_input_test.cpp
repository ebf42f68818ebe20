// Input that is wrong in itself: it is refused with the field that is wrong, before anything is
// changed.
#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class BadInput : public OnPool {
 protected:
  Response post_raw(const std::string& target, const std::string& body) const {
    return send({.method = "POST", .target = target, .raw_body = body});
  }
  // What is in the pool, to compare before and after.
  json::Value everything() const { return get("/v1/datasets?under=" + pool()).at("/items"); }
};

std::string deep(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST_F(BadInput, BadNamesOfDatasetsAreRefusedInTheBody) {
  using namespace std::string_literals;
  const auto before = everything();
  for (const std::string& part : {"a\0b"s, ".."s, "."s, ""s, "a\tb"s, "a\nb"s, "a%b"s, "a*b"s, "ü"s,
                                  "a\x7f"s, "a//b"s, "a/"s, "a@s"s, "a#b"s, "a@s@t"s, "$x"s}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, part);
    const Response refused =
        post("/v1/datasets", {{"name", child(part)}, {"create_parents", true}});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/name"));
    const Response renamed = post(dataset_path(dataset()) + "/rename", {{"to", child(part)}});
    EXPECT_TRUE(blames(renamed, "body", "/to"));
  }
  EXPECT_EQ(everything(), before);
}

TEST_F(BadInput, NumbersBeyondAllBoundsAreRefused) {
  for (const char* number : {"1e999", "-1e999", "18446744073709551616"}) {
    const Response refused =
        post_raw("/v1/datasets",
                 R"({"name":")" + child("a") + R"(","properties":{"quota":)" + number + "}}");
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_NE(refused.text("/detail").find("at byte"), std::string::npos) << refused.body;
  }
}

TEST_F(BadInput, BadNamesOfSnapshotsAreRefusedInTheBody) {
  using namespace std::string_literals;
  for (const std::string& name :
       {dataset(), dataset() + "@", dataset() + "@a/b", dataset() + "@a@b", dataset() + "@a\0b"s,
        dataset() + "#b", dataset() + "@..", dataset() + "@a%b", dataset() + "@ü", "@s"s, ""s}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, name);
    const Response refused =
        post("/v1/snapshots",
             {{"snapshots", json::Array{json::Value(dataset() + "@good"), json::Value(name)}}});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/snapshots/1"));
  }
  EXPECT_FALSE(has_snapshot(dataset() + "@good"));
}

TEST_F(BadInput, BadNamesAreRefusedInThePath) {
  struct Row {
    std::string segment, field;
  };
  const std::string here = encode(pool());
  const std::vector<Row> datasets{{here + "%2Fa%00b", "dataset"},
                                  {here + "%2F..", "dataset"},
                                  {here + "%2F%2Fa", "dataset"},
                                  {here + "%2F", "dataset"},
                                  {here + "@s", "dataset"},
                                  {here + "%23b", "dataset"},
                                  {here + "%2Fa%0Ab", "dataset"},
                                  {"%2F" + here, "dataset"},
                                  {here + "%2F" + std::string(256, 'a'), "dataset"}};
  for (const Row& row : datasets) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, row.segment);
    const Response refused = get("/v1/datasets/" + row.segment);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "path", "/" + row.field));
  }
  for (const std::string& segment :
       {here, here + "@", here + "@a%2Fb", here + "%2F@s", here + "@a%25b"}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, segment);
    const Response refused = get("/v1/snapshots/" + segment);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "path", "/snapshot"));
  }
  for (const std::string& segment :
       {here + "%2Fa", here + "@s", std::string("1pool"), std::string(256, 'p')}) {
    const Response refused = get("/v1/pools/" + segment);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "path", "/pool"));
  }
}

TEST_F(BadInput, APathIsTakenAsItIsWritten) {
  EXPECT_EQ(get("/v1/datasets/" + pool() + "%2f" + dataset().substr(pool().size() + 1)).status,
            200);
  EXPECT_TRUE(is_refused(get("/v1/datasets/" + dataset()), 404, "no_such_path"));
  for (const std::string path :
       {"/v1/./datasets", "/v1/../v1/datasets", "/v1//datasets", "/v1/datasets/", "/v1/datasets/.",
        "/v1/datasets/%2E%2E", "/v1/%2e/datasets", "//v1/datasets"})
    EXPECT_TRUE(is_refused(get(path), 400, "bad_request"));
  for (const std::string path :
       {"/v2/datasets", "/V1/datasets", "/v1", "/v1/nosuch", "/v1/datasets%2Fx"})
    EXPECT_TRUE(is_refused(get(path), 404, "no_such_path"));
  for (const std::string path :
       {"/v1/datasets/%", "/v1/datasets/%4", "/v1/datasets/%zz", "/v1/datasets/%ff%fe",
        "/v1/datasets/%c0%af", "/v1/datasets?under=%ED%A0%80"})
    EXPECT_TRUE(is_refused(get(path), 400, "bad_request"));
}

TEST_F(BadInput, AQueryParameterStandsOnce) {
  EXPECT_TRUE(is_refused(get("/v1/datasets?limit=1&limit=2"), 400, "bad_request"));
  EXPECT_TRUE(is_refused(del(dataset_path(dataset()) + "?recursive=false&recursive=true"), 400,
                         "bad_request"));
  EXPECT_TRUE(
      is_refused(del(dataset_path(dataset()) + "?plan=true&plan=false"), 400, "bad_request"));
  EXPECT_TRUE(has_dataset(dataset()));
}

TEST_F(BadInput, ATypoInAQueryNeverDestroys) {
  for (const char* query : {"?paln=true", "?plan", "?plan=ture", "?plan=", "?Plan=true",
                            "?recursive=yes", "?recursive", "?plan=true%20", "?plan=true&x"})
    EXPECT_TRUE(is_refused(del(dataset_path(dataset()) + query), 400, "bad_request"));
  EXPECT_TRUE(has_dataset(dataset()));
}

TEST_F(BadInput, WhatIsNoJsonIsRefused) {
  const std::string name = "\"name\":\"" + child("x") + "\"";
  for (const std::string& body : std::vector<std::string>{
           "{", "{} x", "{" + name + ",}", "{'name':1}", "{" + name + "} {}", "\xef\xbb\xbf{}",
           "{" + name + ",\"type\":NaN}", "{" + name + ",\"properties\":{\"quota\":1e}}",
           "{\"name\":\"\xff\"}", "{\"name\":\"a\nb\"}", "{\"name\":\"\\ud800\"}", "// x\n{}",
           "{\"properties\":" + deep(100) + "}", deep(5000)}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, body.substr(0, 100));
    EXPECT_TRUE(is_refused(post_raw("/v1/datasets", body), 400, "bad_request"));
  }
  EXPECT_FALSE(has_dataset(child("x")));
}

TEST_F(BadInput, AKeyStandsOnce) {
  const std::string name = "\"name\":\"" + child("x") + "\"";
  for (const std::string& body :
       {"{" + name + "," + name + "}",
        "{" + name + ",\"properties\":{\"atime\":\"on\",\"atime\":\"off\"}}",
        "{" + name + ",\"n\\u0061me\":\"y\"}"}) {
    const Response refused = post_raw("/v1/datasets", body);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_NE(refused.text("/detail").find("twice"), std::string::npos) << refused;
  }
  EXPECT_FALSE(has_dataset(child("x")));
}

TEST_F(BadInput, AnIntegerHas64Bits) {
  const auto set = [&](const std::string& property, const std::string& number) {
    return send({.method = "PATCH",
                 .target = dataset_path(dataset()),
                 .raw_body = "{\"properties\":{\"" + property + "\":" + number + "}}"});
  };
  EXPECT_TRUE(is_refused(set("quota", "18446744073709551616"), 400, "bad_request"));
  EXPECT_TRUE(is_refused(set("quota", "1" + std::string(400, '0')), 400, "bad_request"));
  EXPECT_TRUE(is_refused(set("quota", "1e30"), 400, "bad_request"));
  EXPECT_TRUE(is_refused(set("quota", "-9223372036854775809"), 400, "bad_request"));
  const Response largest = set("quota", "18446744073709551615");
  EXPECT_TRUE(is_refused(largest, 400, "bad_request"));
  EXPECT_TRUE(blames(largest, "body", "/properties/quota"));
  EXPECT_TRUE(get(dataset_path(dataset())).at("/properties/quota/value").is_null());
}

TEST_F(BadInput, ANumberThatIsTooSmallForItsFieldIsNamed) {
  const Response refused =
      post_raw("/v1/pools",
               R"({"name":"p","vdevs":{"data":[{"type":"raidz","parity":256,"children":[]}]}})");
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/vdevs/data/0/parity"));
}

TEST_F(BadInput, ABodyThatIsTooLargeIsRefused) {
  constexpr std::size_t limit = 1024 * 1024;
  const std::string body = "{\"name\":\"" + std::string(limit, 'x') + "\"}";
  EXPECT_TRUE(is_refused(post_raw("/v1/datasets", body), 413, "body_too_large"));
}

TEST_F(BadInput, ATargetOrHeaderThatIsTooLargeIsRefused) {
  EXPECT_TRUE(is_refused(get("/v1/datasets/" + std::string(9000, 'x')), 414, "uri_too_long"));
  Request request{.target = "/healthz"};
  request.headers = {"X-Padding: " + std::string(20000, 'x')};
  EXPECT_TRUE(is_refused(send(request), 431, "header_too_large"));
}

TEST_F(BadInput, ABatchHasALimit) {
  json::Array names;
  for (int i = 0; i < 20'001; ++i) names.emplace_back(pool() + "/" + std::to_string(i) + "@s");
  const Response refused = post("/v1/snapshots", {{"snapshots", std::move(names)}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/snapshots"));
}

TEST_F(BadInput, ManyFaultsAreCountedNotListed) {
  json::Array names;
  for (int i = 0; i < 500; ++i) names.emplace_back("no snapshot " + std::to_string(i));
  const Response refused = post("/v1/snapshots", {{"snapshots", std::move(names)}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_EQ(refused.at("/errors").as_array().size() + refused.number("/unreported"), 500U);
}

TEST_F(BadInput, NestingHasALimit) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  mount_nothing_below();
  std::string name = dataset();
  // The pool's children are one deep; the kernel goes to forty-nine.
  for (int depth = 2; depth <= 49; ++depth) name += "/a";
  EXPECT_EQ(post("/v1/datasets", {{"name", name}, {"create_parents", true}}).status, 201);
  const Response refused = post("/v1/datasets", {{"name", name + "/a"}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/name"));
  const Response moved =
      post(dataset_path(child("a")) + "/rename", {{"to", child("b/a")}, {"create_parents", true}});
  EXPECT_TRUE(is_refused(moved, 400, "bad_request"));
  EXPECT_TRUE(has_dataset(name));
}

TEST_F(BadInput, ThousandsOfPropertiesAreNotSetAtOnce) {
  json::Object properties;
  for (int i = 0; i < 257; ++i) properties["com.example:p" + std::to_string(i)] = "v";
  const Response refused = patch(dataset_path(dataset()), {{"properties", properties}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties"));
  properties.erase("com.example:p0");
  EXPECT_EQ(patch(dataset_path(dataset()), {{"properties", properties}}).status, 200);
}

TEST_F(BadInput, ASizeIsWrittenAsAnInteger) {
  for (const char* number : {"9007199254740993.0", "1e9", "1.5"}) {
    const Response refused =
        send({.method = "PATCH",
              .target = dataset_path(dataset()),
              .raw_body = std::string(R"({"properties":{"quota":)") + number + "}}"});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/properties/quota")) << number;
  }
}

TEST_F(BadInput, AShareOptionHoldsNoLineBreak) {
  const Response refused =
      patch(dataset_path(dataset()), {{"properties", {{"sharenfs", "rw=@10.0.0.0/8\n/ *(rw)"}}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties/sharenfs"));
}

TEST_F(BadInput, ABodyMayNestAsDeepAsItIsReadAndIsStillRefusedForWhatItHolds) {
  for (std::size_t depth = json::max_depth - 1; depth <= json::max_depth + 1; ++depth) {
    std::string body = "1";
    for (std::size_t i = 0; i < depth; ++i) body = "{\"a\":" + body + "}";
    const Response refused =
        send({.method = "POST", .target = "/v1/datasets", .raw_body = std::move(body)});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request")) << depth;
    EXPECT_EQ(refused.blames({"body", "/a"}), depth <= json::max_depth) << depth;
  }
}

TEST_F(BadInput, AKeyLocationIsForWhatIsEncrypted) {
  const Response refused =
      patch(dataset_path(dataset()), {{"properties", {{"keylocation", "prompt"}}}});
  EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
  EXPECT_TRUE(blames(refused, "body", "/properties/keylocation"));
}

TEST_F(BadInput, ADatasetIsNotEncryptedForWantOfAKey) {
  const Response refused =
      post("/v1/datasets",
           {{"name", child("e")}, {"properties", {{"encryption", "on"}, {"keyformat", "raw"}}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties/keyformat"));
  EXPECT_FALSE(has_dataset(child("e")));
}

TEST_F(BadInput, AVolumesNewSizeIsAMultipleOfItsBlocks) {
  make_volume(child("v"));
  const Response refused = patch(dataset_path(child("v")), {{"properties", {{"volsize", 12345}}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties/volsize"));
  EXPECT_NE(refused.text("/detail").find("multiple of volblocksize"), std::string::npos) << refused;
}

}  // namespace
}  // namespace zfsrest::test
