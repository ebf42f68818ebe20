#include "api/openapi.hpp"

#include "api/catalogue.hpp"
#include "api/decode.hpp"
#include "api/problem.hpp"
#include "base/errno_name.hpp"
#include "model/job.hpp"
#include "model/page.hpp"

namespace zfsrest::api {
namespace {

using describe::Schemas;

json::Object parameter(std::string_view name, std::string_view in, std::string_view doc,
                       bool needed, json::Object schema) {
  schema.erase("description");
  json::Object object{
      {"name", name}, {"in", in}, {"description", doc}, {"schema", std::move(schema)}};
  if (needed) object["required"] = true;
  if (in == "query" && object["schema"].as_object().contains("items")) object["explode"] = false;
  return object;
}

template <class Op>
json::Array parameters(Schemas& schemas) {
  json::Array list;
  each_request_field<Op>([&](const auto& field) {
    const Carrier carrier = carrier_of(Op::operation, field);
    if (carrier == Carrier::body) return;
    list.push_back(parameter(field.name, word_of(carrier), describe::doc_of(field),
                             field.presence == describe::Presence::required,
                             carried_schema(carrier, field, schemas)));
  });
  if (heeds_wait(Op::operation))
    list.push_back(parameter("Prefer", "header",
                             "`wait=N`: answer when the job has ended, after N seconds at the "
                             "latest.",
                             false, {{"type", "string"}}));
  if (takes_key(Op::operation))
    list.push_back(
        parameter("Idempotency-Key", "header",
                  "1 to 255 visible ASCII characters: who sends the request again with "
                  "the same key gets the answer of the first, and nothing is done again.",
                  false, {{"type", "string"}}));
  if (!if_match_field(Op::operation).empty())
    list.push_back(parameter("If-Match", "header",
                             "The ETags, one of which the " +
                                 std::string(if_match_field(Op::operation)) +
                                 " must have for anything to be changed.",
                             false, {{"type", "string"}}));
  return list;
}

// The schema of the fields that travel in the body, or nothing if there are none.
template <class Op>
std::optional<json::Object> body_schema(Schemas& schemas) {
  json::Object properties;
  json::Array needed;
  each_request_field<Op>([&](const auto& field) {
    if (carrier_of(Op::operation, field) != Carrier::body) return;
    properties[field.name] = describe::field_schema(field, schemas);
    if (field.presence == describe::Presence::required) needed.emplace_back(field.name);
  });
  if (properties.empty()) return {};
  json::Object schema{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!needed.empty()) schema["required"] = std::move(needed);
  return schema;
}

json::Object content(json::Object schema) {
  return {{"application/json", {{"schema", std::move(schema)}}}};
}

// Adds the answer to `plan=true`, which has the status of an ordinary answer where that is a
// document.
void add_plan(json::Object& responses, json::Object plan) {
  json::Value& answer = responses["200"];
  if (answer.is_null()) {
    answer = {{"description", "With `plan=true`: what would be done."},
              {"content", content(std::move(plan))}};
    return;
  }
  answer.as_object()["description"] = "The answer; with `plan=true`: what would be done.";
  json::Value& schema = answer.at("content").at("application/json").as_object()["schema"];
  schema = {{"anyOf", json::Array{std::move(schema), std::move(plan)}}};
}

json::Object stream_content() {
  return {{"application/octet-stream", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}};
}

// The answer that is a stream.
json::Object stream_answer() {
  const auto header = [](std::string_view text, std::string_view type) {
    return json::Object{{"description", text}, {"schema", {{"type", type}}}};
  };
  return {{"description", "The stream."},
          {"headers",
           {{"Location", header("The job of the transfer.", "string")},
            {"Zfsrest-Estimated-Bytes",
             header("About how many bytes it will have, where that is known.", "integer")}}},
          {"content", stream_content()}};
}

template <class Op>
json::Object responses(Schemas& schemas) {
  constexpr const Operation& operation = Op::operation;
  json::Object all;
  if constexpr (operation.body == Body::download) {
    all["200"] = stream_answer();
  } else if constexpr (operation.success == Success::no_content) {
    all["204"] = {{"description", "Done."}};
  } else {
    json::Object answer{
        {"description", operation.success == Success::created ? "Created." : "The answer."},
        {"content", content(describe::schema<typename Op::Response>(schemas))}};
    if constexpr (operation.form == Form::rows) {
      json::Object line{{"anyOf", json::Array{describe::schema<typename Op::Response::Row>(schemas),
                                              describe::schema<model::PageEnd>(schemas)}}};
      answer["content"].as_object()["application/x-ndjson"] = {{"schema", std::move(line)}};
    }
    all[operation.success == Success::created ? "201" : "200"] = std::move(answer);
  }
  if constexpr (operation.runs == Runs::as_job || operation.runs == Runs::in_kernel) {
    const std::string_view waited = "Ended while the caller waited. ";
    for (auto& [status, answer] : all) {
      json::Value& text = answer.as_object()["description"];
      text = std::string(waited) + std::string(json::view(text.as_string()));
    }
    all["202"] = {{"description", "It goes on as this job."},
                  {"headers",
                   {{"Location", {{"description", "The job."}, {"schema", {{"type", "string"}}}}}}},
                  {"content", content(describe::schema<model::Job>(schemas))}};
  }
  if constexpr (operation.plans == Plans::yes)
    add_plan(all, describe::schema<model::Plan>(schemas));
  if (operation.lane != Lane::gateway)
    all["default"] = {{"$ref", "#/components/responses/Problem"}};
  return all;
}

json::Array texts(const auto& list) {
  json::Array array;
  for (const std::string_view text : list) array.emplace_back(text);
  return array;
}

// What each number of the kernel means here.
json::Object errnos(const Operation& operation) {
  json::Object object;
  for (const ErrnoRule& rule : operation.errors)
    object[errno_name(rule.os_errno)] = {{"code", row_of(rule.code).word},
                                         {"description", rule.meaning}};
  return object;
}

template <class Op>
json::Object operation_object(Schemas& schemas) {
  constexpr const Operation& operation = Op::operation;
  json::Object object{
      {"operationId", operation.id},
      {"summary", operation.summary},
      {"tags", json::Array{json::Value(operation.id.substr(0, operation.id.find('.')))}}};
  if (const std::string text = description_of(operation); !text.empty())
    object["description"] = text;
  if (json::Array list = parameters<Op>(schemas); !list.empty())
    object["parameters"] = std::move(list);
  if (auto schema = body_schema<Op>(schemas)) {
    const bool needed = schema->contains("required");
    object["requestBody"] = {{"required", needed}, {"content", content(std::move(*schema))}};
  }
  if (operation.body == Body::upload)
    object["requestBody"] = {{"required", true}, {"content", stream_content()}};
  object["responses"] = responses<Op>(schemas);
  object["x-zfs-functions"] = texts(operation.functions);
  object["x-role"] = word_of(operation.role);
  if (operation.errors.size() > 0) object["x-errnos"] = errnos(operation);
  if (operation.since > model::oldest_release) describe::mark_since(object, operation.since);
  if (operation.engine) object["x-engine"] = describe::encode(*operation.engine);
  if (operation.role == Role::none) object["security"] = json::Array{};
  return object;
}

std::string lower(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = static_cast<char>(c | 0x20);
  return text;
}

}  // namespace

json::Object openapi_document() {
  Schemas schemas;
  json::Object paths;
  each_operation(Catalogue{}, [&]<class Op>() {
    json::Value& path = paths[Op::operation.path];
    if (!path.is_object()) path = json::Object{};
    path.get_object()[lower(word_of(Op::operation.method))] = operation_object<Op>(schemas);
  });
  schemas.define("Problem", problem_schema());
  json::Object problem_answer{
      {"description", "The request failed; `code` says how."},
      {"content", {{"application/problem+json", {{"schema", Schemas::reference("Problem")}}}}}};
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "zfsrest"},
            {"version", "1"},
            {"summary", "OpenZFS as typed HTTP operations."},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"servers", json::Array{json::Object{{"url", "/"}}}},
          {"security", json::Array{json::Object{{"bearer", json::Array{}}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", schemas.all()},
            {"responses", {{"Problem", std::move(problem_answer)}}},
            {"securitySchemes",
             {{"bearer",
               {{"type", "http"},
                {"scheme", "bearer"},
                {"description", "A token of the daemon."}}}}}}}};
}

}  // namespace zfsrest::api
