#include "gateway/exchange.hpp"

#include <algorithm>

#include "api/problem.hpp"
#include "gateway/accept.hpp"
#include "gateway/prefer.hpp"
#include "gateway/target.hpp"
#include "json/value.hpp"
#include "log/log.hpp"
#include "os/random.hpp"

namespace zfsrest::gateway {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view lines_type = "application/x-ndjson";
constexpr std::string_view problem_type = "application/problem+json";

std::string make_request_id() {
  constexpr std::size_t bytes = 8;
  return os::random_hex(bytes);
}

// A request whose path and method mean an operation.
struct Routed {
  Target target;
  Match match;
  std::string_view media_type;  // of the answer
  std::chrono::seconds wait;    // for a job to end
};

http::Response with_id(http::Response response, const std::string& request_id) {
  response.fields.push_back({"X-Request-Id", request_id});
  return response;
}

http::Response problem_response(Code code, std::string body, const std::string& request_id) {
  http::Response response{.status = row_of(code).status,
                          .fields = {{"Content-Type", std::string(problem_type)}},
                          .body = std::move(body)};
  if (response.status == 401)
    response.fields.push_back({"WWW-Authenticate", "Bearer realm=\"zfsrest\""});
  if (response.status == 503) response.fields.push_back({"Retry-After", "1"});
  return with_id(std::move(response), request_id);
}

http::Response problem_of(Code code, std::string_view detail, const std::string& request_id) {
  return problem_response(code, json::serialize(api::problem(code, detail, request_id)),
                          request_id);
}

http::Response with_allow(http::Response response, std::string methods) {
  response.fields.push_back({"Allow", std::move(methods)});
  return response;
}

http::Response options(std::string methods) {
  return with_allow(
      with_id({.status = 204, .fields = {}, .body = std::string()}, make_request_id()),
      std::move(methods));
}

std::vector<std::string_view> offers_of(const api::Operation& operation) {
  if (operation.form == api::Form::rows) return {json_type, lines_type};
  return {json_type};
}

// What a request means, or the response that ends it.
std::variant<Routed, http::Response> route(const http::RequestHead& head) {
  if (head.target == "*") return options("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  auto target = parse_target(head.target);
  if (!target.ok()) return refuse(*target.error().code, target.error().detail);
  std::vector<Match> matches = find_operations(target.value().segments);
  if (matches.empty()) return refuse(Code::no_such_path, "");
  if (head.method == "OPTIONS") return options(allow_of(matches));
  const std::string_view method = head.method == "HEAD" ? "GET" : std::string_view(head.method);
  const auto match = std::ranges::find_if(
      matches, [&](const Match& one) { return api::word_of(one.operation->method) == method; });
  if (match == matches.end())
    return with_allow(refuse(Code::method_not_allowed, ""), allow_of(matches));
  const auto media_type = choose_media_type(head.values("Accept"), offers_of(*match->operation));
  if (!media_type) return refuse(Code::not_acceptable, "");
  return Routed{.target = std::move(target.value()),
                .match = std::move(*match),
                .media_type = *media_type,
                .wait = api::heeds_wait(*match->operation) ? wait_of(head.values("Prefer"))
                                                           : std::chrono::seconds(0)};
}

// The bearer token that the request carries; a refusal if it carries something else.
Result<std::optional<std::string>> token_of(const http::RequestHead& head) {
  const auto field = head.find("Authorization");
  if (!field) return std::optional<std::string>();
  constexpr std::string_view scheme = "bearer ";
  std::string beginning(field->substr(0, scheme.size()));
  for (char& c : beginning) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (beginning != scheme)
    return Error::of(Code::unauthenticated, "the only authorization understood is a bearer token");
  std::string token(field->substr(scheme.size()));
  token.erase(0, token.find_first_not_of(' '));
  // No token has other characters, and the agent could not even be asked about some of them: what
  // is not UTF-8 is no JSON.
  if (std::ranges::any_of(token, [](char c) { return c < ' ' || c > '~'; }))
    return Error::of(Code::unauthenticated, "the bearer token is not valid");
  return std::optional(std::move(token));
}

json::Object texts(const std::map<std::string, std::string>& map) {
  json::Object object;
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

// The body as it came, once it is known to be an object; empty if there is none.
Result<std::string_view> checked_body(const http::Request& request, const Routed& routed) {
  if (!api::takes_body(*routed.match.operation) || request.body.empty()) return std::string_view();
  const json::Value body = TRY(json::parse(request.body, *request.memory));
  if (!body.is_object()) return Error::of(Code::bad_request, "the body must be a JSON object");
  return request.body;
}

// The one object that the agent decodes, in the memory of the request.
Result<link::Frame> message_of(const http::Request& request, const Routed& routed,
                               const std::string& request_id) {
  json::Object object{{"operation", routed.match.operation->id}, {"request_id", request_id}};
  if (auto token = TRY(token_of(request.head))) object["token"] = *token;
  if (!request.origin->handle.empty()) object["handle"] = request.origin->handle;
  if (routed.media_type == lines_type) object["shape"] = "lines";
  if (routed.wait.count() > 0) object["wait_seconds"] = routed.wait.count();
  object["path"] = texts(routed.match.fields);
  object["query"] = texts(routed.target.query);
  const std::string_view body = TRY(checked_body(request, routed));
  std::string rest = json::serialize(object);
  if (!body.empty()) rest.replace(rest.size() - 1, 1, ",\"body\":");
  const std::string_view end = body.empty() ? "" : "}";
  const std::size_t size = rest.size() + body.size() + end.size();
  const std::span text(static_cast<char*>(request.memory->allocate(size, 1)), size);
  auto at = text.begin();
  for (const std::string_view part : {std::string_view(rest), body, end})
    at = std::ranges::copy(part, at).out;
  return link::Frame{
      .kind = link::Kind::request, .memory = request.memory, .request = {text.data(), text.size()}};
}

http::Response document_response(const api::Operation& operation, link::Frame frame,
                                 const std::string& request_id, bool is_plan) {
  if (frame.descriptor) {
    auto body = os::read_memory_file(frame.descriptor.get());
    if (!body.ok()) return refuse(Code::bug, "the answer cannot be read");
    frame.payload = std::move(body.value());
  }
  http::Response response{.status = 200, .fields = {}, .body = std::move(frame.payload)};
  if (std::get<std::string>(response.body).empty())
    response.status = 204;
  else
    response.fields.push_back({"Content-Type", std::string(json_type)});
  if (operation.success == api::Success::created && !is_plan) response.status = 201;
  if (!frame.location.empty()) response.fields.push_back({"Location", std::move(frame.location)});
  return with_id(std::move(response), request_id);
}

http::Response stream_response(AgentLink::Answer answer, const std::string& request_id) {
  if (!answer.frame.descriptor)
    return problem_of(Code::overloaded, "out of file descriptors", request_id);
  return with_id({.status = 200,
                  .fields = {{"Content-Type", std::string(lines_type)}},
                  .body = http::FdBody{.source = std::move(answer.frame.descriptor),
                                       .succeeded =
                                           [end = std::move(answer.stream_end)] {
                                             return AgentLink::wait_stream_end(end);
                                           }}},
                 request_id);
}

// The code that a problem document of the agent names.
Code code_of(const std::string& document) {
  auto value = json::parse(document);
  const json::Value* code = value.ok() && value.value().is_object()
                                ? value.value().get_object().if_contains("code")
                                : nullptr;
  return code && code->is_string() ? find_code(json::view(code->get_string())) : Code::bug;
}

bool is_plan(const Routed& routed) {
  const auto plan = routed.target.query.find("plan");
  return routed.match.operation->plans == api::Plans::yes && plan != routed.target.query.end() &&
         plan->second == "true";
}

AgentLink::Effect effect_of(const Routed& routed) {
  const api::Operation& operation = *routed.match.operation;
  if (operation.form == api::Form::rows && routed.media_type == json_type)
    return AgentLink::Effect::page;
  return api::is_read(operation) || is_plan(routed) ? AgentLink::Effect::read
                                                    : AgentLink::Effect::write;
}

http::Response response_of(const Routed& routed, AgentLink::Answer answer,
                           const std::string& request_id) {
  switch (answer.frame.kind) {
    case link::Kind::document:
      return document_response(*routed.match.operation, std::move(answer.frame), request_id,
                               is_plan(routed));
    case link::Kind::accepted: {
      http::Response response =
          document_response(*routed.match.operation, std::move(answer.frame), request_id, false);
      response.status = 202;
      return response;
    }
    case link::Kind::stream:
      return stream_response(std::move(answer), request_id);
    default: {
      const Code code = code_of(answer.frame.payload);
      return problem_response(code, std::move(answer.frame.payload), request_id);
    }
  }
}

http::Response alive(const std::string& request_id) {
  return with_id(
      {.status = 200,
       .fields = {{"Content-Type", std::string(json_type)}, {"Cache-Control", "no-store"}},
       .body = "{\"status\":\"alive\"}"},
      request_id);
}

}  // namespace

http::Response refuse(Code code, std::string detail) {
  const std::string request_id = make_request_id();
  if (code != Code::bug) return problem_of(code, detail, request_id);
  // What went wrong inside is for the log; the caller gets the id to find it by.
  log::line(log::Level::error, "bug", {{"request_id", request_id}, {"detail", detail}});
  return problem_of(code, "", request_id);
}

std::optional<http::Response> check_head(const http::RequestHead& head) {
  auto routed = route(head);
  if (auto* response = std::get_if<http::Response>(&routed)) return std::move(*response);
  const api::Operation& operation = *std::get<Routed>(routed).match.operation;
  if (!head.has_body()) return {};
  if (!api::takes_body(operation)) return refuse(Code::bad_request, "this operation takes no body");
  const auto type = head.find("Content-Type");
  if (!type || !is_json(*type)) return refuse(Code::media_type, "");
  return {};
}

bool waits(const http::RequestHead& head) {
  if (!head.find("Prefer")) return false;
  const auto routing = route(head);
  const auto* routed = std::get_if<Routed>(&routing);
  return routed && routed->wait.count() > 0;
}

boost::asio::awaitable<http::Response> answer(std::shared_ptr<AgentLink> link,
                                              http::Request request) {
  auto routing = route(request.head);
  if (auto* response = std::get_if<http::Response>(&routing)) co_return std::move(*response);
  Routed& routed = std::get<Routed>(routing);
  if (request.hurry && request.hurry->is_said()) routed.wait = {};
  const api::Operation& operation = *routed.match.operation;
  const std::string request_id = make_request_id();
  if (operation.lane == api::Lane::gateway) co_return alive(request_id);
  auto message = message_of(request, routed, request_id);
  // It may take long from here, and nobody needs the body any more. The parser resolves escapes on
  // the stack.
  request.memory.reset();
  os::wipe_stack();
  if (!message.ok())
    co_return problem_of(*message.error().code, message.error().detail, request_id);
  auto outcome = co_await link->call(std::move(message.value()), effect_of(routed),
                                     {.longest = routed.wait, .hurry = request.hurry});
  if (auto* answered = std::get_if<AgentLink::Answer>(&outcome)) {
    const bool has_waited = answered->frame.has_waited;
    http::Response response = response_of(routed, std::move(*answered), request_id);
    if (has_waited)
      response.fields.push_back(
          {"Preference-Applied", "wait=" + std::to_string(routed.wait.count())});
    co_return response;
  }
  const Error& error = std::get<Error>(outcome);
  co_return problem_of(*error.code, error.detail, request_id);
}

}  // namespace zfsrest::gateway
