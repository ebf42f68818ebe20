#include "store/request_journal.hpp"

namespace zfsrest::store {
namespace {

constexpr std::string_view schema =
    "CREATE TABLE IF NOT EXISTS requests (number INTEGER PRIMARY KEY, caller TEXT NOT NULL, key "
    "TEXT NOT NULL, fingerprint TEXT NOT NULL, created INTEGER NOT NULL, state INTEGER NOT NULL, "
    "bytes INTEGER NOT NULL, body TEXT NOT NULL, location TEXT NOT NULL, etag TEXT NOT NULL, job "
    "INTEGER NOT NULL, UNIQUE "
    "(caller, key)) STRICT";

constexpr auto running = static_cast<std::int64_t>(RequestEntry::State::running);
constexpr auto interrupted = static_cast<std::int64_t>(RequestEntry::State::interrupted);

// After so many new ones the old are looked through.
constexpr std::uint32_t many = 100;

}  // namespace

Result<RequestJournal> RequestJournal::open(const std::string& path, const Limits& limits) {
  RequestJournal journal(TRY(Database::open(path, schema)), limits);
  Statement mark = journal.database_.prepare("UPDATE requests SET state = ?2 WHERE state = ?1");
  TRY(mark.bind(1, running).bind(2, interrupted).step());
  TRY(journal.forget_old());
  return journal;
}

Result<std::optional<RequestEntry>> RequestJournal::find(const RequestName& name) {
  Statement select = database_.prepare(
      "SELECT fingerprint, state, body, location, etag, job FROM requests WHERE caller = ?1 AND "
      "key = ?2");
  if (!TRY(select.bind(1, name.caller).bind(2, name.key).step()))
    return std::optional<RequestEntry>();
  return std::optional(
      RequestEntry{.fingerprint = select.text(0),
                   .state = static_cast<RequestEntry::State>(select.number(1)),
                   .body = select.text(2),
                   .location = select.text(3),
                   .etag = select.text(4),
                   .job = {.value = static_cast<std::uint64_t>(select.number(5))}});
}

Result<std::optional<RequestEntry>> RequestJournal::add(const RequestName& name,
                                                        const std::string& fingerprint) {
  const std::lock_guard lock(*mutex_);
  if (++added_ >= many)
    TRY(forget_old());
  else
    TRY(forget_aged());
  if (auto known = TRY(find(name))) return known;
  Statement insert = database_.prepare(
      "INSERT INTO requests (caller, key, fingerprint, created, state, bytes, body, location, "
      "etag, "
      "job) VALUES (?1, ?2, ?3, unixepoch(), ?4, 0, '', '', '', 0)");
  TRY(insert.bind(1, name.caller).bind(2, name.key).bind(3, fingerprint).bind(4, running).step());
  return std::optional<RequestEntry>();
}

Result<Nothing> RequestJournal::update(const RequestName& name, const RequestEntry& entry) {
  const std::lock_guard lock(*mutex_);
  Statement update = database_.prepare(
      "UPDATE requests SET state = ?3, body = ?4, location = ?5, etag = ?6, job = ?7, bytes = ?8 "
      "WHERE "
      "caller = ?1 AND key = ?2");
  TRY(update.bind(1, name.caller)
          .bind(2, name.key)
          .bind(3, static_cast<std::int64_t>(entry.state))
          .bind(4, entry.body)
          .bind(5, entry.location)
          .bind(6, entry.etag)
          .bind(7, static_cast<std::int64_t>(entry.job.value))
          .bind(8, static_cast<std::int64_t>(entry.body.size()))
          .step());
  return Nothing{};
}

Result<Nothing> RequestJournal::remove(const RequestName& name) {
  const std::lock_guard lock(*mutex_);
  Statement remove = database_.prepare("DELETE FROM requests WHERE caller = ?1 AND key = ?2");
  TRY(remove.bind(1, name.caller).bind(2, name.key).step());
  return Nothing{};
}

Result<Nothing> RequestJournal::remove_if_began(const RequestName& name, model::JobId job) {
  const std::lock_guard lock(*mutex_);
  Statement remove =
      database_.prepare("DELETE FROM requests WHERE caller = ?1 AND key = ?2 AND job = ?3");
  TRY(remove.bind(1, name.caller)
          .bind(2, name.key)
          .bind(3, static_cast<std::int64_t>(job.value))
          .step());
  return Nothing{};
}

Result<Nothing> RequestJournal::forget_aged() {
  Statement remove =
      database_.prepare("DELETE FROM requests WHERE created < unixepoch() - ?1 AND state != ?2");
  TRY(remove.bind(1, static_cast<std::int64_t>(limits_.age.count())).bind(2, running).step());
  return Nothing{};
}

Result<Nothing> RequestJournal::forget_old() {
  added_ = 0;
  TRY(forget_aged());
  Statement remove = database_.prepare(
      "DELETE FROM requests WHERE number IN (SELECT number FROM (SELECT number, row_number() OVER "
      "newest AS place, sum(bytes) OVER newest AS total FROM requests WHERE state != ?1 WINDOW "
      "newest AS (ORDER BY number DESC)) WHERE place > ?2 OR total > ?3)");
  TRY(remove.bind(1, running)
          .bind(2, static_cast<std::int64_t>(limits_.requests))
          .bind(3, static_cast<std::int64_t>(limits_.bytes))
          .step());
  return Nothing{};
}

}  // namespace zfsrest::store
