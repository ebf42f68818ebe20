#include "auth/token.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/errno_name.hpp"
#include "os/own_file.hpp"
#include "os/random.hpp"

namespace zfsrest::auth {
namespace {

constexpr std::size_t token_bytes = 32;
constexpr std::size_t most_file_bytes = 4096;

Error failure(const std::string& path, std::string_view what) {
  return {.os_errno = errno,
          .subject = path,
          .detail = path + ": " + std::string(what) + ": " + errno_phrase(errno)};
}

Result<std::string> read_token(const os::Fd& fd, const std::string& path) {
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failure(path, "the token cannot be read");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return Error::of(Code::denied, path + ": others can read the token; its mode must be 0600");
  std::string text(most_file_bytes, '\0');
  const ssize_t got = ::read(fd.get(), text.data(), text.size());
  if (got < 0) return failure(path, "the token cannot be read");
  text.resize(static_cast<std::size_t>(got));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  if (text.size() < token_bytes)
    return Error::of(Code::denied, path + ": the token has fewer than 32 characters");
  if (std::ranges::any_of(text, [](char c) { return c < ' ' || c > '~'; }))
    return Error::of(Code::denied, path + ": the token holds characters beside printable ASCII");
  return text;
}

// Writes under another name first, so that nobody ever reads half a token.
Result<std::string> make_token(const std::string& path) {
  const std::string fresh = path + ".new";
  std::string text = os::random_hex(token_bytes);
  // What a start that was cut short has left there, or someone has put there, is not written to.
  ::unlink(fresh.c_str());
  const os::Fd fd(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) return failure(path, "the token cannot be written");
  if (os::write_all(fd.get(), text + "\n").ok() && ::fsync(fd.get()) == 0 &&
      ::rename(fresh.c_str(), path.c_str()) == 0)
    return text;
  const Error error = failure(path, "the token cannot be written");
  ::unlink(fresh.c_str());
  return error;
}

}  // namespace

Result<Token> Token::open(const std::string& path) {
  const auto file = os::open_own_file(path, O_RDONLY);
  if (file.ok()) return Token(TRY(read_token(file.value(), path)));
  if (file.error().os_errno == ENOENT) return Token(TRY(make_token(path)));
  return Error{.code = file.error().code,
               .os_errno = file.error().os_errno,
               .subject = path,
               .detail = path + ": the token cannot be read: " + file.error().detail};
}

bool Token::matches(std::string_view presented) const {
  const Sha256 other = sha256_of(presented);
  return CRYPTO_memcmp(digest_.data(), other.data(), digest_.size()) == 0;
}

}  // namespace zfsrest::auth
