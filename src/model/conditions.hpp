// What a caller may say of a write in the header: under which key it may be repeated, and of what
// state of the object it was meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zfsrest::model {

// The refusal of a field of the header, and why.
Error bad_header_field(std::string_view field, const std::string& why);

// The value of Idempotency-Key: 1 to 255 visible ASCII characters, compared as they are.
struct IdempotencyKey {
  std::string text;

  // Fails with bad_request.
  static Result<IdempotencyKey> parse(std::string_view text);
};

// The value of If-Match (RFC 9110, 13.1.1).
struct IfMatch {
  std::string text{};             // as it came
  bool is_any = false;            // `*`
  std::vector<std::string> tags;  // opaque parts of strong entity tags; weak ones never match

  // Whether the object whose entity tag is `tag` is one that was meant.
  bool admits(std::string_view tag) const;

  // Fails with bad_request.
  static Result<IfMatch> parse(std::string_view text);
};

}  // namespace zfsrest::model
