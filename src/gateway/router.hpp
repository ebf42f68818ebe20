// Which operation a path and a method mean.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.hpp"

namespace zfsrest::gateway {

struct Match {
  const api::Operation* operation = nullptr;
  std::map<std::string, std::string> fields;  // what the path says, by name
};

// All operations that have this path, one per method; empty if there is none. Where a fixed word
// and a `{field}` both fit a segment, the word wins.
std::vector<Match> find_operations(const std::vector<std::string>& segments);

// The methods of those operations as `Allow` lists them, HEAD and OPTIONS included.
std::string allow_of(const std::vector<Match>& matches);

}  // namespace zfsrest::gateway
