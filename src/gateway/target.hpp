// The request target: split at `/` first, decoded afterwards, each segment once, and nothing
// normalised.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zfsrest::gateway {

struct Target {
  std::vector<std::string> segments;         // decoded
  std::map<std::string, std::string> query;  // decoded; `+` is a blank there, as forms write it
  std::set<std::string> repeated;            // the parameters that stand more than once
};

// Refuses broken percent-encodings, text that is not UTF-8, empty segments, `.` and `..`.
Result<Target> parse_target(std::string_view raw);

}  // namespace zfsrest::gateway
