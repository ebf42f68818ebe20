// Requests with a key: the first with a key is carried out, and who sends it again learns what
// became of the first. What was refused without a trace counts as never sent.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/prepared.hpp"
#include "base/result.hpp"
#include "store/request_journal.hpp"

namespace zfsrest::agent {

// The first request with its key, while it is carried out. One that ends without saying how is
// forgotten, as if it had never come.
class FirstRequest {
 public:
  FirstRequest(store::RequestJournal& journal, store::RequestName name)
      : journal_(&journal), name_(std::move(name)) {}
  FirstRequest(const FirstRequest&) = delete;
  FirstRequest& operator=(const FirstRequest&) = delete;
  ~FirstRequest();

  // How it ended: with an answer, with a problem though something was done, as a job, or nobody
  // knows.
  void answered(const Outcome& outcome);
  void refused(std::string problem);
  void became(model::JobId job);
  void lost();

 private:
  void note(const store::RequestEntry& entry);

  store::RequestJournal* journal_;
  store::RequestName name_;
  bool is_over_ = false;
};

// What became of the first request with this key; nothing if this is the first, which is written
// down as running then. One that became a job that `is_void` is true of, as it ended before it
// began anything, counts as never sent. Fails with `request_running` while the first is carried
// out, with `key_reused` if that was another request.
Result<std::optional<store::RequestEntry>> look_up(
    store::RequestJournal& journal, const store::RequestName& name, const std::string& fingerprint,
    const std::function<bool(model::JobId)>& is_void);

}  // namespace zfsrest::agent
