// Encryption keys in the forms in which a request gives them.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include "describe/codec.hpp"
#include "os/secret.hpp"

namespace zfsrest::model {

// What the kernel wraps a dataset's master key with.
inline constexpr std::size_t wrapping_key_bytes = 32;

inline constexpr std::size_t least_passphrase_bytes = 8;
inline constexpr std::size_t most_passphrase_bytes = 512;

// The forms of a key, as the property keyformat has them.
enum class KeyFormat : std::uint8_t { none, raw, hex, passphrase };

// 32 bytes, written in base64.
struct Base64Key {
  os::Secret bytes;

  static Result<Base64Key> parse(std::string_view text);
  static describe::TextShape shape();
};

// 32 bytes, written as hexadecimal digits.
struct HexKey {
  os::Secret bytes;

  static Result<HexKey> parse(std::string_view text);
  static describe::TextShape shape();
};

// At most 512 bytes.
struct Passphrase {
  os::Secret bytes;

  static Result<Passphrase> parse(std::string_view text);
  static describe::TextShape shape();
};

struct RawKeyGiven {
  static constexpr std::string_view type = "raw";
  static constexpr KeyFormat format = KeyFormat::raw;
  Base64Key base64;
  static constexpr auto fields() {
    return std::tuple{describe::required("base64", &RawKeyGiven::base64, "The key.").secret()};
  }
};

struct HexKeyGiven {
  static constexpr std::string_view type = "hex";
  static constexpr KeyFormat format = KeyFormat::hex;
  HexKey hex;
  static constexpr auto fields() {
    return std::tuple{describe::required("hex", &HexKeyGiven::hex, "The key.").secret()};
  }
};

struct PassphraseGiven {
  static constexpr std::string_view type = "passphrase";
  static constexpr KeyFormat format = KeyFormat::passphrase;
  Passphrase passphrase;
  static constexpr auto fields() {
    return std::tuple{
        describe::required("passphrase", &PassphraseGiven::passphrase, "The passphrase.").secret()};
  }
};

using Key = std::variant<RawKeyGiven, HexKeyGiven, PassphraseGiven>;

inline KeyFormat format_of(const Key& key) {
  return std::visit([](const auto& given) { return given.format; }, key);
}

// "raw", "hex" or "passphrase".
std::string_view word_of(KeyFormat format);

// Notes what keeps a passphrase from being a new key, which the stock tools could not be given.
void check_new_key(const Key& key, const describe::Spot& spot);

}  // namespace zfsrest::model
