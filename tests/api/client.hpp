// A client of the running daemon; every answer is checked against what the API promises of all
// answers.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.hpp"
#include "json/value.hpp"

namespace zfsrest::test {

enum class Via { socket, tcp };

struct Response;

// What a client that breaks off does: it sends no more than so much of its body, or goes away once
// it is told to.
struct Break {
  std::optional<std::size_t> after_sent_bytes{};
  // Asked with each part of the answer's body that comes; whether the client stays.
  std::function<bool(const Response&)> stays{};
};

struct Request {
  std::string method = "GET";
  std::string target;  // path and query, as they go over the wire
  std::optional<json::Value> body{};
  std::optional<std::string> raw_body{};  // in place of `body`, for what is no JSON
  std::vector<std::string> headers{};
  Via via = Via::socket;
  std::optional<std::string> token{};  // in place of the right one, which TCP needs
  std::optional<Break> breaks{};       // either side may break off; else the answer must come whole
};

// A bad field, as a problem's `errors` names it.
struct BadField {
  std::string in;
  std::string pointer;
};

struct Response {
  int status = 0;
  std::map<std::string, std::string> headers;  // by name in lower case
  std::string body;
  json::Value json;  // null if the body is no JSON
  bool is_whole = false;
  std::uint64_t sent_bytes = 0;  // of the request's body

  // The value at a JSON pointer; the test fails and null is returned if there is none.
  const json::Value& at(std::string_view pointer) const;
  bool has(std::string_view pointer) const;
  std::string text(std::string_view pointer) const;
  std::uint64_t number(std::string_view pointer) const;
  std::vector<std::string> texts(std::string_view pointer) const;
  std::string header(const std::string& name) const;
  std::string code() const { return has("/code") ? text("/code") : ""; }
  bool blames(const BadField& field) const;
  // The detail and code of the failed object in `errors`, or nothing.
  const json::Value* find_failure(std::string_view subject) const;
};

Response send(const Request& request);

Response get(const std::string& target);
Response post(const std::string& target, json::Value body = json::Object{});
Response put(const std::string& target, json::Value body);
Response patch(const std::string& target, json::Value body);
Response del(const std::string& target);

// The same with the wish to be answered when the job has ended, in a minute at the latest.
Response post_and_wait(const std::string& target, json::Value body = json::Object{});
Response del_and_wait(const std::string& target);

// The OpenAPI document that the daemon serves.
const json::Object& served_document();

// What the daemon says that the running OpenZFS can do, as it was when first asked for.
const Response& capabilities();
// The code by which it says that it declines an operation; empty if it does not.
std::string code_of_lack(const api::Operation& operation);

// The operation that a method and a target mean, or null.
const api::Operation* find_operation(std::string_view method, std::string_view target);

// A name as one segment of a path, or a value in a query.
std::string encode(std::string_view text);
std::string dataset_path(std::string_view name);
std::string snapshot_path(std::string_view name);
std::string bookmark_path(std::string_view name);
std::string pool_path(std::string_view name);

// Writes how each operation was answered by this engine and release, as tools/compatibility takes
// it.
void write_outcomes(const std::string& path);

// The value of a variable of the environment; empty if it is not set.
std::string variable(const char* name);

std::ostream& operator<<(std::ostream& out, const Response& response);

}  // namespace zfsrest::test
