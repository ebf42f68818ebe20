#include "model/property.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <system_error>

namespace zfsrest::model {
namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t last_second_of_year_9999 = 253402300799;

bool is_amended_in(const PropertyRow& row, Release release) {
  return row.later.since != Release{} && release >= row.later.since;
}

bool has(const Constant& constant) {
  return !std::holds_alternative<std::monostate>(constant);
}

KernelValue kernel_value_of(const Constant& constant) {
  if (const auto* number = std::get_if<std::uint64_t>(&constant)) return *number;
  return std::string(std::get<std::string_view>(constant));
}

bool equal(const Constant& constant, const KernelValue& value) {
  return has(constant) && kernel_value_of(constant) == value;
}

const IndexWord* find_word(const PropertyRow& row, std::uint64_t value, Release release) {
  const auto found = std::ranges::find_if(row.words, [&](const IndexWord& word) {
    return word.value == value && is_known_in(word, release);
  });
  return found == row.words.end() ? nullptr : &*found;
}

std::string rfc3339(std::uint64_t seconds) {
  if (seconds > last_second_of_year_9999) return fmt::format("{}", seconds);
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

PropertyValue number_to_api(const PropertyRow& row, std::uint64_t number, Release release) {
  if (const auto* word = find_word(row, number, release)) return std::string(word->word);
  switch (row.form) {
    case PropertyForm::bytes:
    case PropertyForm::number:
    case PropertyForm::percent:
      return number;
    case PropertyForm::ratio:
      return static_cast<double>(number) / 100;
    case PropertyForm::time:
      return rfc3339(number);
    case PropertyForm::index:
    case PropertyForm::text:
    case PropertyForm::identity:
      break;
  }
  return fmt::format("{}", number);
}

// --- from API form to kernel form ---

Error refusal(const PropertyRow& row, Release release) {
  return Error::of(Code::bad_request,
                   fmt::format("`{}` must be {}.", row.name, allowed_values(row, release)));
}

Result<KernelValue> null_to_kernel(const PropertyRow& row, Release release) {
  if (!has(row.none)) return refusal(row, release);
  return kernel_value_of(row.none);
}

Result<KernelValue> word_to_kernel(const PropertyRow& row, std::string_view text, Release release) {
  const IndexWord* newer = nullptr;
  for (const auto& word : row.words) {
    if (word.word != text || word.use == WordUse::read_only) continue;
    if (is_known_in(word, release)) return KernelValue(word.value);
    if (word.since > release) newer = &word;
  }
  if (newer == nullptr) return refusal(row, release);
  return Error::of(Code::not_in_this_release,
                   fmt::format("The value `{}` of `{}` needs OpenZFS {}.", text, row.name,
                               to_string(newer->since)));
}

bool is_within(const Range& range, std::uint64_t number) {
  if (number == 0 && range.zero == Zero::allowed) return true;
  if (range.step == Step::power_of_two && (number & (number - 1)) != 0) return false;
  return range.least <= number && number <= range.most;
}

Result<KernelValue> number_to_kernel(const PropertyRow& row, std::uint64_t number,
                                     Release release) {
  if (!is_within(range_in(row, release), number)) return refusal(row, release);
  return KernelValue(number);
}

bool is_address(std::string_view text) {
  for (const std::string_view scheme : {"file:///", "https://", "http://"})
    if (text.starts_with(scheme) && text.size() > scheme.size()) return true;
  return false;
}

bool is_permitted(TextRule rule, std::string_view text) {
  switch (rule) {
    case TextRule::any:
      return true;
    case TextRule::printable:
      return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    case TextRule::absolute_path:
      return text.starts_with('/');
    case TextRule::mount_point:
      return text.starts_with('/') || text == "legacy" || text == "none";
    case TextRule::cache_file:
      return text.starts_with('/') || text == "none";
    case TextRule::key_location:
      return text == "prompt" || text == "none" || is_address(text);
  }
  return false;
}

// A NUL would end the text early in the kernel.
Result<KernelValue> text_to_kernel(const PropertyRow& row, std::string_view text, Release release) {
  if (text.size() > row.most_bytes || text.find('\0') != text.npos) return refusal(row, release);
  KernelValue value = std::string(text);
  if (!is_permitted(row.text_rule, text) && !equal(row.none, value)) return refusal(row, release);
  return value;
}

Result<KernelValue> identity_to_kernel(const PropertyRow& row, std::string_view text,
                                       Release release) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return refusal(row, release);
  return KernelValue(number);
}

Result<KernelValue> string_to_kernel(const PropertyRow& row, std::string_view text,
                                     Release release) {
  switch (row.form) {
    case PropertyForm::text:
      return text_to_kernel(row, text, release);
    case PropertyForm::identity:
      return identity_to_kernel(row, text, release);
    case PropertyForm::index:
    case PropertyForm::bytes:
    case PropertyForm::number:
    case PropertyForm::percent:
      return word_to_kernel(row, text, release);
    case PropertyForm::ratio:
    case PropertyForm::time:
      break;
  }
  return refusal(row, release);
}

// --- what is allowed, in words ---

std::string offered_words(const PropertyRow& row, Release release) {
  std::string list;
  for (const auto& word : row.words) {
    if (word.use != WordUse::offered || !is_known_in(word, release)) continue;
    if (!list.empty()) list += ", ";
    list += fmt::format("`{}`", word.word);
  }
  return list;
}

std::string describe(const Range& range, std::string_view kind) {
  const bool unbounded = range.most >= no_limit - 1;
  std::string text(kind);
  if (!unbounded) {
    text += fmt::format(" from {} to {}", range.least, range.most);
  } else if (range.least > 0) {
    text += fmt::format(" of at least {}", range.least);
  }
  if (range.zero == Zero::allowed) text += ", or 0";
  return text;
}

std::string describe_number(const PropertyRow& row, Release release) {
  const Range range = range_in(row, release);
  const std::string_view unit = row.form == PropertyForm::bytes ? "a number of bytes" : "a number";
  auto text = describe(range, range.step == Step::power_of_two ? "a power of two" : unit);
  if (const auto words = offered_words(row, release); !words.empty()) text += ", or " + words;
  return text;
}

std::string_view describe(TextRule rule) {
  switch (rule) {
    case TextRule::any:
      return "a text";
    case TextRule::printable:
      return "a text of printable ASCII characters";
    case TextRule::absolute_path:
      return "an absolute path";
    case TextRule::mount_point:
      return "an absolute path, `legacy` or `none`";
    case TextRule::cache_file:
      return "an absolute path or `none`";
    case TextRule::key_location:
      return "`prompt`, `none`, or an address that begins with `file:///`, `https://` or `http://`";
  }
  return "a text";
}

std::string describe_form(const PropertyRow& row, Release release) {
  switch (row.form) {
    case PropertyForm::bytes:
    case PropertyForm::number:
      return describe_number(row, release);
    case PropertyForm::percent:
      return "a number of percent";
    case PropertyForm::ratio:
      return "a ratio";
    case PropertyForm::index:
      return "one of " + offered_words(row, release);
    case PropertyForm::text:
      return fmt::format("{} (at most {} bytes)", describe(row.text_rule), row.most_bytes);
    case PropertyForm::time:
      return "a time in the form of RFC 3339";
    case PropertyForm::identity:
      return "a 64-bit number as a decimal string";
  }
  return "a value";
}

}  // namespace

bool exists_in(const PropertyRow& row, Release release) {
  return row.since <= release;
}

std::string_view shown_word(const PropertyRow& row, std::string_view word, Release release) {
  const auto known = std::ranges::find_if(row.words, [&](const IndexWord& each) {
    return each.word == word && is_known_in(each, release);
  });
  const IndexWord* shown =
      known == row.words.end() ? nullptr : find_word(row, known->value, release);
  return shown ? shown->word : word;
}

bool is_known_in(const IndexWord& word, Release release) {
  return word.since <= release && release < word.before;
}

bool takes_numbers(PropertyForm form) {
  return form == PropertyForm::bytes || form == PropertyForm::number ||
         form == PropertyForm::percent;
}

Targets targets_in(const PropertyRow& row, Release release) {
  return is_amended_in(row, release) && !row.later.targets.empty() ? row.later.targets
                                                                   : row.targets;
}

Range range_in(const PropertyRow& row, Release release) {
  return is_amended_in(row, release) && row.later.range ? *row.later.range : row.range;
}

PropertyValue to_api(const PropertyRow& row, const KernelValue& value, Release release) {
  if (equal(row.none, value)) return nullptr;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return number_to_api(row, std::get<std::uint64_t>(value), release);
}

Result<KernelValue> to_kernel(const PropertyRow& row, const PropertyValue& value, Release release) {
  if (std::holds_alternative<std::nullptr_t>(value)) return null_to_kernel(row, release);
  if (const auto* text = std::get_if<std::string>(&value))
    return string_to_kernel(row, *text, release);
  if (const auto* number = std::get_if<std::uint64_t>(&value); number && takes_numbers(row.form))
    return number_to_kernel(row, *number, release);
  return refusal(row, release);
}

std::optional<PropertyValue> default_of(const PropertyRow& row, Target target, Release release) {
  if (!exists_in(row, release) || !targets_in(row, release).has(target)) return std::nullopt;
  const bool amended = is_amended_in(row, release) && has(row.later.initial);
  const Constant& initial = amended ? row.later.initial : row.initial;
  if (!has(initial)) return std::nullopt;
  return to_api(row, kernel_value_of(initial), release);
}

std::string allowed_values(const PropertyRow& row, Release release) {
  return describe_form(row, release) + (has(row.none) ? ", or null" : "");
}

}  // namespace zfsrest::model
