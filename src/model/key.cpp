#include "model/key.hpp"

#include "base/base64.hpp"

namespace zfsrest::model {
namespace {

// These say nothing of what was given.
Error refusal(std::string why) {
  return Error::of(Code::bad_request, std::move(why));
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<Base64Key> Base64Key::parse(std::string_view text) {
  Base64Key key{.bytes = os::Secret(wrapping_key_bytes)};
  if (!parse_base64(text, key.bytes.room()))
    return refusal("a raw key is 32 bytes, written in base64 with padding: 44 characters");
  return key;
}

describe::TextShape Base64Key::shape() {
  return {.name = "Base64Key",
          .pattern = "^[A-Za-z0-9+/]{43}=$",
          .max_bytes = 44,
          .doc = "A key of 32 bytes in base64, with padding.",
          .example = ""};
}

Result<HexKey> HexKey::parse(std::string_view text) {
  HexKey key{.bytes = os::Secret(wrapping_key_bytes)};
  bool good = text.size() == 2 * wrapping_key_bytes;
  for (std::size_t i = 0; good && i < wrapping_key_bytes; ++i) {
    const int high = digit_of(text[2 * i]);
    const int low = digit_of(text[2 * i + 1]);
    good = high >= 0 && low >= 0;
    key.bytes.room()[i] = static_cast<char>(high * 16 + low);
  }
  if (!good) return refusal("a key in hexadecimal has 64 digits");
  return key;
}

describe::TextShape HexKey::shape() {
  return {.name = "HexKey",
          .pattern = "^[0-9A-Fa-f]{64}$",
          .max_bytes = 64,
          .doc = "A key of 32 bytes as 64 hexadecimal digits.",
          .example = ""};
}

Result<Passphrase> Passphrase::parse(std::string_view text) {
  if (text.empty() || text.size() > most_passphrase_bytes)
    return refusal("a passphrase has from 1 to 512 bytes");
  return Passphrase{.bytes = os::Secret(text)};
}

describe::TextShape Passphrase::shape() {
  return {.name = "Passphrase",
          .max_bytes = most_passphrase_bytes,
          .doc = "A passphrase; a new one has from 8 to 512 bytes of UTF-8.",
          .example = ""};
}

std::string_view word_of(KeyFormat format) {
  switch (format) {
    case KeyFormat::none:
      return "none";
    case KeyFormat::raw:
      return RawKeyGiven::type;
    case KeyFormat::hex:
      return HexKeyGiven::type;
    case KeyFormat::passphrase:
      return PassphraseGiven::type;
  }
  return "";
}

void check_new_key(const Key& key, const describe::Spot& spot) {
  const auto* given = std::get_if<PassphraseGiven>(&key);
  if (!given) return;
  const std::string_view passphrase = given->passphrase.bytes.view();
  if (passphrase.size() < least_passphrase_bytes)
    spot.key("passphrase").fault("a new passphrase has at least 8 bytes");
  // The stock tools read a line.
  if (passphrase.find_first_of(std::string_view("\n\0", 2)) != std::string_view::npos)
    spot.key("passphrase").fault("a new passphrase has no line end and no NUL");
}

}  // namespace zfsrest::model
