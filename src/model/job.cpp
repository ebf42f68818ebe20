#include "model/job.hpp"

#include <charconv>

namespace zfsrest::model {

Result<JobId> JobId::parse(std::string_view text) {
  JobId id;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, id.value);
  if (error != std::errc() || stop != end)
    return Error::of(Code::bad_request, "the number of a job is a decimal number");
  return id;
}

describe::TextShape JobId::shape() {
  return {.name = "JobId",
          .pattern = "^[0-9]{1,20}$",
          .max_bytes = 20,
          .doc = "The number of a job as a decimal string.",
          .example = "17"};
}

Result<OperationId> OperationId::parse(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_.";
  const std::size_t dot = text.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == text.size() ||
      text.find_first_not_of(letters) != std::string_view::npos)
    return Error::of(Code::bad_request, "the id of an operation is like pool.scrub");
  return OperationId{std::string(text)};
}

describe::TextShape OperationId::shape() {
  return {.name = "OperationId",
          .pattern = "^[a-z][a-z_]*\\.[a-z_.]+$",
          .doc = "The id of an operation of this API.",
          .example = "pool.scrub"};
}

}  // namespace zfsrest::model
