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

}  // namespace zfsrest::model
