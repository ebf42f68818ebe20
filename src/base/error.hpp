// What a function reports when it fails: numbers, names and sentences, nothing of HTTP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/code.hpp"

namespace zfsrest {

// One part of a failure: a bad field of the request, or one object of a batch.
struct Fault {
  std::string in{};       // "body", "query", "path" or "header" for a bad field, else empty
  std::string pointer{};  // JSON pointer to the bad field inside `in`
  std::string subject{};  // the object that failed
  std::optional<Code> code{};
  int os_errno = 0;
  std::string detail{};
};

struct Error {
  // Set where the reporter knows; otherwise the operation's declaration says what `os_errno` means.
  std::optional<Code> code{};
  int os_errno = 0;
  std::string subject{};
  std::string detail{};
  std::vector<Fault> faults{};
  std::vector<std::string> applied{};  // parts of a non-atomic change that did take effect
  std::uint64_t unreported = 0;        // failures that the kernel counted but did not name

  static Error of(Code code, std::string detail) {
    return {.code = code, .detail = std::move(detail)};
  }
  static Error of_errno(int os_errno, std::string subject) {
    return {.os_errno = os_errno, .subject = std::move(subject)};
  }
};

}  // namespace zfsrest
