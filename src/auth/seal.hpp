// Marks on texts that callers keep for this service: nobody else can make one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/digest.hpp"

namespace zfsrest::auth {

class Seal {
 public:
  explicit Seal(const Sha256& key) : key_(key) {}

  // The text with its mark before it, in the alphabet for URLs if the text is. `purpose` is what it
  // is for: it holds for nothing else.
  std::string close(std::string_view purpose, std::string_view text) const;
  // The text again; none if it was not closed for that purpose with this key.
  std::optional<std::string> open(std::string_view purpose, std::string_view sealed) const;

 private:
  std::string mark_of(std::string_view purpose, std::string_view text) const;

  Sha256 key_;
};

}  // namespace zfsrest::auth
