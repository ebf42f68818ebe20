#include "store/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "log/log.hpp"
#include "os/own_file.hpp"

namespace zfsrest::store {
namespace {

Error failure(sqlite3* database) {
  const char* path = sqlite3_db_filename(database, "main");
  return Error::of(Code::journal_failed,
                   (path ? std::string(path) + ": " : std::string()) + sqlite3_errmsg(database));
}

Error unusable(const std::string& path, const Error& why) {
  return {.code = Code::journal_failed,
          .os_errno = why.os_errno,
          .subject = path,
          .detail = path + ": the file cannot be used: " + why.detail};
}

// The file with its log, in place of one that was set aside before.
Result<Nothing> set_aside(const std::string& path, const std::string& kept) {
  for (const char* part : {"", "-wal"})
    if (std::rename((path + part).c_str(), (kept + part).c_str()) != 0 && errno != ENOENT)
      return unusable(path, Error::of_errno(errno, path));
  return Nothing{};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  // Says again what the last step has said.
  sqlite3_finalize(statement);
}

// What goes wrong here shows at the first step, for a statement that is not there cannot be made.
Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view value) {
  sqlite3_bind_text64(statement_.get(), parameter, value.data(), value.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Result<bool> Statement::step() {
  if (!statement_) return failure(database_);
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return failure(database_);
  }
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  if (!bytes) return "";
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::string& path, std::string_view schema) {
  bool is_damaged = false;
  auto database = open_once(path, schema, is_damaged);
  if (database.ok() || !is_damaged) return database;
  const std::string kept = path + ".damaged";
  log::line(log::Level::error, "journal_damaged",
            {{"path", path}, {"kept_as", kept}, {"detail", database.error().detail}});
  TRY(set_aside(path, kept));
  auto fresh = TRY(open_once(path, schema, is_damaged));
  fresh.is_replacement_ = true;
  return fresh;
}

Result<Database> Database::open_once(const std::string& path, std::string_view schema,
                                     bool& is_damaged) {
  // Made here, because SQLite would let others read it.
  if (auto file = os::open_own_file(path, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR); !file.ok())
    return unusable(path, file.error());
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  const int rc = sqlite3_open_v2(path.c_str(), &raw, flags, "unix-none");
  Database database(raw);
  auto ready = rc == SQLITE_OK ? database.set_up(schema) : Result<Nothing>(failure(raw));
  if (!ready.ok()) {
    is_damaged = sqlite3_errcode(raw) == SQLITE_CORRUPT || sqlite3_errcode(raw) == SQLITE_NOTADB;
    return unusable(path, ready.error());
  }
  is_damaged = !TRY(database.is_sound());
  if (is_damaged)
    return unusable(path, Error::of(Code::journal_failed, "what it holds contradicts itself"));
  return database;
}

Result<bool> Database::is_sound() {
  Statement check = prepare("PRAGMA quick_check(1)");
  TRY(check.step());
  return check.text(0) == "ok";
}

Result<Nothing> Database::set_up(std::string_view schema) {
  // Without locks there is no memory that processes share, so the mode comes before the log. FULL:
  // what is committed outlives a loss of power as well.
  for (const std::string_view sql : {std::string_view("PRAGMA locking_mode=EXCLUSIVE"),
                                     std::string_view("PRAGMA journal_mode=WAL"),
                                     std::string_view("PRAGMA synchronous=FULL"), schema}) {
    Statement statement = prepare(sql);
    while (TRY(statement.step())) {
    }
  }
  return Nothing{};
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(database_.get());
}

}  // namespace zfsrest::store
