#include "api/client.hpp"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <ostream>

#include "api/catalogue.hpp"
#include "api/schema.hpp"
#include "base/code.hpp"

namespace zfsrest::test {
namespace {

// Longer than the daemon itself takes at most: its deadline for writes, where a slow machine has
// another one than the usual.
long longest_answer_seconds() {
  constexpr long usual = 40;
  const char* deadline = std::getenv("ZFSREST_WRITE_DEADLINE_MS");
  return deadline == nullptr ? usual : std::strtol(deadline, nullptr, 10) / 1000 + 10;
}

const json::Value nothing;

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Fields = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

struct Transfer {
  const Request& request;
  Response response{};
  std::string body{};          // that is sent
  std::size_t sent_bytes = 0;  // of it, piece by piece
};

std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* transfer) {
  auto& [request, response, body, sent] = *static_cast<Transfer*>(transfer);
  response.body.append(bytes, count);
  if (request.breaks && request.breaks->stays && !request.breaks->stays(response)) return 0;
  return count;
}

// Gives the body out as far as the request says, and then breaks off if that is not all.
std::size_t give_body(char* to, std::size_t, std::size_t most, void* transfer) {
  auto& [request, response, body, sent] = *static_cast<Transfer*>(transfer);
  const std::size_t size =
      request.breaks ? request.breaks->after_sent_bytes.value_or(body.size()) : body.size();
  const std::size_t count = std::min(most, size - sent);
  if (count == 0) return sent == body.size() ? 0 : CURL_READFUNC_ABORT;
  body.copy(to, count, sent);
  sent += count;
  return count;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* transfer) {
  const std::string_view line(bytes, count);
  const std::size_t colon = line.find(':');
  auto& headers = static_cast<Transfer*>(transfer)->response.headers;
  if (line.starts_with("HTTP/")) {
    // An interim answer, 100 Continue, has headers of its own.
    headers.clear();
  } else if (colon != line.npos) {
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.size(), value.find_first_not_of(' ')));
    headers[lower(line.substr(0, colon))] =
        std::string(value.substr(0, value.find_last_not_of("\r\n ") + 1));
  }
  return count;
}

std::string read_token() {
  std::ifstream file(variable("ZFSREST_TEST_TOKEN"));
  std::string token;
  std::getline(file, token);
  return token;
}

// One connection for each transport, kept alive from request to request.
CURL* connection(Via via) {
  // A test may ask from several threads, each on connections of its own.
  thread_local const Easy by_socket(curl_easy_init(), &curl_easy_cleanup);
  thread_local const Easy by_tcp(curl_easy_init(), &curl_easy_cleanup);
  CURL* easy = (via == Via::socket ? by_socket : by_tcp).get();
  curl_easy_reset(easy);
  return easy;
}

// Whether the request has such a header of its own.
bool says(const Request& request, std::string_view name) {
  return std::ranges::any_of(
      request.headers, [&](const std::string& header) { return lower(header).starts_with(name); });
}

Fields fields_of(const Request& request) {
  curl_slist* list = nullptr;
  for (const std::string& header : request.headers) list = curl_slist_append(list, header.c_str());
  if (!says(request, "content-type:") && (request.body || request.raw_body))
    list = curl_slist_append(list, "Content-Type: application/json");
  if (!says(request, "expect:")) list = curl_slist_append(list, "Expect:");
  const std::string token = request.token             ? *request.token
                            : request.via == Via::tcp ? read_token()
                                                      : std::string();
  if (!token.empty()) list = curl_slist_append(list, ("Authorization: Bearer " + token).c_str());
  return {list, &curl_slist_free_all};
}

void set_body(CURL* easy, Transfer& transfer) {
  const Request& request = transfer.request;
  if (!request.body && !request.raw_body) return;
  transfer.body = request.raw_body ? *request.raw_body : json::serialize(*request.body);
  const auto size = static_cast<curl_off_t>(transfer.body.size());
  const bool is_chunked = says(request, "transfer-encoding:");
  if (is_chunked || (request.breaks && request.breaks->after_sent_bytes)) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    if (!is_chunked) curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, size);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give_body);
    curl_easy_setopt(easy, CURLOPT_READDATA, &transfer);
  } else {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, size);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer.body.data());
  }
  // Whoever expects to be asked for the body waits for that.
  curl_easy_setopt(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, longest_answer_seconds() * 1000);
}

Response transfer(const Request& request) {
  Transfer transfer{.request = request};
  // While one that breaks off is on its way, others may be asked for.
  const Easy own(request.breaks ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  CURL* easy = own ? own.get() : connection(request.via);
  const std::string socket = variable("ZFSREST_TEST_SOCKET");
  const std::string base =
      request.via == Via::tcp ? variable("ZFSREST_TEST_URL") : "http://localhost";
  const Fields fields = fields_of(request);
  if (request.via == Via::socket) curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(easy, CURLOPT_URL, (base + request.target).c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  set_body(easy, transfer);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, longest_answer_seconds());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  const CURLcode code = curl_easy_perform(easy);
  if (!request.breaks)
    EXPECT_EQ(code, CURLE_OK) << request.method << " " << request.target << ": "
                              << curl_easy_strerror(code);
  Response response = std::move(transfer.response);
  response.is_whole = code == CURLE_OK;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  curl_off_t sent = 0;
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
  response.sent_bytes = static_cast<std::uint64_t>(sent);
  return response;
}

// Of each operation, how it was answered: `works`, or the code by which this engine or this release
// declines it; and of each test, the operations that worked in it. Tests may ask from several
// threads.
std::mutex outcomes_mutex;
std::map<std::string, std::set<std::string>> outcomes;
std::map<std::string, std::set<std::string>> worked_in;

std::string name_of_test() {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  return test ? std::string(test->test_suite_name()) + "." + test->name() : "none";
}

void note_outcome(const Request& request, const Response& response) {
  constexpr int declined = 501;
  const api::Operation* operation = find_operation(request.method, request.target);
  if (!operation || request.method == "OPTIONS" || request.method == "HEAD") return;
  if (request.target.find("plan=true") != std::string::npos) return;
  const json::Object* problem = response.json.if_object();
  const std::lock_guard lock(outcomes_mutex);
  if (response.status < 300) {
    outcomes[std::string(operation->id)].insert("works");
    worked_in[name_of_test()].emplace(operation->id);
  }
  if (response.status == declined && problem)
    outcomes[std::string(operation->id)].emplace(json::view(problem->at("code").as_string()));
}

// Of each operation, the numbers of the kernel by which it failed, by name: those of the parts of a
// batch and of jobs included.
std::map<std::string, std::set<std::string>> errnos;

void note_errnos(const std::string& operation, const json::Value& problem) {
  const auto note = [&](const json::Value& failure) {
    if (const json::Value* name = failure.as_object().if_contains("errno")) {
      const std::lock_guard lock(outcomes_mutex);
      errnos[operation].emplace(json::view(name->as_string()));
    }
  };
  note(problem);
  if (const json::Value* parts = problem.as_object().if_contains("errors"))
    for (const json::Value& part : parts->as_array()) note(part);
}

void note_errnos(const Request& request, const Response& response) {
  const api::Operation* operation = find_operation(request.method, request.target);
  if (!operation || !response.json.is_object()) return;
  if (response.status >= 400)
    note_errnos(std::string(operation->id), response.json);
  else if (operation->id == "job.get" && response.at("/problem").is_object())
    note_errnos(response.text("/operation"), response.at("/problem"));
}

// Whether an option, a property or a feature that capabilities call unavailable is what a fault
// blames.
bool is_known_lack(const api::Operation& operation, const json::Object& fault) {
  const auto text = [&](const char* key) {
    const json::Value* found = fault.if_contains(key);
    return found ? std::string(json::view(found->as_string())) : "";
  };
  const auto is_named = [](const json::Value& object, const char* key, const std::string& value) {
    return object.at(key) == json::Value(value);
  };
  const std::string pointer = text("pointer");
  // A property that the kernel refused is named as a subject.
  const std::string name =
      pointer.empty() ? text("subject") : pointer.substr(pointer.rfind('/') + 1);
  const auto explains = [&](const json::Value& lack, bool fits) {
    return fits && !lack.at("available").as_bool() &&
           (lack.at("since").is_null() ||
            text("detail").find(json::view(lack.at("since").as_string())) != std::string::npos);
  };
  const auto any = [&](const char* list, const auto& fits) {
    return std::ranges::any_of(capabilities().at(list).as_array(),
                               [&](const json::Value& lack) { return explains(lack, fits(lack)); });
  };
  return any("/options",
             [&](const json::Value& option) {
               return is_named(option, "operation", std::string(operation.id)) &&
                      is_named(option, "in", text("in")) && is_named(option, "pointer", pointer);
             }) ||
         any("/properties",
             [&](const json::Value& property) {
               return is_named(property, "property",
                               name.find(':') == std::string::npos ? name : "*:*");
             }) ||
         any("/features", [&](const json::Value& feature) {
           return pointer.starts_with("/features/") ||
                  name == "feature@" + std::string(json::view(feature.at("name").as_string()));
         });
}

// What is declined must be what capabilities say beforehand.
void check_declined(const Request& request, const Response& response) {
  const api::Operation* operation = find_operation(request.method, request.target);
  ASSERT_NE(operation, nullptr);
  if (const std::string code = code_of_lack(*operation); !code.empty()) {
    EXPECT_EQ(response.code(), code);
    if (code == "not_in_this_release")
      EXPECT_NE(response.text("/detail").find(model::to_string(operation->since)),
                std::string::npos);
    return;
  }
  ASSERT_TRUE(response.has("/errors")) << "capabilities call it available";
  for (const json::Value& fault : response.at("/errors").as_array())
    EXPECT_TRUE(is_known_lack(*operation, fault.as_object()))
        << "capabilities say nothing of " << json::serialize(fault);
}

json::Object lists_of(const std::map<std::string, std::set<std::string>>& seen) {
  json::Object object;
  for (const auto& [key, words] : seen) object[key] = json::Array(words.begin(), words.end());
  return object;
}

// What every failure is: a problem document with a known code, of which the status follows.
void check_problem(const Request& request, const Response& response) {
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
  EXPECT_EQ(find_mismatch(response.json, "Problem", served_document()), "");
  const auto row = std::ranges::find(codes(), response.code(), &CodeRow::word);
  ASSERT_NE(row, codes().end()) << "unknown code";
  EXPECT_EQ(row->status, response.status);
  EXPECT_NE(row->code, Code::bug);
  EXPECT_EQ(response.text("/request_id"), response.header("x-request-id"));
  if (response.status == 501) check_declined(request, response);
  if (response.status == 503) EXPECT_NE(response.header("retry-after"), "");
}

// What a success is: the status and the document that the operation declares.
void check_success(const Request& request, const Response& response) {
  const api::Operation* operation = find_operation(request.method, request.target);
  ASSERT_NE(operation, nullptr) << "a success of no operation";
  if (request.method == "HEAD" || request.method == "OPTIONS") return;
  const Contract contract{*operation, response.status, response.header("content-type")};
  EXPECT_EQ(find_mismatch(response.body, contract, served_document()), "");
  if (response.status == 204) EXPECT_EQ(response.body, "");
  if (response.status == 201)
    EXPECT_EQ(response.header("location").empty(), operation->location.empty());
}

}  // namespace

Response send(const Request& request) {
  Response response = transfer(request);
  if (!response.is_whole && request.breaks) return response;
  if (auto parsed = json::parse(response.body); parsed.ok())
    response.json = std::move(parsed).value();
  note_outcome(request, response);
  note_errnos(request, response);
  const testing::ScopedTrace trace(
      __FILE__, __LINE__,
      testing::Message() << request.method << " " << request.target << ", " << response);
  EXPECT_NE(response.header("x-request-id"), "");
  if (response.status >= 400 && request.method != "HEAD") check_problem(request, response);
  if (response.status < 400) check_success(request, response);
  return response;
}

Response get(const std::string& target) {
  return send({.method = "GET", .target = target});
}

Response post(const std::string& target, json::Value body) {
  return send({.method = "POST", .target = target, .body = std::move(body)});
}

Response put(const std::string& target, json::Value body) {
  return send({.method = "PUT", .target = target, .body = std::move(body)});
}

Response patch(const std::string& target, json::Value body) {
  return send({.method = "PATCH", .target = target, .body = std::move(body)});
}

Response del(const std::string& target) {
  return send({.method = "DELETE", .target = target});
}

Response post_and_wait(const std::string& target, json::Value body) {
  return send({.method = "POST",
               .target = target,
               .body = std::move(body),
               .headers = {"Prefer: wait=60"}});
}

Response del_and_wait(const std::string& target) {
  return send({.method = "DELETE", .target = target, .headers = {"Prefer: wait=60"}});
}

const json::Value& Response::at(std::string_view pointer) const {
  std::error_code none;
  const json::Value* found = json.find_pointer(pointer, none);
  if (!found) ADD_FAILURE() << "nothing at " << pointer << " in " << body.substr(0, 2000);
  return found ? *found : nothing;
}

bool Response::has(std::string_view pointer) const {
  std::error_code none;
  return json.find_pointer(pointer, none) != nullptr;
}

std::string Response::text(std::string_view pointer) const {
  const json::Value& value = at(pointer);
  if (value.is_string()) return std::string(json::view(value.get_string()));
  ADD_FAILURE() << "no text at " << pointer << " in " << body.substr(0, 2000);
  return "";
}

std::uint64_t Response::number(std::string_view pointer) const {
  const json::Value& value = at(pointer);
  std::error_code error;
  const auto number = value.to_number<std::uint64_t>(error);
  if (error) ADD_FAILURE() << "no number at " << pointer << " in " << body.substr(0, 2000);
  return error ? 0 : number;
}

std::vector<std::string> Response::texts(std::string_view pointer) const {
  std::vector<std::string> list;
  const json::Value& value = at(pointer);
  if (value.is_array())
    for (const json::Value& one : value.get_array()) list.emplace_back(json::view(one.as_string()));
  return list;
}

std::string Response::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

bool Response::blames(const BadField& field) const {
  if (!has("/errors")) return false;
  return std::ranges::any_of(at("/errors").as_array(), [&](const json::Value& error) {
    const json::Object& object = error.as_object();
    const json::Value* in = object.if_contains("in");
    return in && *in == json::Value(field.in) && object.at("pointer") == json::Value(field.pointer);
  });
}

const json::Value* Response::find_failure(std::string_view subject) const {
  if (!has("/errors")) return nullptr;
  for (const json::Value& error : at("/errors").as_array())
    if (const json::Value* named = error.as_object().if_contains("subject");
        named && *named == json::Value(subject))
      return &error;
  return nullptr;
}

const Response& capabilities() {
  static const Response shown = [] {
    Response response = transfer({.target = "/v1/capabilities"});
    if (auto parsed = json::parse(response.body); parsed.ok())
      response.json = std::move(parsed).value();
    return response;
  }();
  return shown;
}

std::string code_of_lack(const api::Operation& operation) {
  for (const json::Value& row : capabilities().at("/operations").as_array())
    if (row.at("operation") == json::Value(operation.id) && !row.at("code").is_null())
      return std::string(json::view(row.at("code").as_string()));
  return "";
}

const json::Object& served_document() {
  static const json::Value document = [] {
    auto parsed = json::parse(transfer({.target = "/v1/openapi.json"}).body);
    return parsed.ok() ? std::move(parsed).value() : json::Value(json::Object{});
  }();
  return document.as_object();
}

namespace {

// How many words of the pattern stand in the path literally, or nothing if it does not fit.
std::optional<int> fit(std::string_view pattern, std::string_view path) {
  int words = 0;
  while (!pattern.empty() && !path.empty()) {
    const std::size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const std::size_t path_end = std::min(path.find('/', 1), path.size());
    if (pattern[1] != '{') {
      if (pattern.substr(0, pattern_end) != path.substr(0, path_end)) return {};
      ++words;
    }
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
  if (!pattern.empty() || !path.empty()) return {};
  return words;
}

}  // namespace

const api::Operation* find_operation(std::string_view method, std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const api::Operation* best = nullptr;
  int most = -1;
  for (const api::Operation* operation : api::operations()) {
    const auto words = fit(operation->path, path);
    const bool method_fits = method == "OPTIONS" ||
                             api::word_of(operation->method) == (method == "HEAD" ? "GET" : method);
    if (!words || !method_fits || *words <= most) continue;
    most = *words;
    best = operation;
  }
  return best;
}

std::string encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || std::string_view("-._~@:").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

std::string dataset_path(std::string_view name) {
  return "/v1/datasets/" + encode(name);
}
std::string snapshot_path(std::string_view name) {
  return "/v1/snapshots/" + encode(name);
}
std::string bookmark_path(std::string_view name) {
  return "/v1/bookmarks/" + encode(name);
}
std::string pool_path(std::string_view name) {
  return "/v1/pools/" + encode(name);
}

void write_outcomes(const std::string& path) {
  std::ofstream(path) << json::serialize(json::Object{{"engine", variable("ZFSREST_TEST_ENGINE")},
                                                      {"openzfs", variable("ZFSREST_TEST_OPENZFS")},
                                                      {"operations", lists_of(outcomes)},
                                                      {"tests", lists_of(worked_in)},
                                                      {"errnos", lists_of(errnos)}});
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::ostream& operator<<(std::ostream& out, const Response& response) {
  out << "answer " << response.status << ": ";
  if (response.header("content-type") == "application/octet-stream")
    return out << response.body.size() << " bytes";
  return out << response.body.substr(0, 3000);
}

}  // namespace zfsrest::test
