// Where the rows of a list go: into one document, or line by line into a pipe.
#pragma once

#include <functional>
#include <string>

#include "ops/context.hpp"
#include "os/fd.hpp"

namespace zfsrest::agent {

// Collects a page. It is full when it has as many rows as asked for, or when its text has grown
// large.
class PageRows : public ops::Rows {
 public:
  explicit PageRows(std::size_t limit) : limit_(limit) {}
  std::size_t room() const override;
  void add(json::Value row) override;
  // The page's document.
  std::string finish(const json::Object& end) const;

 private:
  std::size_t limit_;
  std::size_t count_ = 0;
  std::string text_;
};

// Writes lines (NDJSON) into a pipe that is made with the first of them, so that what fails before
// can still be told as a problem. A reader that takes nothing for too long is given up.
class LineRows : public ops::Rows {
 public:
  // `begin` hands on the pipe's read end; false means that nobody wants it any more.
  LineRows(std::size_t limit, std::function<bool(os::Fd)> begin)
      : limit_(limit), begin_(std::move(begin)) {}
  std::size_t room() const override;
  void add(json::Value row) override;

  bool has_begun() const { return has_begun_; }
  // Writes the last line and the rest; true if all of it was taken.
  bool finish(const json::Object& end);

 private:
  void write_line(const json::Value& row);
  void flush();

  std::size_t limit_;
  std::function<bool(os::Fd)> begin_;
  std::size_t count_ = 0;
  std::string buffer_;
  os::Fd pipe_;
  bool has_begun_ = false;
  bool is_broken_ = false;
};

}  // namespace zfsrest::agent
