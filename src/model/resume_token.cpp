#include "model/resume_token.hpp"

#include <algorithm>

namespace zfsrest::model {

Result<ResumeTokenText> ResumeTokenText::parse(std::string_view text) {
  constexpr std::string_view allowed = "0123456789abcdef-";
  const bool is_token = text.starts_with("1-") && text.size() <= most_token_bytes &&
                        text.find_first_not_of(allowed) == std::string_view::npos &&
                        std::ranges::count(text, '-') == 3;
  if (!is_token) return Error::of(Code::bad_request, "not a resume token of ZFS");
  return ResumeTokenText(std::string(text));
}

describe::TextShape ResumeTokenText::shape() {
  return {.name = "ResumeTokenText",
          .pattern = "^1-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$",
          .max_bytes = most_token_bytes,
          .doc = "What the property `receive_resume_token` holds.",
          .example = "1-c9f4-b8-789c63640003"};
}

}  // namespace zfsrest::model
