// The administrator's bearer token: a file that only its owner can read.
#pragma once

#include <string>
#include <string_view>

#include "auth/digest.hpp"
#include "auth/seal.hpp"
#include "base/result.hpp"

namespace zfsrest::auth {

class Token {
 public:
  // Reads the token in `path`, or makes one and writes it there, mode 0600. Fails if the file
  // cannot be read or written, if others could read it, or if it is another user's or no file.
  static Result<Token> open(const std::string& path);

  // Takes the same time whatever is presented.
  bool matches(std::string_view presented) const;

  // Of texts that callers keep: it holds for as long as the token does, over restarts too.
  Seal seal() const { return Seal(digest_); }

 private:
  explicit Token(std::string_view text) : digest_(sha256_of(text)) {}

  Sha256 digest_;  // the token itself is not kept
};

}  // namespace zfsrest::auth
