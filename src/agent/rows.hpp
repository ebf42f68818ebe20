// Where the rows of a list go: into one document, or line by line into a pipe.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ops/context.hpp"
#include "os/fd.hpp"

namespace zfsrest::agent {

// Collects a page. It is full when it has as many rows as asked for, or when its text has grown
// large; and it ends, whatever it has, when nobody wants it any more.
class PageRows : public ops::Rows {
 public:
  PageRows(std::size_t limit, std::function<bool()> is_wanted)
      : limit_(limit), is_wanted_(std::move(is_wanted)) {}
  std::size_t room() override;
  // The page's document; `end` is the text of an object whose members it has as well.
  std::string finish(std::string_view end);

 private:
  std::string& begin_row() override;
  void end_row() override {}

  std::size_t limit_;
  std::function<bool()> is_wanted_;
  std::size_t count_ = 0;
  std::string text_ = "{\"items\":[";
};

// Writes lines (NDJSON) into a pipe that is made with the first of them, so that what fails before
// can still be told as a problem; or when none has come for long, because from then on no deadline
// of the whole ends the list. A reader that takes nothing for too long is given up.
class LineRows : public ops::Rows {
 public:
  // `begin` hands on the pipe's read end; false means that nobody wants it any more.
  LineRows(std::size_t limit, std::function<bool(os::Fd)> begin)
      : limit_(limit), begin_(std::move(begin)) {}
  std::size_t room() override;

  // Writes the last line and the rest; true if all of it was taken.
  bool finish(std::string_view end);
  // Why there could be no pipe.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  std::string& begin_row() override;
  void end_row() override;
  void open();
  void flush();

  std::size_t limit_;
  std::function<bool(os::Fd)> begin_;
  std::chrono::steady_clock::time_point made_ = std::chrono::steady_clock::now();
  std::size_t count_ = 0;
  std::string buffer_;
  os::Fd pipe_;
  std::optional<Error> failure_;
  bool is_open_ = false;  // or was
  bool is_broken_ = false;
};

}  // namespace zfsrest::agent
