// A request that was decoded and found good: what is left is to run it. Types end here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/decode.hpp"
#include "api/operation.hpp"
#include "ops/context.hpp"

namespace zfsrest::agent {

enum class Mode : std::uint8_t { run, plan };

struct Outcome {
  std::string body;      // JSON text; empty where there is nothing to say
  std::string location;  // of what was created
};

struct Prepared {
  const api::Operation* operation = nullptr;
  Mode mode = Mode::run;
  std::string pool;  // whose workers run it; empty for none
  std::function<Result<Outcome>(ops::Context&)> run;
  // For lists, in place of `run`: hands each row to the rows and returns what is to be said at the
  // end.
  std::function<Result<json::Object>(ops::Context&, ops::Rows&)> list;
  std::optional<std::uint64_t> limit;  // of a list
  // What is answered at the deadline in place of a refusal; empty for operations that have nothing
  // such.
  std::function<std::optional<std::string>(const ops::LastSeen&)> late;
};

// One row per operation of the catalogue.
struct Entry {
  const api::Operation* operation;
  Result<Prepared> (*prepare)(const api::Parts& parts);
};

const Entry* find_entry(std::string_view operation_id);

}  // namespace zfsrest::agent
