#include "zfs/boot_environment.hpp"

#include <optional>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "zfs/errors.hpp"
#include "zfs/library.hpp"
#include "zfs/nvlist_json.hpp"

namespace zfsrest::zfs {
namespace {

using namespace model;

constexpr std::uint64_t version_raw = 0;
constexpr std::uint64_t version_pairs = 1;
constexpr const char* version_key = "version";
constexpr const char* raw_key = "grub:envmap";
// Under this key the kernel shows what has no version.
constexpr const char* bootonce_key = "freebsd:bootonce";

// --- from the kernel ---

// Nothing for types that no loader is known to use.
std::optional<SimplePair> simple_pair_of(const NvPair& pair) {
  const NvValue value = pair.value();
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (is_utf8(*text)) return StringPair{std::string(*text)};
    return StringBytesPair{Bytes{std::string(*text)}};
  }
  if (pair.type() == NumberPair::type) return NumberPair{std::get<std::uint64_t>(value)};
  if (pair.type() == SignedPair::type) return SignedPair{std::get<std::int64_t>(value)};
  if (pair.type() == BooleanPair::type) return BooleanPair{std::get<bool>(value)};
  return {};
}

std::optional<ListPair> list_pair_of(const NvPair& pair) {
  const auto list = pair.list();
  if (!list) return {};
  ListPair inner;
  bool is_known = true;
  list->each([&](const NvPair& member) {
    auto simple = simple_pair_of(member);
    is_known = is_known && simple && is_utf8(member.name());
    if (is_known) inner.value.emplace(member.name(), *std::move(simple));
  });
  return is_known ? std::optional(std::move(inner)) : std::nullopt;
}

ShownPair shown_pair_of(const NvPair& pair) {
  if (auto simple = simple_pair_of(pair))
    return std::visit([](auto& known) { return ShownPair(std::move(known)); }, *simple);
  if (auto list = list_pair_of(pair)) return *std::move(list);
  return OtherPair{.kind = std::string(pair.type()), .value = to_json(pair).value};
}

ShownBootEnvironment environment_of(NvView list) {
  const auto version = list.u64(version_key);
  if (!version)
    return BootonceEnvironment{Bytes{std::string(list.text(bootonce_key).value_or(""))}};
  if (*version == version_raw) {
    const std::string text(list.text(raw_key).value_or(""));
    if (is_utf8(text)) return RawEnvironment{text};
    return RawBytesEnvironment{Bytes{text}};
  }
  PairsOf<ShownPair> environment;
  list.each([&](const NvPair& pair) {
    if (pair.name() == version_key) return;
    environment.pairs.emplace(
        is_utf8(pair.name()) ? std::string(pair.name()) : base64url(pair.name()),
        shown_pair_of(pair));
  });
  return environment;
}

// --- to the kernel ---

struct Adder {
  NvList& list;
  const std::string& name;

  void operator()(const StringPair& pair) const { list.add_text(name, pair.value); }
  void operator()(const StringBytesPair& pair) const { list.add_text(name, pair.value.bytes); }
  void operator()(const NumberPair& pair) const { list.add_u64(name, pair.value); }
  void operator()(const SignedPair& pair) const { list.add_i64(name, pair.value); }
  void operator()(const BooleanPair& pair) const { list.add_bool(name, pair.value); }
  void operator()(const ListPair& pair) const {
    NvList inner;
    for (const auto& [key, value] : pair.value) std::visit(Adder{inner, key}, value);
    list.add_list(name, inner);
  }
};

NvList list_of(const RawEnvironment& environment) {
  NvList list;
  list.add_u64(version_key, version_raw);
  list.add_text(raw_key, environment.text);
  return list;
}

NvList list_of(const RawBytesEnvironment& environment) {
  return list_of(RawEnvironment{environment.bytes.bytes});
}

NvList list_of(const PairsOf<Pair>& environment) {
  NvList list;
  list.add_u64(version_key, version_pairs);
  for (const auto& [name, value] : environment.pairs) std::visit(Adder{list, name}, value);
  return list;
}

}  // namespace

Result<ShownBootEnvironment> read_boot_environment(const Handle&, const std::string& pool) {
  NvList list = NvList::slot();
  if (const int rc = library::get_bootenv(pool, list.out()); rc != 0) return failure(rc, pool);
  return environment_of(list.view());
}

Result<Nothing> write_boot_environment(const Handle&, const std::string& pool,
                                       const BootEnvironment& environment) {
  const NvList list = std::visit([](const auto& kind) { return list_of(kind); }, environment);
  if (const int rc = library::set_bootenv(pool, list.raw()); rc != 0) return failure(rc, pool);
  return Nothing{};
}

}  // namespace zfsrest::zfs
