// What boot loaders keep in a pool's labels, as the API shows and takes it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "describe/codec.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

// The values of pairs. Each is named after the kernel's own type, so that what was read can be
// written back as it was.
struct StringPair {
  static constexpr std::string_view type = "string";
  std::string value;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("value", &StringPair::value, "The text, without a NUL.")};
  }
};

struct StringBytesPair {
  static constexpr std::string_view type = "string_base64";
  Bytes value;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("value", &StringBytesPair::value, "A text that is not UTF-8, without a NUL.")};
  }
};

struct NumberPair {
  static constexpr std::string_view type = "uint64";
  std::uint64_t value = 0;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("value", &NumberPair::value, "The number.")};
  }
};

struct SignedPair {
  static constexpr std::string_view type = "int64";
  std::int64_t value = 0;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("value", &SignedPair::value, "The number.")};
  }
};

struct BooleanPair {
  static constexpr std::string_view type = "boolean_value";
  bool value = false;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("value", &BooleanPair::value, "The truth value.")};
  }
};

using SimplePair = std::variant<StringPair, StringBytesPair, NumberPair, SignedPair, BooleanPair>;

// A list inside the list, as loaders keep their variables.
struct ListPair {
  static constexpr std::string_view type = "nvlist";
  std::map<std::string, SimplePair> value;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("value", &ListPair::value, "The pairs of an inner list by name.")};
  }
};

using Pair =
    std::variant<StringPair, StringBytesPair, NumberPair, SignedPair, BooleanPair, ListPair>;

// A value of a type that no known loader uses.
struct OtherPair {
  static constexpr std::string_view type = "other";
  std::string kind;
  json::Value value;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("kind", &OtherPair::kind, "The kernel's name of the type."),
        required("value", &OtherPair::value, "The value, as far as JSON can say it."),
    };
  }
};

using ShownPair = std::variant<StringPair, StringBytesPair, NumberPair, SignedPair, BooleanPair,
                               ListPair, OtherPair>;

struct RawEnvironment {
  static constexpr std::string_view type = "raw";
  std::string text;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("text", &RawEnvironment::text,
                 "One text, as GRUB keeps it, without a NUL; empty in a pool that no loader wrote "
                 "to.")};
  }
};

struct RawBytesEnvironment {
  static constexpr std::string_view type = "raw_base64";
  Bytes bytes;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("bytes", &RawBytesEnvironment::bytes,
                               "One text that is not UTF-8, without a NUL.")};
  }
};

template <class Value>
struct PairsOf {
  static constexpr std::string_view type = "pairs";
  std::map<std::string, Value> pairs;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("pairs", &PairsOf::pairs,
                               "Values by name, each with its type; names begin with that of a "
                               "loader, as in `freebsd:bootonce`.")};
  }
};

// What FreeBSD's loader left there before the place had a format.
struct BootonceEnvironment {
  static constexpr std::string_view type = "bootonce_base64";
  Bytes bytes;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("bytes", &BootonceEnvironment::bytes,
                 "The command that an old loader of FreeBSD left; it is only shown.")};
  }
};

using BootEnvironment = std::variant<RawEnvironment, RawBytesEnvironment, PairsOf<Pair>>;
using ShownBootEnvironment =
    std::variant<RawEnvironment, RawBytesEnvironment, PairsOf<ShownPair>, BootonceEnvironment>;

// Notes what the kernel would not keep as it is.
void check_boot_environment(const BootEnvironment& environment, const describe::Spot& spot);

}  // namespace zfsrest::model
