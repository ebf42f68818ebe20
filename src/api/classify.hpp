// From an error number to a code: the declaration's rules first, then what a number means
// everywhere.
#pragma once

#include <string>

#include "api/operation.hpp"
#include "base/error.hpp"

namespace zfsrest::api {

struct Verdict {
  Code code;
  std::string_view meaning;  // the declaration's sentence, or empty
};

Verdict classify(int os_errno, const Operation& operation);

// The code of an error: its own if it has one, else the verdict on its errno, else that of its only
// fault.
Code code_of(const Error& error, const Operation& operation);

}  // namespace zfsrest::api
