#include "store/job_journal.hpp"

#include "log/log.hpp"

namespace zfsrest::store {
namespace {

constexpr std::string_view schema =
    "CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, "
    "evidence TEXT NOT NULL) STRICT";

Result<model::Job> parse_job(const std::string& text) {
  const json::Value value = TRY(json::parse(text));
  describe::Report report;
  auto job = describe::decode<model::Job>(value, describe::Spot(report, "journal"));
  if (!job) return report.take();
  return *std::move(job);
}

Result<json::Object> parse_evidence(const std::string& text) {
  json::Value value = TRY(json::parse(text));
  if (!value.is_object()) return Error::of(Code::journal_failed, "the evidence is no object");
  return std::move(value.get_object());
}

Result<JobEntry> parse_entry(const Statement& row) {
  return JobEntry{.job = TRY(parse_job(row.text(1))), .evidence = TRY(parse_evidence(row.text(2)))};
}

}  // namespace

Result<JobJournal> JobJournal::open(const std::string& path) {
  Database database = TRY(Database::open(path, schema));
  // The numbers of the jobs that are lost are not given again: no daemon has had that many a
  // second.
  if (database.is_replacement())
    TRY(database.prepare("INSERT INTO sqlite_sequence VALUES ('jobs', unixepoch())").step());
  return JobJournal(std::move(database));
}

Result<model::JobId> JobJournal::add(const model::Job& job) {
  const std::lock_guard lock(*mutex_);
  Statement insert = database_.prepare("INSERT INTO jobs (job, evidence) VALUES (?1, '{}')");
  TRY(insert.bind(1, describe::to_json(job)).step());
  return model::JobId{static_cast<std::uint64_t>(database_.last_id())};
}

Result<Nothing> JobJournal::update(const JobEntry& entry) {
  const std::lock_guard lock(*mutex_);
  Statement update = database_.prepare("UPDATE jobs SET job = ?2, evidence = ?3 WHERE id = ?1");
  update.bind(1, static_cast<std::int64_t>(entry.job.id.value))
      .bind(2, describe::to_json(entry.job))
      .bind(3, json::serialize(entry.evidence));
  TRY(update.step());
  return Nothing{};
}

Result<Nothing> JobJournal::remove(std::span<const model::JobId> jobs) {
  const std::lock_guard lock(*mutex_);
  json::Array numbers;
  for (const model::JobId& job : jobs) numbers.emplace_back(job.value);
  // All in one transaction, which is one sync.
  Statement remove =
      database_.prepare("DELETE FROM jobs WHERE id IN (SELECT value FROM json_each(?1))");
  TRY(remove.bind(1, json::serialize(json::Value(std::move(numbers)))).step());
  return Nothing{};
}

Result<std::vector<JobEntry>> JobJournal::read_all() {
  const std::lock_guard lock(*mutex_);
  std::vector<JobEntry> entries;
  Statement select = database_.prepare("SELECT id, job, evidence FROM jobs ORDER BY id");
  while (TRY(select.step())) {
    const auto number = static_cast<std::uint64_t>(select.number(0));
    auto entry = parse_entry(select);
    if (!entry.ok()) {
      // It stays in the file. All the others are not to be lost for it.
      log::line(log::Level::error, "job_unreadable",
                {{"job", std::to_string(number)}, {"detail", entry.error().detail}});
      continue;
    }
    // The text was written before the number was known.
    entry.value().job.id.value = number;
    entries.push_back(std::move(entry).value());
  }
  return entries;
}

}  // namespace zfsrest::store
