#include "model/property_description.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <utility>

namespace zfsrest::model {
namespace {

// One entry for each word, though several releases may have given it different numbers.
std::vector<PropertyWord> words_of(const PropertyRow& row, Release release) {
  std::vector<PropertyWord> words;
  words.reserve(row.words.size());
  for (const IndexWord& word : row.words) {
    const bool is_there = is_known_in(word, release);
    const auto known = std::ranges::find(words, word.word, &PropertyWord::value);
    if (known != words.end()) {
      known->available = known->available || is_there;
      continue;
    }
    words.push_back(
        {.value = std::string(word.word),
         .settable = row.access != PropertyAccess::read_only && word.use != WordUse::read_only,
         .available = is_there && exists_in(row, release),
         .shown_as = std::string(shown_word(row, word.word, release)),
         .since = word.since > row.since ? text_of_since(word.since) : std::nullopt});
  }
  return words;
}

std::optional<PropertyRange> range_of(const PropertyRow& row, Release release) {
  if (row.access == PropertyAccess::read_only || !takes_numbers(row.form)) return {};
  const Range range = range_in(row, release);
  // The last number stands for "none" wherever it may not be set itself.
  const bool is_bounded = range.most < std::numeric_limits<std::uint64_t>::max() - 1;
  return PropertyRange{.least = range.least,
                       .most = is_bounded ? std::optional(range.most) : std::nullopt,
                       .power_of_two = range.step == Step::power_of_two,
                       .or_zero = range.zero == Zero::allowed};
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc() || end != text.end()) return {};
  return number;
}

// What the module holds as its default, in the kernel's form.
std::optional<KernelValue> told_default(const PropertyRow& row, const ModuleProperty& module,
                                        Release release) {
  if (module.type == "string") return KernelValue(module.initial);
  if (module.type == "number") {
    if (const auto number = number_of(module.initial)) return KernelValue(*number);
    return {};
  }
  const auto word = std::ranges::find_if(row.words, [&](const IndexWord& each) {
    return each.word == module.initial && is_known_in(each, release);
  });
  if (word == row.words.end()) return {};
  return KernelValue(word->value);
}

// Whether there is a default, our table knows; what it is, the module does.
std::optional<PropertyDefault> described_default(const PropertyRow& row, const Running& running,
                                                 const ModuleProperty* module) {
  const auto targets = list_of(targets_in(row, running.release));
  if (targets.empty()) return {};
  const auto told = default_of(row, targets.front(), running.release);
  if (!told) return {};
  if (module)
    if (const auto value = told_default(row, *module, running.release))
      return PropertyDefault{to_api(row, *value, running.release)};
  return PropertyDefault{*told};
}

const ModuleProperty* find_in(const std::vector<ModuleProperty>& module, std::string_view name) {
  const auto found = std::ranges::find(module, name, &ModuleProperty::name);
  return found == module.end() ? nullptr : &*found;
}

PropertyForm form_of(const ModuleProperty& module) {
  if (module.type == "number") return PropertyForm::number;
  return module.type == "index" ? PropertyForm::index : PropertyForm::text;
}

}  // namespace

Result<NativeName> NativeName::parse(std::string_view text) {
  constexpr std::string_view permitted = "abcdefghijklmnopqrstuvwxyz0123456789_.:-";
  if (text.empty() || text.size() > most_user_property_name_bytes ||
      text.find_first_not_of(permitted) != text.npos)
    return Error::of(Code::bad_request,
                     "a name of lower-case letters, digits and `_` `.` `:` `-` is expected");
  return NativeName{std::string(text)};
}

describe::TextShape NativeName::shape() {
  return {.name = "NativeName",
          .pattern = "^[a-z0-9_.:-]+$",
          .max_bytes = most_user_property_name_bytes,
          .doc = "The name of a property or feature that OpenZFS defines.",
          .example = "compression"};
}

std::span<const PropertyRow> properties_of(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::dataset:
      return dataset_properties();
    case PropertyKind::pool:
      return pool_properties();
    case PropertyKind::vdev:
      return vdev_properties();
  }
  return {};
}

PropertyDescription describe_property(PropertyKind kind, const PropertyRow& row,
                                      const Running& running,
                                      const std::optional<std::vector<ModuleProperty>>& module) {
  const ModuleProperty* said = module ? find_in(*module, row.name) : nullptr;
  auto lack = running.find_lack({}, row.since);
  // The module knows best what it has not, whatever its release is called.
  if (module && !said && !lack) lack = Lack::not_in_this_release;
  const bool is_settable = row.access != PropertyAccess::read_only;
  return {
      .kind = kind,
      .name = std::string(row.name),
      .description = std::string(row.doc),
      .type = row.form,
      .targets = list_of(targets_in(row, running.release)),
      .access = row.access,
      .inheritable = row.inheritance == Inheritance::inherited,
      .nullable = !std::holds_alternative<std::monostate>(row.none),
      .values = words_of(row, running.release),
      .range = range_of(row, running.release),
      .most_bytes = is_settable && row.form == PropertyForm::text
                        ? std::optional<std::uint64_t>(row.most_bytes)
                        : std::nullopt,
      .accepts = is_settable ? std::optional(allowed_values(row, running.release)) : std::nullopt,
      .initial = described_default(row, running, said),
      .available = !lack,
      .code = lack,
      .since = text_of_since(row.since),
      .module = said ? std::optional(*said) : std::nullopt};
}

PropertyDescription describe_unknown(PropertyKind kind, ModuleProperty module) {
  return {.kind = kind,
          .name = module.name,
          .description = {},
          .type = form_of(module),
          .targets = module.targets,
          .values = {},
          .range = {},
          .most_bytes = {},
          .accepts = {},
          .initial = {},
          .code = {},
          .since = {},
          .module = std::move(module)};
}

}  // namespace zfsrest::model
