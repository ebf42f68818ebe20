#include "gateway/exchange.hpp"

#include <algorithm>

#include "api/problem.hpp"
#include "gateway/accept.hpp"
#include "gateway/prefer.hpp"
#include "gateway/target.hpp"
#include "json/value.hpp"
#include "log/log.hpp"
#include "model/conditions.hpp"
#include "model/stream_head.hpp"
#include "os/random.hpp"

namespace zfsrest::gateway {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view lines_type = "application/x-ndjson";
constexpr std::string_view problem_type = "application/problem+json";
constexpr std::string_view bytes_type = "application/octet-stream";

// What the agent says at the end of a stream that is whole.
constexpr std::string_view stream_is_whole = "ok";

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
  if (operation.body == api::Body::download) return {bytes_type};
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

// The values of a field of the header that says under what conditions a write is meant, as one
// list; the agent judges it. What is not ASCII is no JSON, and nothing that it could accept.
Result<std::optional<std::string>> condition_of(const http::RequestHead& head,
                                                std::string_view field) {
  std::optional<std::string> text;
  for (const std::string_view value : head.values(field)) {
    if (!std::ranges::all_of(value, [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); }))
      return model::bad_header_field(field, "this field may have ASCII characters only");
    text = text ? *text + ", " + std::string(value) : std::string(value);
  }
  return text;
}

// What has no effect may be repeated anyway.
Result<std::optional<std::string>> idempotency_key_of(const http::RequestHead& head,
                                                      const api::Operation& operation) {
  constexpr std::string_view field = "Idempotency-Key";
  if (api::is_read(operation) || !head.find(field)) return std::optional<std::string>();
  if (!api::takes_key(operation))
    return model::bad_header_field(
        field, "a stream takes no key: what was received already is told by its guid");
  return condition_of(head, field);
}

// One that is passed over would be taken for one that was heeded.
Result<std::optional<std::string>> if_match_of(const http::RequestHead& head,
                                               const api::Operation& operation) {
  constexpr std::string_view field = "If-Match";
  if (!head.find(field)) return std::optional<std::string>();
  if (api::if_match_field(operation).empty())
    return model::bad_header_field(
        field,
        "this operation changes no object that has an ETag, and so does not "
        "heed If-Match");
  return condition_of(head, field);
}

json::Object texts(const std::map<std::string, std::string>& map) {
  json::Object object;
  for (const auto& [key, value] : map) object[key] = value;
  return object;
}

// Of what is below a key nothing is repeated, not even names.
Error in_body(Error error) {
  for (Fault& fault : error.faults) {
    fault.in = "body";
    constexpr std::string_view key = "/key/";
    if (const std::size_t found = fault.pointer.find(key); found != fault.pointer.npos)
      fault.pointer.resize(found + key.size() - 1);
  }
  return error;
}

// The body as it came, once it is known to be an object; empty if there is none.
Result<std::string_view> checked_body(const http::Request& request, const Routed& routed) {
  if (!api::takes_body(*routed.match.operation) || request.body.empty()) return std::string_view();
  // What is needed for looking is gone before the next body is looked at, however long this one
  // stays.
  os::Arena memory;
  const auto is_object = json::is_object(request.body, memory);
  if (!is_object.ok()) return in_body(is_object.error());
  if (!is_object.value()) return Error::of(Code::bad_request, "the body must be a JSON object");
  return request.body;
}

// Whoever sends two values of a parameter may mean either.
Result<Nothing> check_query(const Target& target) {
  if (target.repeated.empty()) return Nothing{};
  Error error = Error::of(Code::bad_request, "a parameter stands twice in the query");
  for (const std::string& name : target.repeated)
    error.faults.push_back({.in = "query",
                            .pointer = "/" + json::pointer_token(name),
                            .detail = "the parameter stands twice"});
  return error;
}

// The one object that the agent decodes, in the memory of the request.
Result<link::Frame> message_of(const http::Request& request, const Routed& routed,
                               const std::string& request_id) {
  TRY(check_query(routed.target));
  json::Object object{{"operation", routed.match.operation->id}, {"request_id", request_id}};
  if (auto token = TRY(token_of(request.head))) object["token"] = *token;
  if (!request.origin->handle.empty()) object["handle"] = request.origin->handle;
  if (routed.media_type == lines_type) object["shape"] = "lines";
  if (routed.wait.count() > 0) object["wait_seconds"] = routed.wait.count();
  if (request.head.method == "HEAD") object["head_only"] = true;
  if (auto key = TRY(idempotency_key_of(request.head, *routed.match.operation)))
    object["idempotency_key"] = *key;
  if (auto match = TRY(if_match_of(request.head, *routed.match.operation)))
    object["if_match"] = *match;
  if (request.head.content_length) object["body_bytes"] = *request.head.content_length;
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
  if (!frame.etag.empty()) response.fields.push_back({"ETag", '"' + frame.etag + '"'});
  return with_id(std::move(response), request_id);
}

// The code that a problem document of the agent names.
Code code_of(const std::string& document) {
  auto value = json::parse(document);
  const json::Value* code = value.ok() && value.value().is_object()
                                ? value.value().get_object().if_contains("code")
                                : nullptr;
  return code && code->is_string() ? find_code(json::view(code->get_string())) : Code::bug;
}

// The head of a stream of ZFS, as the agent gives it.
model::StreamHead head_of(const std::string& payload) {
  auto value = json::parse(payload);
  describe::Report report;
  if (!value.ok()) return {};
  return describe::decode<model::StreamHead>(value.value(), describe::Spot(report, "head"))
      .value_or(model::StreamHead{});
}

http::Response with_head(http::Response response, const model::StreamHead& head) {
  response.fields.push_back({"Content-Type", std::string(bytes_type)});
  response.fields.push_back({"Cache-Control", "no-store"});
  if (head.job) response.fields.push_back({"Location", "/v1/jobs/" + head.job->text()});
  if (head.estimated_bytes)
    response.fields.push_back({"Zfsrest-Estimated-Bytes", std::to_string(*head.estimated_bytes)});
  return response;
}

// What went wrong before the first byte is said as a problem.
boost::asio::awaitable<std::optional<http::Response>> failure_of(
    std::shared_ptr<AgentLink::Rest> rest, std::string request_id) {
  std::string end = co_await AgentLink::wait_stream_end(std::move(rest));
  if (end.empty())
    co_return problem_of(Code::agent_away, "the agent ended before the first byte", request_id);
  const Code code = code_of(end);
  co_return problem_response(code, std::move(end), request_id);
}

// What the agent writes, and says of it at its end; it can fail as a whole until its first byte.
http::FdBody body_of(os::Fd source, const std::shared_ptr<AgentLink::Rest>& rest,
                     const std::string& request_id) {
  return {.source = std::move(source),
          .succeeded = [rest]() -> boost::asio::awaitable<bool> {
            co_return co_await AgentLink::wait_stream_end(rest) == stream_is_whole;
          },
          .instead = [rest, request_id] { return failure_of(rest, request_id); }};
}

// A list as lines.
http::Response lines_response(AgentLink::Answer answer, const std::string& request_id) {
  return with_id({.status = 200,
                  .fields = {{"Content-Type", std::string(lines_type)}},
                  .body = body_of(std::move(answer.frame.descriptor), answer.rest, request_id)},
                 request_id);
}

http::Response download_response(const std::shared_ptr<AgentLink>& link, AgentLink::Answer answer,
                                 const std::string& request_id) {
  const model::StreamHead head = head_of(answer.frame.payload);
  http::FdBody body = body_of(std::move(answer.frame.descriptor), answer.rest, request_id);
  body.bytes_per_second = head.bytes_per_second;
  body.first_byte = link->longest_patience();
  body.abandoned = [link, rest = std::move(answer.rest)] { link->abandon(*rest); };
  return with_id(with_head({.status = 200, .body = std::move(body)}, head), request_id);
}

// What there would be to say of a stream, without the stream.
http::Response head_response(const link::Frame& frame, const std::string& request_id) {
  return with_id(with_head({.status = 200, .body = http::FdBody{}}, head_of(frame.payload)),
                 request_id);
}

boost::asio::awaitable<http::Response> uploaded(const api::Operation& operation,
                                                std::shared_ptr<AgentLink::Rest> rest,
                                                std::string request_id) {
  auto answered = co_await AgentLink::wait_answer(std::move(rest));
  if (const auto* error = std::get_if<Error>(&answered))
    co_return problem_of(*error->code, error->detail, request_id);
  link::Frame frame = std::move(std::get<link::Frame>(answered));
  if (frame.kind == link::Kind::document)
    co_return document_response(operation, std::move(frame), request_id, false);
  const Code code = code_of(frame.payload);
  co_return problem_response(code, std::move(frame.payload), request_id);
}

http::Response upload_response(const std::shared_ptr<AgentLink>& link,
                               const api::Operation& operation, AgentLink::Answer answer,
                               const std::string& request_id) {
  const model::StreamHead head = head_of(answer.frame.payload);
  const auto rest = std::move(answer.rest);
  return {.status = 200,
          .body = http::FdSink{
              .sink = std::move(answer.frame.descriptor),
              .finished = [&operation, rest,
                           request_id] { return uploaded(operation, rest, request_id); },
              .bytes_per_second = head.bytes_per_second,
              .moved = [link, rest](std::uint64_t bytes) { link->tell_moved(*rest, bytes); }}};
}

http::Response stream_response(const std::shared_ptr<AgentLink>& link,
                               const api::Operation& operation, AgentLink::Answer answer,
                               const std::string& request_id) {
  if (!answer.frame.descriptor)
    return problem_of(Code::overloaded, "out of file descriptors", request_id);
  if (answer.frame.kind == link::Kind::upload)
    return upload_response(link, operation, std::move(answer), request_id);
  return answer.frame.payload.empty() ? lines_response(std::move(answer), request_id)
                                      : download_response(link, std::move(answer), request_id);
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

http::Response response_of(const std::shared_ptr<AgentLink>& link, const Routed& routed,
                           AgentLink::Answer answer, const std::string& request_id) {
  switch (answer.frame.kind) {
    case link::Kind::document:
      if (routed.match.operation->body == api::Body::download)
        return head_response(answer.frame, request_id);
      return document_response(*routed.match.operation, std::move(answer.frame), request_id,
                               is_plan(routed));
    case link::Kind::accepted: {
      http::Response response =
          document_response(*routed.match.operation, std::move(answer.frame), request_id, false);
      response.status = 202;
      return response;
    }
    case link::Kind::stream:
    case link::Kind::upload:
      return stream_response(link, *routed.match.operation, std::move(answer), request_id);
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

// A stream says itself what it is; what must not be is that the client means something else.
std::optional<http::Response> check_upload(const http::RequestHead& head) {
  if (head.find("Content-Range"))
    return refuse(Code::bad_request,
                  "a stream is not continued by Content-Range, but by a stream that was resumed "
                  "where it is sent");
  const auto type = head.find("Content-Type");
  if (type && *type != bytes_type) return refuse(Code::media_type, "");
  return {};
}

}  // namespace

http::Response refuse(Code code, std::string detail) {
  const std::string request_id = make_request_id();
  if (code != Code::bug) return problem_of(code, detail, request_id);
  // What went wrong inside is for the log; the caller gets the id to find it by.
  log::line(log::Level::error, "bug", {{"request_id", request_id}, {"detail", detail}});
  return problem_of(code, "", request_id);
}

bool streams(const http::RequestHead& head) {
  if (head.method != "PUT") return false;
  const auto routing = route(head);
  const auto* routed = std::get_if<Routed>(&routing);
  return routed && routed->match.operation->body == api::Body::upload;
}

std::optional<http::Response> check_head(const http::RequestHead& head) {
  auto routed = route(head);
  if (auto* response = std::get_if<http::Response>(&routed)) return std::move(*response);
  const api::Operation& operation = *std::get<Routed>(routed).match.operation;
  if (operation.body == api::Body::upload) return check_upload(head);
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

bool is_page(const http::RequestHead& head) {
  // No list lies deeper, and what is asked for most often does.
  constexpr std::string_view root = "/v1/";
  const std::string_view path = std::string_view(head.target).substr(0, head.target.find('?'));
  if (!path.starts_with(root) || path.find('/', root.size()) != std::string_view::npos)
    return false;
  const auto routing = route(head);
  const auto* routed = std::get_if<Routed>(&routing);
  return routed && effect_of(*routed) == AgentLink::Effect::page;
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
    co_return problem_response(
        *message.error().code,
        json::serialize(api::problem(message.error(), operation, request_id)), request_id);
  auto outcome = co_await link->call(std::move(message.value()), effect_of(routed),
                                     {.longest = routed.wait, .hurry = request.hurry});
  if (auto* answered = std::get_if<AgentLink::Answer>(&outcome)) {
    const bool has_waited = answered->frame.has_waited;
    http::Response response = response_of(link, routed, std::move(*answered), request_id);
    if (has_waited)
      response.fields.push_back(
          {"Preference-Applied", "wait=" + std::to_string(routed.wait.count())});
    co_return response;
  }
  const Error& error = std::get<Error>(outcome);
  co_return problem_of(*error.code, error.detail, request_id);
}

}  // namespace zfsrest::gateway
