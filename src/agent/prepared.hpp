// A request that was decoded and found good: what is left is to run it. Types end here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/decode.hpp"
#include "api/operation.hpp"
#include "auth/seal.hpp"
#include "model/stream_head.hpp"
#include "ops/context.hpp"

namespace zfsrest::agent {

enum class Mode : std::uint8_t { run, plan };

struct Outcome {
  std::string body;      // JSON text; empty where there is nothing to say
  std::string location;  // of what was created
  std::string etag{};    // of the object in the body, if it has one
};

// Of an operation that runs as a job, or in the kernel.
struct PreparedJob {
  // Of a job: the checks beforehand. Of what the kernel carries out: its start.
  std::function<Result<Nothing>(ops::Context&)> begin;
};

// Of an operation that sends or receives a stream of ZFS.
struct PreparedTransfer {
  // The checks beforehand.
  std::function<Result<model::StreamHead>(ops::Context&)> open;
  // Sends into the pipe, or receives from it, until that is over.
  std::function<Result<Outcome>(ops::Context&, int pipe)> carry_out;
  // How many bytes have been sent into the pipe; empty of what receives.
  std::function<Result<std::uint64_t>(ops::Context&, int pipe)> count;
};

// How the jobs of an operation are carried on without the request that began them: by what was
// written down. A job has the first two, but for one that only waits, which has no second, and one
// whose request can give keys, which has no first; what receives a stream has the second; what the
// kernel carries out has the others.
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
  // Of a write or a transfer: the request as it is written down, without key material.
  std::function<json::Value()> record;
  // Of an operation that heeds If-Match: the dataset or pool in whose tree its object is, and the
  // object's ETag.
  std::string tagged_tree;
  std::function<Result<std::string>(ops::Context&)> read_etag;
  std::function<Result<Outcome>(ops::Context&)> run;
  // For lists, in place of `run`: hands each row to the rows and returns what is to be said at the
  // end, an object's text.
  std::function<Result<std::string>(ops::Context&, const auth::Seal&, ops::Rows&)> list;
  std::optional<std::uint64_t> limit;  // of a list
  std::optional<PreparedJob> job;
  std::optional<PreparedTransfer> transfer;
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
