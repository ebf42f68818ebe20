// The properties of datasets, pools and vdevs: what each is, and how its value looks in the kernel
// and in the API.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "model/release.hpp"

namespace zfsrest::model {

// A value as the API shows it: null, a number, a ratio (1.53), or a word or text.
using PropertyValue = std::variant<std::nullptr_t, std::uint64_t, double, std::string>;

// A value as the kernel's lists hold it: a number for numbers and index properties, else a string.
using KernelValue = std::variant<std::uint64_t, std::string>;

// A kernel value in a table; the first alternative says that there is none.
using Constant = std::variant<std::monostate, std::uint64_t, std::string_view>;

// How the API shows a value, and what the kernel holds for it.
enum class PropertyForm : std::uint8_t {
  bytes,     // a number of bytes
  number,    // a number of anything else: objects, transaction groups, a version
  percent,   // a number from 0 to 100
  ratio,     // 1.53, for which the kernel holds 153
  index,     // a word, for which the kernel holds a number
  text,      // a string
  time,      // RFC 3339 in UTC, for which the kernel holds seconds since 1970
  identity,  // the decimal string of a 64-bit number, which a JSON reader would round
};

enum class PropertyAccess : std::uint8_t {
  read_only,
  settable,
  at_creation,
  at_import,
  at_creation_or_import,
};

enum class Inheritance : std::uint8_t { none, inherited };

// Who has the value: the kernel's property list, or we, from other answers of the kernel.
enum class Supplier : std::uint8_t { kernel, computed };

// A hidden property is the kernel's own affair: it is neither shown nor accepted.
enum class Visibility : std::uint8_t { shown, hidden };

enum class Target : std::uint8_t {
  filesystem = 1,
  volume = 2,
  snapshot = 4,
  bookmark = 8,
  pool = 16,
  vdev = 32
};

// A set of targets.
struct Targets {
  std::uint8_t bits = 0;

  constexpr Targets() = default;
  constexpr Targets(Target target) : bits(static_cast<std::uint8_t>(target)) {}

  constexpr bool has(Target target) const {
    return (bits & static_cast<std::uint8_t>(target)) != 0;
  }
  constexpr bool empty() const { return bits == 0; }
  friend constexpr bool operator==(Targets, Targets) = default;
};

constexpr Targets operator|(Targets left, Targets right) {
  Targets both;
  both.bits = static_cast<std::uint8_t>(left.bits | right.bits);
  return both;
}

enum class WordUse : std::uint8_t {
  offered,
  alias,      // accepted and shown, but not advertised
  read_only,  // shown where it is found, never accepted
};

// One word and its number. Where several words have one number, the first is shown.
struct IndexWord {
  std::string_view word;
  std::uint64_t value = 0;
  WordUse use = WordUse::offered;
  Release since = oldest_release;
  Release before = {std::numeric_limits<int>::max(), 0, 0};  // the first release without it
};

enum class Step : std::uint8_t { any, power_of_two };
enum class Zero : std::uint8_t { as_the_range_says, allowed };

// What a number may be when it is set.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  Step step = Step::any;
  Zero zero = Zero::as_the_range_says;
};

enum class TextRule : std::uint8_t {
  any,
  printable,
  absolute_path,
  mount_point,
  cache_file,
  key_location
};

// What a later release changed; whatever is empty stayed as it was.
struct Amendment {
  Release since;
  Constant initial;
  Targets targets;
  std::optional<Range> range;
};

// One row per property. Sources: zfsprops(7), zpoolprops(7), vdevprops(7), and the tables compiled
// into libzfs.
struct PropertyRow {
  std::string_view name;
  PropertyForm form = PropertyForm::text;
  PropertyAccess access = PropertyAccess::read_only;
  Inheritance inheritance = Inheritance::none;
  Supplier supplier = Supplier::kernel;
  Visibility visibility = Visibility::shown;
  Targets targets;
  std::span<const IndexWord> words;  // of an index; on a number, values that have a name ("auto")
  Constant initial;  // the default, in kernel form; none where the kernel always says
  Constant none;     // the kernel value that is null in the API
  Range range;
  TextRule text_rule = TextRule::any;
  std::size_t most_bytes = 8191;  // of a text, as the kernel stores it without the final NUL
  Release since = oldest_release;
  Amendment later;
  std::string_view doc;
};

// All rows, hidden ones included, in groups that belong together.
std::span<const PropertyRow> dataset_properties();
std::span<const PropertyRow> pool_properties();
std::span<const PropertyRow> vdev_properties();

// Whether the kernel holds a number that is one in the API too.
bool takes_numbers(PropertyForm form);

// Null for a name that is no native property; user properties and `feature@…` are not in the
// tables.
const PropertyRow* find_dataset_property(std::string_view name);
const PropertyRow* find_pool_property(std::string_view name);
const PropertyRow* find_vdev_property(std::string_view name);

// What holds in that release.
bool exists_in(const PropertyRow& row, Release release);
bool is_known_in(const IndexWord& word, Release release);
// How a word is shown: as itself, or as the first of several with the same number.
std::string_view shown_word(const PropertyRow& row, std::string_view word, Release release);
Targets targets_in(const PropertyRow& row, Release release);
Range range_in(const PropertyRow& row, Release release);

// From kernel form to API form. Never fails: a number that has no word becomes its decimal string,
// and a value of an unexpected type keeps its own form.
PropertyValue to_api(const PropertyRow& row, const KernelValue& value, Release release);

// From API form to kernel form; looks at the value only, not at whether the property may be set.
// Fails with bad_request, or not_in_this_release for a word that is newer; `detail` names the
// property and what is allowed.
Result<KernelValue> to_kernel(const PropertyRow& row, const PropertyValue& value, Release release);

// What the kernel leaves out of its lists. None where the property does not exist for that target
// and release, where the kernel always gives a value, and where we compute it (a mount point's
// default follows from the name).
std::optional<PropertyValue> default_of(const PropertyRow& row, Target target, Release release);

// For the manual and for errors: "one of `on`, `off`", "a power of two from 512 to 16777216".
std::string allowed_values(const PropertyRow& row, Release release);

}  // namespace zfsrest::model
