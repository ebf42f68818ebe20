#include "store/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "os/own_file.hpp"

namespace zfsrest::store {
namespace {

Error failure(sqlite3* database) {
  return Error::of(Code::journal_failed, sqlite3_errmsg(database));
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
  // Made here, because SQLite would let others read it.
  if (auto file = os::open_own_file(path, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR); !file.ok())
    return Error{.code = Code::journal_failed,
                 .os_errno = file.error().os_errno,
                 .subject = path,
                 .detail = path + ": the file cannot be used: " + file.error().detail};
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  const int rc = sqlite3_open_v2(path.c_str(), &raw, flags, "unix-none");
  Database database(raw);
  auto ready = rc == SQLITE_OK ? database.set_up(schema) : Result<Nothing>(failure(raw));
  if (!ready.ok())
    return Error{.code = Code::journal_failed,
                 .subject = path,
                 .detail = path + ": the file cannot be used: " + ready.error().detail};
  return database;
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
