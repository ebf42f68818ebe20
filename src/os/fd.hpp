// An owned file descriptor, and the few calls on descriptors that more than one room needs.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace zfsrest::os {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { close(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  void close();

 private:
  int number_ = -1;
};

struct Pipe {
  Fd read_end;
  Fd write_end;
};

// As much as a pipe of an unprivileged process may hold, so that who writes and who reads wait for
// each other seldom.
inline constexpr int largest_pipe = 1024 * 1024;

// A close-on-exec pipe that holds so much, if the system lets it, and less otherwise. It gets its
// size while it is empty: it can block for ever later.
Result<Pipe> make_pipe(int capacity_bytes = 65'536);

// A file in memory that holds `bytes`, and all that such a file holds.
Result<Fd> make_memory_file(std::string_view bytes);
Result<std::string> read_memory_file(int fd);

// Writes all of `bytes` to a blocking descriptor; a partial write is reported as the errno that
// ended it.
Result<Nothing> write_all(int fd, std::string_view bytes);

// The error that the last system call left in errno, on `subject`.
Error last_error(std::string subject);

}  // namespace zfsrest::os
