// Requests with a key (Idempotency-Key) as they outlive the process: each is written down before
// anything of it is done, and its answer before the caller gets it.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "model/job.hpp"
#include "store/database.hpp"

namespace zfsrest::store {

// Whose key it is: two callers may have the same.
struct RequestName {
  std::string caller;
  std::string key;
};

// What is known of the request that came first with its key.
struct RequestEntry {
  // `interrupted`: the process ended, or met a bug, before it was known what became of it.
  enum class State : std::uint8_t { running = 1, answered, refused, job, interrupted };

  // By which another request with this key is told from the same again. It never changes.
  std::string fingerprint{};
  State state = State::running;
  std::string body{};      // the document that was answered, or the problem
  std::string location{};  // of what was created
  std::string etag{};      // of the object in the body
  model::JobId job{};      // that it began
};

// Safe to use from several threads. All of it fails with journal_failed.
class RequestJournal {
 public:
  // How many of those that are over are kept, how many bytes of answers they have, and how long
  // each is kept. What is more is forgotten now and then.
  struct Limits {
    std::uint32_t requests;
    std::uint64_t bytes;
    std::chrono::seconds age;
  };

  // What was running when the process before ended is interrupted from now on.
  static Result<RequestJournal> open(const std::string& path, const Limits& limits);

  // Writes the request down as running if it is the first with its key; else what is known of that
  // one.
  Result<std::optional<RequestEntry>> add(const RequestName& name, const std::string& fingerprint);
  Result<Nothing> update(const RequestName& name, const RequestEntry& entry);
  Result<Nothing> remove(const RequestName& name);
  // Unless it is no longer known as the one that began that job.
  Result<Nothing> remove_if_began(const RequestName& name, model::JobId job);

 private:
  RequestJournal(Database database, const Limits& limits)
      : database_(std::move(database)), limits_(limits), mutex_(std::make_unique<std::mutex>()) {}

  Result<std::optional<RequestEntry>> find(const RequestName& name);
  Result<Nothing> forget_old();
  Result<Nothing> forget_aged();

  Database database_;
  Limits limits_;
  std::uint32_t added_ = 0;  // since old ones were forgotten
  std::unique_ptr<std::mutex> mutex_;
};

}  // namespace zfsrest::store
