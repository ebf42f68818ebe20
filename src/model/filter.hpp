// Filters of lists: a small language of comparisons, which is parsed and never evaluated as code.
//
//   filter     = all { "or" all }
//   all        = one { "and" one }
//   one        = "not" one | "(" filter ")" | comparison
//   comparison = field ("=" | "!=" | "<" | "<=" | ">" | ">=" | "~") value
//   value      = word | '"' { character | '\"' | '\\' } '"'
//
// `~` compares with a pattern in which `*` stands for any text and `?` for any character of UTF-8.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "describe/schema.hpp"
#include "model/property.hpp"

namespace zfsrest::model {

class Filter {
 public:
  static constexpr std::size_t most_bytes = 4096;
  static constexpr std::size_t most_comparisons = 64;
  static constexpr std::size_t deepest = 16;
  // What a value of the longest kind, compared with a pattern as long as that, costs is no more
  // than what reading its object does.
  static constexpr std::size_t most_bytes_of_pattern = 256;

  // Fails with bad_request; `detail` says where and what was expected.
  static Result<Filter> parse(std::string_view text);
  static describe::TextShape shape();
  const std::string& text() const { return text_; }

  // The form of the values that a field has; nothing for a field that there is not.
  using FormOf = std::function<std::optional<PropertyForm>(std::string_view field)>;
  // The same filter with its values in the forms of their fields, ready to be used. Words are as
  // that release shows them. Fails with bad_request for a field that there is not, and for a value
  // or a comparison that it cannot have, whatever the release.
  Result<Filter> bind(const FormOf& form_of, Release release) const;

  // The fields that it compares.
  std::vector<std::string> fields() const;

  // Whether an object passes; `value_of` gives the object's value of a field, or nothing if it has
  // none. What an object has not, equals nothing and is neither more nor less than anything. Only
  // of one that is bound.
  using ValueOf = std::function<std::optional<PropertyValue>(std::string_view field)>;
  bool passes(const ValueOf& value_of) const { return passes(root_, value_of); }

 private:
  friend class FilterParser;
  enum class Kind : std::uint8_t { any, all, negation, comparison };
  enum class Operator : std::uint8_t { equal, unequal, less, at_most, more, at_least, like };

  struct Node {
    Kind kind = Kind::comparison;
    std::vector<std::size_t> parts{};  // the nodes that it is made of
    std::string field{};
    Operator comparison = Operator::equal;
    std::string written{};  // the value as it stands there
    bool is_quoted = false;
    PropertyValue wanted{};
  };

  bool passes(std::size_t number, const ValueOf& value_of) const;
  static bool compare(const Node& node, const std::optional<PropertyValue>& value);
  static Result<PropertyValue> value_for(const Node& node, PropertyForm form, Release release);

  std::string text_;
  std::vector<Node> nodes_;
  std::size_t root_ = 0;
};

// Whether a text is what a pattern with `*` and `?` describes.
bool is_like(std::string_view text, std::string_view pattern);

}  // namespace zfsrest::model
