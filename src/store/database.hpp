// A SQLite file of ours. It is used by one process at a time, which the lock of the state directory
// sees to; the file itself is never locked, so that a process that is stuck in the kernel, and
// keeps its descriptors, keeps nobody out of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace zfsrest::store {

// A statement with its parameters, which are numbered from 1, and its columns, from 0.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view value);

  // True if there is a row, false at the end; so also for statements that yield none.
  Result<bool> step();

  std::int64_t number(int column) const;
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// Not safe to use from several threads at once.
class Database {
 public:
  // Opens the file, or makes it for its owner alone; `schema` makes the tables of a new one. A file
  // that is damaged is kept under another name, and a new one takes its place: what it knew is
  // less than that anything works at all. Fails with what else is wrong with the file.
  static Result<Database> open(const std::string& path, std::string_view schema);

  // Whether the file is new because the one before was damaged.
  bool is_replacement() const { return is_replacement_; }

  Statement prepare(std::string_view sql) { return {database_.get(), sql}; }
  std::int64_t last_id() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}

  static Result<Database> open_once(const std::string& path, std::string_view schema,
                                    bool& is_damaged);
  Result<Nothing> set_up(std::string_view schema);
  Result<bool> is_sound();

  std::unique_ptr<sqlite3, Close> database_;
  bool is_replacement_ = false;
};

}  // namespace zfsrest::store
