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

// Of an operation that runs as a job, or in the kernel.
struct PreparedJob {
  json::Value request;  // as it is written down, without key material
  // Of a job: the checks beforehand. Of what the kernel carries out: its start.
  std::function<Result<Nothing>(ops::Context&)> begin;
};

// How the jobs of an operation are carried on without the request that began them: by what was
// written down. A job has the first two, but for one that only waits, which has no second, and one
// whose request can give keys, which has no first; what the kernel carries out has the others.
struct JobActions {
  Result<Outcome> (*run)(ops::Context&, const json::Value& request) = nullptr;
  Result<ops::Finding> (*judge)(ops::Context&, const store::JobEntry&) = nullptr;
  Result<ops::Finding> (*observe)(const model::PoolStatus&, const store::JobEntry&) = nullptr;
  Result<Nothing> (*control)(ops::Context&, const store::JobEntry&, ops::Control) = nullptr;
};

struct Prepared {
  const api::Operation* operation = nullptr;
  Mode mode = Mode::run;
  std::vector<describe::Need> needs{};  // what it asks for that not every release has
  std::string pool;                     // whose workers run it; empty for none
  std::function<Result<Outcome>(ops::Context&)> run;
  // For lists, in place of `run`: hands each row to the rows and returns what is to be said at the
  // end.
  std::function<Result<json::Object>(ops::Context&, ops::Rows&)> list;
  std::optional<std::uint64_t> limit;  // of a list
  std::optional<PreparedJob> job;
  std::optional<model::JobId> awaited;  // the job whose end a caller may wait for
  // The key that the request gives, and how it becomes what the kernel takes; empty for none.
  std::optional<model::Key> key;
  std::function<Result<zfs::Stretching>(ops::Context&)> read_stretching;
  // What is answered at the deadline in place of a refusal; empty for operations that have nothing
  // such.
  std::function<std::optional<std::string>(const ops::LastSeen&)> late;
};

// One row per operation of the catalogue.
struct Entry {
  const api::Operation* operation;
  Result<Prepared> (*prepare)(const api::Parts& parts);
  JobActions actions;
};

const Entry* find_entry(std::string_view operation_id);

}  // namespace zfsrest::agent
