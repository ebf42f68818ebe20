// What holds for every operation of the catalogue.
#include "api/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <set>

#include "api/fixture.hpp"
#include "api/openapi.hpp"
#include "api/schema.hpp"

namespace zfsrest::test {
namespace {

// A well-formed name of something that does not exist, for each field of a path.
std::string sample(std::string_view field) {
  if (field == "pool") return "nosuchpool";
  if (field == "dataset") return "nosuchpool%2Fdata";
  if (field == "snapshot") return "nosuchpool%2Fdata@snap";
  if (field == "bookmark") return "nosuchpool%2Fdata%23mark";
  if (field == "lease" || field == "receive") return "nosuchpool:0123456789abcdef0123456789abcdef";
  if (field == "property") return "atime";
  if (field == "job") return "18446744073709551615";
  if (field == "vdev") return "1234567";
  if (field == "kind") return "vdev";
  if (field == "feature") return "nosuch";
  ADD_FAILURE() << "no sample for {" << field << "}";
  return "x";
}

std::string target_of(const api::Operation& operation) {
  std::string target;
  std::string_view path = operation.path;
  for (std::size_t open; (open = path.find('{')) != path.npos;) {
    const std::size_t close = path.find('}');
    target += std::string(path.substr(0, open)) + sample(path.substr(open + 1, close - open - 1));
    path.remove_prefix(close + 1);
  }
  return target + std::string(path);
}

std::string method_of(const api::Operation& operation) {
  return std::string(api::word_of(operation.method));
}

// That ZFS is asked for nothing, where what it is asked for is written down.
class NothingIsAsked {
 public:
  NothingIsAsked() : before_(count_ioctls()) {}
  ~NothingIsAsked() { EXPECT_EQ(count_ioctls(), before_); }
  NothingIsAsked(const NothingIsAsked&) = delete;
  NothingIsAsked& operator=(const NothingIsAsked&) = delete;

 private:
  std::optional<std::size_t> before_;
};

// A request for the operation; with a body if it takes one.
Request request_for(const api::Operation& operation, const std::string& query = "",
                    json::Object body = {}) {
  Request request{.method = method_of(operation), .target = target_of(operation) + query};
  if (api::takes_body(operation)) request.body = std::move(body);
  return request;
}

// Calls `visit(operation)` for each, with a trace that names it.
template <class Visit>
void for_each_operation(const Visit& visit) {
  for (const api::Operation* operation : api::operations()) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(operation->id));
    visit(*operation);
  }
}

const json::Object& declared(const api::Operation& operation) {
  std::string method = method_of(operation);
  for (char& c : method) c = static_cast<char>(c | 0x20);
  return served_document()
      .at("paths")
      .as_object()
      .at(operation.path)
      .as_object()
      .at(method)
      .as_object();
}

// The declared fields of the body with their schemas.
json::Object body_fields(const api::Operation& operation) {
  if (!api::takes_body(operation)) return {};
  const json::Value* body = declared(operation).if_contains("requestBody");
  if (!body) return {};
  return body->at("content").at("application/json").at("schema").at("properties").as_object();
}

TEST(Catalogue, TheServedDocumentIsTheOneOfTheDeclarations) {
  EXPECT_EQ(json::Value(served_document()), json::Value(api::openapi_document()));
}

TEST(Catalogue, EveryPathAnswersOptions) {
  for_each_operation([](const api::Operation& operation) {
    const Response answer = send({.method = "OPTIONS", .target = target_of(operation)});
    EXPECT_EQ(answer.status, 204);
    const std::string allow = answer.header("allow");
    EXPECT_NE(allow.find(method_of(operation)), std::string::npos) << allow;
    EXPECT_NE(allow.find("OPTIONS"), std::string::npos) << allow;
    EXPECT_EQ(allow.find("HEAD") != std::string::npos, allow.find("GET") != std::string::npos)
        << allow;
  });
}

TEST(Catalogue, AMethodThatAPathHasNotIsRefusedWithThoseItHas) {
  for_each_operation([](const api::Operation& operation) {
    const Response refused = send({.method = "TRACE", .target = target_of(operation)});
    EXPECT_TRUE(is_refused(refused, 405, "method_not_allowed"));
    EXPECT_EQ(refused.header("allow"),
              send({.method = "OPTIONS", .target = target_of(operation)}).header("allow"));
  });
}

TEST(Catalogue, OverTcpEveryOperationButHealthNeedsTheToken) {
  for_each_operation([](const api::Operation& operation) {
    for (const char* token :
         {"", "wrong", "0000000000000000000000000000000000000000000000000000000000000000",
          "\xff\xfe", "t\xc3\xa9"}) {
      Request request = request_for(operation);
      request.via = Via::tcp;
      request.token = token;
      const Response answer = send(request);
      if (operation.role == api::Role::none) {
        EXPECT_EQ(answer.status, 200);
      } else {
        EXPECT_TRUE(is_refused(answer, 401, "unauthenticated"));
        EXPECT_EQ(answer.header("www-authenticate").substr(0, 6), "Bearer");
      }
    }
  });
}

TEST(Catalogue, OverTcpTheTokenOpensEveryOperation) {
  for_each_operation([](const api::Operation& operation) {
    Request request = request_for(operation);
    request.via = Via::tcp;
    EXPECT_NE(send(request).status, 401);
  });
}

TEST(Catalogue, AWrongTokenIsRefusedOnTheSocketAsWell) {
  for_each_operation([](const api::Operation& operation) {
    if (operation.role == api::Role::none) return;
    Request request = request_for(operation);
    request.token = "wrong";
    EXPECT_TRUE(is_refused(send(request), 401, "unauthenticated"));
  });
}

TEST(Catalogue, WhoIsNotKnownLearnsNothingOfFaults) {
  Request request{.method = "POST",
                  .target = "/v1/pools?nosuch=1",
                  .body = json::Object{{"nosuch", 1}},
                  .via = Via::tcp,
                  .token = "wrong"};
  EXPECT_TRUE(is_refused(send(request), 401, "unauthenticated"));
}

TEST(Catalogue, AnUnknownQueryParameterIsRefused) {
  const NothingIsAsked nothing;
  for_each_operation([](const api::Operation& operation) {
    if (operation.lane == api::Lane::gateway) return;
    const Response refused = send(request_for(operation, "?nosuch=1"));
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "query", "/nosuch"));
  });
}

TEST(Catalogue, AnUnknownKeyOfTheBodyIsRefused) {
  const NothingIsAsked nothing;
  for_each_operation([](const api::Operation& operation) {
    if (!api::takes_body(operation)) return;
    const Response refused = send(request_for(operation, "", {{"nosuch", 1}}));
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/nosuch"));
  });
}

TEST(Catalogue, ABodyThatIsNotWantedIsRefused) {
  for_each_operation([](const api::Operation& operation) {
    if (api::takes_body(operation) || operation.body == api::Body::upload) return;
    Request request = request_for(operation);
    request.body = json::Object{};
    EXPECT_TRUE(is_refused(send(request), 400, "bad_request"));
  });
}

TEST(Catalogue, AStreamIsNoJsonAndNoPartOfAStream) {
  for_each_operation([](const api::Operation& operation) {
    if (operation.body != api::Body::upload) return;
    Request request = request_for(operation);
    request.body = json::Object{};
    EXPECT_TRUE(is_refused(send(request), 415, "media_type"));
    request.headers = {"Content-Type: application/octet-stream", "Content-Range: bytes 5-6/7"};
    EXPECT_TRUE(is_refused(send(request), 400, "bad_request"));
  });
}

TEST(Catalogue, ABodyThatIsNoObjectIsRefused) {
  for_each_operation([](const api::Operation& operation) {
    if (!api::takes_body(operation)) return;
    for (const char* body : {"[]", "null", "1", "\"x\"", "true"}) {
      Request request = request_for(operation);
      request.body.reset();
      request.raw_body = body;
      EXPECT_TRUE(is_refused(send(request), 400, "bad_request"));
    }
  });
}

TEST(Catalogue, AMissingFieldOfTheBodyIsNamed) {
  const NothingIsAsked nothing;
  for_each_operation([](const api::Operation& operation) {
    const json::Value* body = declared(operation).if_contains("requestBody");
    if (!body || !api::takes_body(operation)) return;
    const json::Value* needed =
        body->at("content").at("application/json").at("schema").as_object().if_contains("required");
    if (!needed) return;
    const Response refused = send(request_for(operation));
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    for (const json::Value& key : needed->as_array())
      EXPECT_TRUE(blames(refused, "body", "/" + std::string(json::view(key.as_string()))));
  });
}

// Values of every JSON type that the schema does not allow.
std::vector<json::Value> wrong_values(const json::Object& schema) {
  const std::vector<json::Value> all{nullptr, true, -7, 1.5, "?", json::Array{}, json::Object{}};
  std::vector<json::Value> wrong;
  for (const json::Value& value : all)
    if (!find_mismatch(value, schema, served_document()).empty()) wrong.push_back(value);
  return wrong;
}

// Whether a fault is at the pointer or below it.
bool blames_below(const Response& response, const std::string& pointer) {
  if (!response.has("/errors")) return false;
  return std::ranges::any_of(response.at("/errors").as_array(), [&](const json::Value& error) {
    const json::Value* found = error.as_object().if_contains("pointer");
    return found && error.at("in") == json::Value("body") &&
           (*found == json::Value(pointer) ||
            json::view(found->as_string()).starts_with(pointer + "/"));
  });
}

TEST(Catalogue, AFieldOfAWrongTypeIsNamed) {
  const NothingIsAsked nothing;
  for_each_operation([](const api::Operation& operation) {
    for (const auto& [name, schema] : body_fields(operation)) {
      const auto wrong = wrong_values(schema.as_object());
      EXPECT_GE(wrong.size(), 4U) << std::string_view(name) << " takes almost anything";
      for (const json::Value& value : wrong) {
        const Response refused = send(request_for(operation, "", {{name, value}}));
        EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
        EXPECT_TRUE(blames_below(refused, "/" + std::string(name)))
            << json::serialize(value) << refused;
      }
    }
  });
}

// Values of the right type that the schema does not allow.
std::vector<json::Value> values_out_of_range(const json::Object& schema) {
  const std::string long_text(5'000, 'x');
  std::vector<json::Value> all;
  for (const std::int64_t number : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()})
    all.emplace_back(number);
  all.emplace_back(std::numeric_limits<std::uint64_t>::max());
  for (const std::string_view text :
       {std::string_view(""), std::string_view(long_text), std::string_view("no such word")})
    all.emplace_back(text);
  const auto is_out_of_range = [&](const json::Value& value) {
    const std::string mismatch = find_mismatch(value, schema, served_document());
    return !mismatch.empty() && mismatch.find("type") == mismatch.npos;
  };
  std::vector<json::Value> found;
  std::ranges::copy_if(all, std::back_inserter(found), is_out_of_range);
  return found;
}

TEST(Catalogue, AFieldOutOfItsRangeIsNamed) {
  const NothingIsAsked nothing;
  std::size_t count = 0;
  for_each_operation([&](const api::Operation& operation) {
    for (const auto& [name, schema] : body_fields(operation))
      for (const json::Value& value : values_out_of_range(schema.as_object())) {
        const Response refused = send(request_for(operation, "", {{name, value}}));
        EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
        EXPECT_TRUE(blames_below(refused, "/" + std::string(name)))
            << json::serialize(value).substr(0, 100) << refused;
        ++count;
      }
  });
  EXPECT_GT(count, 30U);
}

TEST(Catalogue, AFieldThatStandsTwiceIsNamed) {
  const NothingIsAsked nothing;
  for_each_operation([](const api::Operation& operation) {
    for (const auto& [name, schema] : body_fields(operation)) {
      Request request = request_for(operation);
      request.body.reset();
      request.raw_body = fmt::format(R"({{"{0}":null,"{0}":null}})", std::string_view(name));
      request.headers = {"Content-Type: application/json"};
      const Response refused = send(request);
      EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
      EXPECT_TRUE(blames(refused, "body", "/" + std::string(name))) << refused;
    }
  });
}

TEST(Catalogue, AParameterThatStandsTwiceIsNamed) {
  const NothingIsAsked nothing;
  for_each_operation([](const api::Operation& operation) {
    const json::Value* parameters = declared(operation).if_contains("parameters");
    if (!parameters) return;
    for (const json::Value& parameter : parameters->as_array()) {
      if (parameter.at("in") != json::Value("query")) continue;
      const std::string name(json::view(parameter.at("name").as_string()));
      const Response refused = send(request_for(operation, "?" + name + "=1&" + name + "=1"));
      EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
      EXPECT_TRUE(blames(refused, "query", "/" + name)) << refused;
    }
  });
}

TEST(Catalogue, WhatIsAskedOfZfsIsWrittenDown) {
  const auto before = count_ioctls();
  if (!before) GTEST_SKIP() << "nobody writes it down (ZFSREST_TEST_IOCTLS is not set)";
  EXPECT_EQ(get("/v1/datasets/nosuchpool").status, 404);
  EXPECT_GT(*count_ioctls(), *before);
}

TEST(Catalogue, AParameterOfAWrongTypeIsNamed) {
  const NothingIsAsked nothing;
  for_each_operation([](const api::Operation& operation) {
    const json::Value* parameters = declared(operation).if_contains("parameters");
    if (!parameters) return;
    for (const json::Value& parameter : parameters->as_array()) {
      if (parameter.at("in") != json::Value("query")) continue;
      const std::string name(json::view(parameter.at("name").as_string()));
      const Response refused = send(request_for(operation, "?" + name + "=%7F"));
      EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
      const bool is_list = parameter.at("schema").as_object().contains("items");
      EXPECT_TRUE(blames(refused, "query", "/" + name + (is_list ? "/0" : "")));
    }
  });
}

TEST(Catalogue, ABadNameInThePathIsNamed) {
  for (const api::Operation* operation : api::operations())
    for (const char* field :
         {"pool", "dataset", "snapshot", "bookmark", "lease", "receive", "property", "vdev"}) {
      if (!api::path_names(operation->path, field)) continue;
      const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(operation->id));
      Request request = request_for(*operation);
      const std::string good = sample(field);
      request.target.replace(request.target.find("/" + good) + 1, good.size(), "no%20%24uch");
      const Response refused = send(request);
      EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
      EXPECT_TRUE(blames(refused, "path", "/" + std::string(field)));
    }
}

TEST(Catalogue, APlanIsRefusedWhereThereIsNone) {
  for_each_operation([](const api::Operation& operation) {
    if (operation.lane == api::Lane::gateway) return;
    const Response answer = send(request_for(operation, "?plan=true"));
    if (operation.plans == api::Plans::no) {
      EXPECT_TRUE(is_refused(answer, 400, "bad_request"));
      EXPECT_TRUE(blames(answer, "query", "/plan"));
    } else {
      EXPECT_FALSE(answer.blames({"query", "/plan"})) << answer;
    }
  });
}

TEST(Catalogue, APlanIsTrueOrFalse) {
  for_each_operation([](const api::Operation& operation) {
    if (operation.plans == api::Plans::no) return;
    for (const char* word : {"", "1", "yes", "TRUE"}) {
      const Response refused = send(request_for(operation, "?plan=" + std::string(word)));
      EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
      EXPECT_TRUE(blames(refused, "query", "/plan"));
    }
    const Response both = send(request_for(operation, "?plan=yes&nosuch=1"));
    EXPECT_TRUE(blames(both, "query", "/plan"));
    EXPECT_TRUE(blames(both, "query", "/nosuch")) << "all faults are told at once";
  });
}

TEST(Catalogue, WhatDoesNotExistIsNotFound) {
  for_each_operation([](const api::Operation& operation) {
    if (operation.path.find('{') == operation.path.npos) return;
    json::Object body;
    if (operation.id == "dataset.rename") body = {{"to", "nosuchpool/other"}};
    if (operation.id == "dataset.set") body = {{"properties", {{"atime", "off"}}}};
    if (operation.id == "pool.set_bootenv")
      body = {{"environment", {{"type", "raw"}, {"text", ""}}}};
    if (operation.id == "vdev.set") body = {{"properties", {{"comment", "x"}}}};
    if (operation.id == "pool.run_program") body = {{"program", "return 1"}};
    if (operation.id == "dataset.load_key")
      body = {{"key", {{"type", "passphrase"}, {"passphrase", "of nobody"}}}};
    if (operation.id == "dataset.change_key") body = {{"inherit", true}};
    if (operation.id == "dataset.change_keys")
      body = {{"changes", json::Array{{{"dataset", "nosuchpool/data"}, {"inherit", true}}}}};
    if (operation.id == "snapshot.rename") body = {{"to", "nosuchpool/data@other"}};
    if (operation.id == "snapshot.clone") body = {{"to", "nosuchpool/clone"}};
    if (operation.id == "snapshot.redact")
      body = {{"bookmark", "nosuchpool/data#mark"},
              {"redaction_snapshots", json::Array{json::Value("nosuchpool/clone@s")}}};
    if (operation.id == "pool.ddt_prune") body = {{"percentage", 1}};
    if (operation.id == "pool.wait") body = {{"activity", "free"}};
    // What is not there at all is declined before anything is looked for.
    const std::string lack = code_of_lack(operation);
    EXPECT_TRUE(is_refused(send(request_for(operation, "", body)), lack.empty() ? 404 : 501,
                           lack.empty() ? "not_found" : lack));
  });
}

TEST(Catalogue, HeadSaysWhatGetSaysWithoutTheBody) {
  for_each_operation([](const api::Operation& operation) {
    if (operation.method != api::Method::get) return;
    const std::string target = target_of(operation);
    const Response full = get(target);
    const Response head = send({.method = "HEAD", .target = target});
    EXPECT_EQ(head.status, full.status);
    EXPECT_EQ(head.header("content-type"), full.header("content-type"));
    EXPECT_EQ(head.body, "");
  });
}

TEST(Catalogue, OnlyWhatIsOfferedIsAcceptable) {
  for_each_operation([](const api::Operation& operation) {
    Request request = request_for(operation);
    request.headers = {"Accept: text/html"};
    EXPECT_TRUE(is_refused(send(request), 406, "not_acceptable"));
    request.headers = {"Accept: text/html, */*;q=0.1"};
    EXPECT_NE(send(request).status, 406);
    if (operation.form == api::Form::rows) return;
    request.headers = {"Accept: application/x-ndjson"};
    EXPECT_TRUE(is_refused(send(request), 406, "not_acceptable"));
  });
}

TEST(Catalogue, OnlyJsonIsABody) {
  for_each_operation([](const api::Operation& operation) {
    if (!api::takes_body(operation)) return;
    for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp",
                             "application/json; charset=latin1"}) {
      Request request = request_for(operation);
      request.headers = {"Content-Type: " + std::string(type)};
      EXPECT_TRUE(is_refused(send(request), 415, "media_type"));
    }
    Request request = request_for(operation);
    request.headers = {"Content-Type: application/json; charset=UTF-8"};
    EXPECT_NE(send(request).status, 415);
    request.headers = {"Content-Type: application/json", "Content-Encoding: gzip"};
    EXPECT_TRUE(is_refused(send(request), 415, "media_type"));
  });
}

TEST(Catalogue, RequestIdsDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.insert(get("/healthz").header("x-request-id"));
  EXPECT_EQ(ids.size(), 20U);
}

}  // namespace
}  // namespace zfsrest::test
