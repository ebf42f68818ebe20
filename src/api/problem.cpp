#include "api/problem.hpp"

#include <fmt/format.h>

#include "api/classify.hpp"
#include "base/errno_name.hpp"

namespace zfsrest::api {
namespace {

// What a number means in this operation, as a sentence: the declaration's, else that of the number
// itself.
std::string sentence_of(int os_errno, const Operation& operation) {
  const Verdict verdict = classify(os_errno, operation);
  if (!verdict.meaning.empty()) return std::string(verdict.meaning);
  if (verdict.code == Code::not_in_this_release && operation.since > model::oldest_release)
    return fmt::format("This needs OpenZFS {}.", model::to_string(operation.since));
  std::string phrase = errno_phrase(os_errno);
  return verdict.code == Code::bug
             ? fmt::format("The kernel's answer was {}: {}.", errno_name(os_errno), phrase)
             : std::string(row_of(verdict.code).meaning);
}

void name_errno(json::Object& object, int os_errno) {
  if (os_errno == 0) return;
  object["errno"] = errno_name(os_errno);
}

json::Object fault_object(const Fault& fault, const Operation& operation) {
  json::Object object;
  if (!fault.in.empty()) object["in"] = fault.in;
  if (!fault.in.empty()) object["pointer"] = fault.pointer;
  if (!fault.subject.empty()) object["subject"] = fault.subject;
  if (fault.code)
    object["code"] = row_of(*fault.code).word;
  else if (fault.os_errno != 0)
    object["code"] = row_of(classify(fault.os_errno, operation).code).word;
  name_errno(object, fault.os_errno);
  object["detail"] = fault.detail.empty() ? sentence_of(fault.os_errno, operation) : fault.detail;
  return object;
}

std::string detail_of(const Error& error, const Operation& operation) {
  if (!error.detail.empty()) return error.detail;
  if (error.faults.size() == 1 && error.faults.front().os_errno != 0)
    return fmt::format("{}: {}", error.faults.front().subject,
                       sentence_of(error.faults.front().os_errno, operation));
  const std::string sentence = sentence_of(error.os_errno, operation);
  return error.subject.empty() ? sentence : fmt::format("{}: {}", error.subject, sentence);
}

}  // namespace

json::Object problem(Code code, std::string_view detail, std::string_view request_id) {
  const CodeRow& row = row_of(code);
  return {{"type", "urn:zfsrest:problem:" + std::string(row.word)},
          {"title", row.title},
          {"status", row.status},
          {"code", row.word},
          {"detail", detail.empty() ? row.meaning : detail},
          {"request_id", request_id}};
}

json::Object problem(const Error& error, const Operation& operation, std::string_view request_id) {
  json::Object object = problem(code_of(error, operation), detail_of(error, operation), request_id);
  if (!error.subject.empty()) object["subject"] = error.subject;
  name_errno(object, error.os_errno);
  if (!error.applied.empty())
    object["applied"] = json::Array(error.applied.begin(), error.applied.end());
  if (!error.faults.empty()) {
    json::Array faults;
    for (const Fault& fault : error.faults) faults.push_back(fault_object(fault, operation));
    object["errors"] = std::move(faults);
  }
  if (error.unreported > 0) object["unreported"] = error.unreported;
  return object;
}

json::Object problem_schema() {
  const json::Object text{{"type", "string"}};
  const auto said = [&](std::string_view description) {
    json::Object schema = text;
    schema["description"] = description;
    return schema;
  };
  json::Array words;
  for (const CodeRow& row : codes()) words.emplace_back(row.word);
  json::Object fault{
      {"type", "object"},
      {"properties",
       {{"in", said("The part of the request that holds a bad field: `path`, `query`, `header` or "
                    "`body`.")},
        {"pointer", said("A JSON pointer to the field in that part.")},
        {"subject", said("The object that failed.")},
        {"code", said("What went wrong with it.")},
        {"errno", said("The kernel's number for it, by name.")},
        {"detail", said("Why, in a sentence.")}}},
      {"required", {"detail"}}};
  return {{"type", "object"},
          {"description", "Why a request failed (RFC 9457)."},
          {"properties",
           {{"type", said("A URN made of the code.")},
            {"title", said("The code in words.")},
            {"status", {{"type", "integer"}, {"description", "The HTTP status."}}},
            {"code",
             {{"type", "string"},
              {"enum", std::move(words)},
              {"description", "What to compare; it never changes."}}},
            {"detail", said("What failed, why, and what to do, in sentences for a person.")},
            {"request_id", said("The id under which the log has this request.")},
            {"subject", said("The object that the request was about.")},
            {"errno", said("The kernel's number, by name; OpenZFS's own are ZFS_ERR_….")},
            {"applied",
             {{"type", "array"},
              {"items", text},
              {"description", "Parts of the change that did take effect."}}},
            {"errors",
             {{"type", "array"},
              {"items", std::move(fault)},
              {"description", "Each bad field or failed object."}}},
            {"unreported",
             {{"type", "integer"}, {"description", "How many more failures there were."}}}}},
          {"required", {"type", "title", "status", "code", "detail", "request_id"}}};
}

}  // namespace zfsrest::api
