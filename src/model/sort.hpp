// The order of a list that is asked for by fields and properties.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "describe/schema.hpp"
#include "model/field_form.hpp"

namespace zfsrest::model {

// One thing to sort by, written `used`, or `-used` if the largest comes first.
struct SortKey {
  std::string field;
  bool is_descending = false;

  std::string text() const { return (is_descending ? "-" : "") + field; }
  static Result<SortKey> parse(std::string_view text);
  static describe::TextShape shape();
};

// Where an object stands among others: bytes that are ordered as the objects are, and end with the
// object's name, which decides between those that are alike in all else. So a place is all that is
// to be kept of an object to sort it, and all that is to be known to go on after it.
class Order {
 public:
  static constexpr std::size_t most_keys = 4;
  // Texts are compared by so many bytes.
  static constexpr std::size_t compared_bytes = 256;

  // `form_of` as of a filter; each key's field has a form.
  using FormOf = std::function<std::optional<PropertyForm>(std::string_view field)>;
  Order(const std::vector<SortKey>& keys, const FormOf& form_of);

  // Numbers come before texts, and what an object has not comes last, however it is sorted.
  template <describe::Record Object>
  std::string place_of(const Object& object) const {
    std::string place;
    for (const Key& key : keys_) append(place, key, value_of(object, key.field));
    return finish(std::move(place), object.name.text());
  }
  static std::string_view name_in(std::string_view place);

 private:
  struct Key {
    std::string field;
    bool is_descending;
    PropertyForm form;
  };

  static void append(std::string& place, const Key& key, const std::optional<PropertyValue>& value);
  static std::string finish(std::string place, std::string_view name);

  std::vector<Key> keys_;
};

// The first of many places, in memory for those alone.
class FirstPlaces {
 public:
  // At most `most` of those after `after`, or of all if that is empty.
  FirstPlaces(std::size_t most, std::string after) : most_(most), after_(std::move(after)) {}

  void offer(std::string place);
  // Whether there were more than it keeps.
  bool has_more() const { return has_more_; }
  // Those that it keeps, in order; it is empty then.
  std::vector<std::string> take();

 private:
  std::size_t most_;
  std::string after_;
  bool has_more_ = false;
  std::vector<std::string> heap_;  // the last of them first
};

}  // namespace zfsrest::model
