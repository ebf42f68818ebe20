#include "model/sort.hpp"

#include <algorithm>
#include <bit>

#include "model/text.hpp"

namespace zfsrest::model {
namespace {

// What stands before a value, so that values of a kind come together.
constexpr char number_follows = 1, text_follows = 2, nothing_follows = 3;

void append_number(std::string& place, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) place += static_cast<char>(number >> shift & 0xff);
}

// Of numbers that are not negative, the bits are ordered as the numbers are.
std::uint64_t ordered_bits(double number) {
  return std::bit_cast<std::uint64_t>(std::max(number, 0.0));
}

// As a number, if values of that form are any.
std::optional<std::uint64_t> number_in(const PropertyValue& value, PropertyForm form) {
  if (const auto* number = std::get_if<std::uint64_t>(&value))
    return form == PropertyForm::ratio ? ordered_bits(static_cast<double>(*number)) : *number;
  if (const auto* ratio = std::get_if<double>(&value)) return ordered_bits(*ratio);
  const auto* text = std::get_if<std::string>(&value);
  if (form != PropertyForm::identity || !text) return {};
  const auto guid = Guid::parse(*text);
  return guid.ok() ? std::optional(guid.value().value) : std::nullopt;
}

}  // namespace

Result<SortKey> SortKey::parse(std::string_view text) {
  SortKey key{.field = std::string(text), .is_descending = text.starts_with('-')};
  if (key.is_descending) key.field.erase(0, 1);
  if (key.field.empty())
    return Error::of(Code::bad_request, "a field or property to sort by is missing");
  return key;
}

describe::TextShape SortKey::shape() {
  return {.name = "SortKey",
          .doc = "A field or property to sort by; after `-`, the largest comes first.",
          .example = "-used"};
}

Order::Order(const std::vector<SortKey>& keys, const FormOf& form_of) {
  keys_.reserve(keys.size());
  for (const SortKey& key : keys)
    keys_.push_back({.field = key.field,
                     .is_descending = key.is_descending,
                     .form = form_of(key.field).value_or(PropertyForm::text)});
}

void Order::append(std::string& place, const Key& key, const std::optional<PropertyValue>& value) {
  if (!value || std::holds_alternative<std::nullptr_t>(*value)) {
    place += nothing_follows;
    return;
  }
  std::size_t begin = place.size() + 1;
  if (const auto number = number_in(*value, key.form)) {
    place += number_follows;
    append_number(place, *number);
  } else {
    place += text_follows;
    // A text holds no zero, so that one can end it: `a` comes before `ab`.
    place += std::get<std::string>(*value).substr(0, compared_bytes);
    place += '\0';
  }
  if (!key.is_descending) return;
  for (; begin < place.size(); ++begin) place[begin] = static_cast<char>(~place[begin]);
}

std::string Order::finish(std::string place, std::string_view name) {
  place += '\0';
  return place += name;
}

std::string_view Order::name_in(std::string_view place) {
  return place.substr(place.rfind('\0') + 1);
}

void FirstPlaces::offer(std::string place) {
  if (!after_.empty() && place <= after_) return;
  if (heap_.size() < most_) {
    heap_.push_back(std::move(place));
    std::ranges::push_heap(heap_);
    return;
  }
  has_more_ = true;
  if (most_ == 0 || place >= heap_.front()) return;
  std::ranges::pop_heap(heap_);
  heap_.back() = std::move(place);
  std::ranges::push_heap(heap_);
}

std::vector<std::string> FirstPlaces::take() {
  std::ranges::sort_heap(heap_);
  return std::move(heap_);
}

}  // namespace zfsrest::model
