#include "model/boot_environment.hpp"

#include <string_view>

namespace zfsrest::model {
namespace {

using describe::Spot;

// Checks what the schema cannot say: names and texts end at a NUL in the kernel.
struct Checker {
  const Spot& spot;

  void check_text(std::string_view text, std::string_view field) const {
    if (text.find('\0') != std::string_view::npos)
      spot.key(field).fault("a text may not hold a NUL, at which the kernel would end it");
  }
  template <class Pairs>
  void check_pairs(const Pairs& pairs, std::string_view field) const {
    for (const auto& [name, value] : pairs) {
      const Spot place = spot.key(field).key(name);
      if (name.empty() || name.find('\0') != std::string::npos)
        place.fault("a name may not be empty or hold a NUL");
      std::visit(Checker{place}, value);
    }
  }

  void operator()(const StringPair& pair) const { check_text(pair.value, "value"); }
  void operator()(const StringBytesPair& pair) const { check_text(pair.value.bytes, "value"); }
  void operator()(const NumberPair&) const {}
  void operator()(const SignedPair&) const {}
  void operator()(const BooleanPair&) const {}
  void operator()(const ListPair& pair) const { check_pairs(pair.value, "value"); }
  void operator()(const RawEnvironment& environment) const { check_text(environment.text, "text"); }
  void operator()(const RawBytesEnvironment& environment) const {
    check_text(environment.bytes.bytes, "bytes");
  }
  void operator()(const PairsOf<Pair>& environment) const {
    if (environment.pairs.contains("version"))
      spot.key("pairs").key("version").fault("the name `version` is the format's own");
    check_pairs(environment.pairs, "pairs");
  }
};

}  // namespace

void check_boot_environment(const BootEnvironment& environment, const Spot& spot) {
  std::visit(Checker{spot}, environment);
}

}  // namespace zfsrest::model
