// The jobs as they outlive the process: each is written down before anything of it is done.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "json/value.hpp"
#include "model/job.hpp"
#include "store/database.hpp"

namespace zfsrest::store {

// A job, and what its operation noted before its first step so that ZFS can be asked afterwards
// what became of it; empty until then.
struct JobEntry {
  model::Job job;
  json::Object evidence;
};

// Safe to use from several threads. All of it fails with journal_failed.
class JobJournal {
 public:
  static Result<JobJournal> open(const std::string& path);

  // Writes a new job down and gives it its number.
  Result<model::JobId> add(const model::Job& job);
  Result<Nothing> update(const JobEntry& entry);
  Result<Nothing> remove(std::span<const model::JobId> jobs);

  // All that there is, from the oldest on.
  Result<std::vector<JobEntry>> read_all();

 private:
  explicit JobJournal(Database database)
      : database_(std::move(database)), mutex_(std::make_unique<std::mutex>()) {}

  Database database_;
  std::unique_ptr<std::mutex> mutex_;
};

}  // namespace zfsrest::store
