#include "agent/repeats.hpp"

#include "log/log.hpp"

namespace zfsrest::agent {

using State = store::RequestEntry::State;

FirstRequest::~FirstRequest() {
  if (is_over_) return;
  if (auto removed = journal_->remove(name_); !removed.ok())
    log::line(log::Level::error, "journal_failed", {{"detail", removed.error().detail}});
}

void FirstRequest::answered(const Outcome& outcome) {
  note({.state = State::answered,
        .body = outcome.body,
        .location = outcome.location,
        .etag = outcome.etag});
}

void FirstRequest::refused(std::string problem) {
  note({.state = State::refused, .body = std::move(problem)});
}

void FirstRequest::became(model::JobId job) {
  note({.state = State::job, .job = job});
}

void FirstRequest::lost() {
  note({.state = State::interrupted});
}

// What cannot be written stays as running, and is interrupted after the next start.
void FirstRequest::note(const store::RequestEntry& entry) {
  is_over_ = true;
  if (auto written = journal_->update(name_, entry); !written.ok())
    log::line(log::Level::error, "journal_failed", {{"detail", written.error().detail}});
}

Result<std::optional<store::RequestEntry>> look_up(
    store::RequestJournal& journal, const store::RequestName& name, const std::string& fingerprint,
    const std::function<bool(model::JobId)>& is_void) {
  auto known = TRY(journal.add(name, fingerprint));
  if (known && known->state == State::job && is_void(known->job)) {
    TRY(journal.remove_if_began(name, known->job));
    known = TRY(journal.add(name, fingerprint));
  }
  if (!known) return known;
  if (known->fingerprint != fingerprint)
    return Error::of(Code::key_reused,
                     "another request came with this Idempotency-Key before; nothing was begun");
  if (known->state == State::running)
    return Error::of(Code::request_running,
                     "the first request with this Idempotency-Key has not ended; ask again later");
  return known;
}

}  // namespace zfsrest::agent
