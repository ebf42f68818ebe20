// Jobs: what takes long, with how far it has come and how it ended.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "describe/codec.hpp"
#include "model/skipped.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

// The number of a job, which no other job of this state directory ever had, written as a decimal
// string.
struct JobId {
  std::uint64_t value = 0;

  std::string text() const { return std::to_string(value); }
  static Result<JobId> parse(std::string_view text);
  static describe::TextShape shape();
  friend auto operator<=>(const JobId&, const JobId&) = default;
};

// The id of an operation, like `pool.scrub`.
struct OperationId {
  std::string id;

  const std::string& text() const { return id; }
  static Result<OperationId> parse(std::string_view text);
  static describe::TextShape shape();
};

enum class JobState {
  queued,
  running,
  paused,
  recovering,
  succeeded,
  failed,
  canceled,
  undetermined
};

inline std::span<const describe::Word<JobState>> words_of(JobState) {
  static constexpr describe::Word<JobState> words[] = {
      {JobState::queued, "queued", "Nothing of it was done yet."},
      {JobState::running, "running", "It is being done."},
      {JobState::paused, "paused", "It rests, and can be resumed."},
      {JobState::recovering, "recovering",
       "ZFS has not yet been able to say what became of it: the daemon was interrupted meanwhile, "
       "or its pool is not imported."},
      {JobState::succeeded, "succeeded", "All of it was done."},
      {JobState::failed, "failed", "`problem` says why, and `steps` what was done all the same."},
      {JobState::canceled, "canceled", "It was ended before its time; `steps` says what was done."},
      {JobState::undetermined, "undetermined",
       "Nobody knows what became of it: ZFS keeps nothing that tells, or it was given up while its "
       "pool was not imported; `problem` says more."},
  };
  return words;
}

constexpr bool has_ended(JobState state) {
  return state == JobState::succeeded || state == JobState::failed || state == JobState::canceled ||
         state == JobState::undetermined;
}

enum class ProgressUnit { bytes, objects };

inline std::span<const describe::Word<ProgressUnit>> words_of(ProgressUnit) {
  static constexpr describe::Word<ProgressUnit> words[] = {
      {ProgressUnit::bytes, "bytes", ""},
      {ProgressUnit::objects, "objects", "Datasets, snapshots, keys."},
  };
  return words;
}

struct Progress {
  static constexpr std::string_view schema_name = "Progress";
  ProgressUnit unit = ProgressUnit::objects;
  std::uint64_t done = 0;
  std::optional<std::uint64_t> total;
  std::optional<std::uint64_t> rate_per_second;
  std::optional<Time> estimated_end;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("unit", &Progress::unit, "What is counted."),
        required("done", &Progress::done, "How much is done."),
        required(
            "total", &Progress::total,
            "How much there is to do, as far as is known; it can change, and is null where nobody "
            "knows."),
        required("rate_per_second", &Progress::rate_per_second,
                 "How much was done per second lately; null while that is not known."),
        required("estimated_end", &Progress::estimated_end,
                 "When it ends if it goes on so; null while that is not known."),
    };
  }
};

struct Job {
  static constexpr std::string_view schema_name = "Job";
  JobId id;
  OperationId operation;
  std::string pool;
  json::Value request;
  std::string caller;
  std::optional<std::string> idempotency_key;
  std::optional<std::string> if_match;
  JobState state = JobState::queued;
  Time created;
  std::optional<Time> started;
  std::optional<Time> ended;
  std::optional<Progress> progress;
  std::vector<std::string> steps;
  std::vector<Skipped> skipped;
  json::Value result;
  json::Value problem;
  static constexpr auto fields() {
    using describe::optional, describe::required;
    return std::tuple{
        required("id", &Job::id, "Its number."),
        required("operation", &Job::operation, "The operation that it carries out."),
        required("pool", &Job::pool, "The pool that it works on."),
        required("request", &Job::request, "What was asked for, without key material."),
        required("caller", &Job::caller, "Who asked for it."),
        optional("idempotency_key", &Job::idempotency_key,
                 "The Idempotency-Key of the request, if it had one."),
        optional("if_match", &Job::if_match, "The If-Match of the request, if it had one."),
        required("state", &Job::state, "How far it has come."),
        required("created", &Job::created, "When it was asked for."),
        required("started", &Job::started, "When the first of it was done; null before."),
        required("ended", &Job::ended, "When it ended; null before."),
        required(
            "progress", &Job::progress,
            "How much of it is done, as of a second ago at most; null where ZFS does not say."),
        required("steps", &Job::steps,
                 "Of what ZFS does not do as a whole: the objects with which it is done, in their "
                 "order."),
        required("skipped", &Job::skipped, "Objects that were asked for and left out, and why."),
        required("result", &Job::result,
                 "When it has succeeded: what the operation answers to one who waits for it; null "
                 "otherwise, and where it answers nothing."),
        required("problem", &Job::problem,
                 "The problem document, when it has failed; null otherwise."),
    };
  }
};

}  // namespace zfsrest::model
