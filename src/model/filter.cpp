#include "model/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "model/property.hpp"
#include "model/text.hpp"

namespace zfsrest::model {
namespace {

Error refusal(std::string why) {
  return Error::of(Code::bad_request, std::move(why));
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// What a word may be made of: all that names, numbers, times and patterns need.
bool is_of_word(char c) {
  return !is_blank(c) && c != '(' && c != ')' && c != '"' && c != '=' && c != '!' && c != '<' &&
         c != '>' && c != '~' && static_cast<unsigned char>(c) > ' ';
}

bool is_ordered(PropertyForm form) {
  return form != PropertyForm::index && form != PropertyForm::text &&
         form != PropertyForm::identity;
}

// Where the character ends that begins there, which in UTF-8 may have several bytes.
std::size_t end_of_character(std::string_view text, std::size_t at) {
  constexpr unsigned char top_bits = 0xC0, of_continuation = 0x80;
  do ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & top_bits) == of_continuation);
  return at;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || text.empty()) return {};
  return number;
}

// Both as numbers if both are.
std::optional<std::partial_ordering> order_of(const PropertyValue& left,
                                              const PropertyValue& right) {
  if (const auto* text = std::get_if<std::string>(&left)) {
    const auto* other = std::get_if<std::string>(&right);
    if (!other) return {};
    return *text <=> *other;
  }
  const auto* number = std::get_if<std::uint64_t>(&left);
  const auto* other = std::get_if<std::uint64_t>(&right);
  if (number && other) return *number <=> *other;
  const auto real = [](const PropertyValue& value) -> std::optional<double> {
    if (const auto* whole = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* ratio = std::get_if<double>(&value)) return *ratio;
    return {};
  };
  const auto first = real(left);
  const auto second = real(right);
  if (!first || !second) return {};
  return *first <=> *second;
}

}  // namespace

bool is_like(std::string_view text, std::string_view pattern) {
  // Where the last `*` stood, and the text that it stands for by now: it alone is ever widened.
  std::size_t at = 0, in = 0, star = std::string_view::npos, taken = 0;
  while (at < text.size()) {
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      taken = at;
    } else if (in < pattern.size() && pattern[in] == '?') {
      at = end_of_character(text, at);
      ++in;
    } else if (in < pattern.size() && pattern[in] == text[at]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      in = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in) == std::string_view::npos;
}

// Reads a filter from left to right; every rule of the grammar is a function.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : text_(text) {}

  Result<Filter> parse() {
    filter_.text_ = text_;
    filter_.root_ = TRY(parse_any(0));
    skip_blanks();
    if (at_ < text_.size()) return expected("the end, `and` or `or`");
    return std::move(filter_);
  }

 private:
  using Node = Filter::Node;
  using Kind = Filter::Kind;
  using Operator = Filter::Operator;

  Error expected(std::string_view what) const {
    return refusal(fmt::format("at character {} of the filter {} was expected", at_ + 1, what));
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  // The word that stands next; empty if none does.
  std::string_view peek_word() {
    skip_blanks();
    std::size_t end = at_;
    while (end < text_.size() && is_of_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool take(std::string_view what) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }

  bool take_word(std::string_view word) {
    if (peek_word() != word) return false;
    at_ += word.size();
    return true;
  }

  std::size_t add(Node node) {
    filter_.nodes_.push_back(std::move(node));
    return filter_.nodes_.size() - 1;
  }

  // `first`, or with more of its kind, which `word` separates.
  template <class Part>
  Result<std::size_t> parse_chain(Kind kind, std::string_view word, const Part& part) {
    std::vector<std::size_t> parts{TRY(part())};
    while (take_word(word)) parts.push_back(TRY(part()));
    if (parts.size() == 1) return parts.front();
    return add({.kind = kind, .parts = std::move(parts)});
  }

  static Result<Nothing> check_depth(std::size_t depth) {
    if (depth <= Filter::deepest) return Nothing{};
    return refusal(
        fmt::format("parentheses and `not` in a filter may nest {} deep", Filter::deepest));
  }

  Result<std::size_t> parse_any(std::size_t depth) {
    TRY(check_depth(depth));
    return parse_chain(Kind::any, "or", [&] { return parse_all(depth); });
  }

  Result<std::size_t> parse_all(std::size_t depth) {
    return parse_chain(Kind::all, "and", [&] { return parse_one(depth); });
  }

  Result<std::size_t> parse_one(std::size_t depth) {
    if (take("(")) {
      const std::size_t inner = TRY(parse_any(depth + 1));
      if (!take(")")) return expected("`)`");
      return inner;
    }
    if (!take_word("not")) return parse_comparison();
    TRY(check_depth(depth + 1));
    const std::size_t inner = TRY(parse_one(depth + 1));
    return add({.kind = Kind::negation, .parts = {inner}});
  }

  Result<std::size_t> parse_comparison() {
    if (++comparisons_ > Filter::most_comparisons)
      return refusal(fmt::format("a filter may have {} comparisons", Filter::most_comparisons));
    Node node;
    node.field = peek_word();
    if (node.field.empty()) return expected("the name of a field");
    at_ += node.field.size();
    const auto comparison = take_operator();
    if (!comparison) return expected("one of = != < <= > >= ~");
    node.comparison = *comparison;
    TRY(parse_value(node));
    return add(std::move(node));
  }

  std::optional<Operator> take_operator() {
    if (take("!=")) return Operator::unequal;
    if (take("<=")) return Operator::at_most;
    if (take(">=")) return Operator::at_least;
    if (take("=")) return Operator::equal;
    if (take("<")) return Operator::less;
    if (take(">")) return Operator::more;
    if (take("~")) return Operator::like;
    return {};
  }

  Result<Nothing> parse_value(Node& node) {
    node.is_quoted = take("\"");
    if (!node.is_quoted) {
      node.written = peek_word();
      if (node.written.empty()) return expected("a value");
      at_ += node.written.size();
      return Nothing{};
    }
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
        if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\\'))
          return expected("`\"` or `\\` after `\\`");
      }
      node.written += text_[at_];
    }
    if (at_ == text_.size()) return expected("`\"`");
    ++at_;
    return Nothing{};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t comparisons_ = 0;
  Filter filter_;
};

Result<Filter> Filter::parse(std::string_view text) {
  if (text.size() > most_bytes)
    return refusal(fmt::format("a filter has at most {} bytes", most_bytes));
  return FilterParser(text).parse();
}

describe::TextShape Filter::shape() {
  return {.name = "Filter",
          .max_bytes = most_bytes,
          .doc =
              "Comparisons of fields, properties and user properties, joined by `and`, `or`, `not` "
              "and parentheses; docs/manual/lists.md has the language.",
          .example = "used>=1073741824 and name~*/home/*"};
}

Result<PropertyValue> Filter::value_for(const Node& node, PropertyForm form, Release release) {
  const auto must_be = [&](std::string_view what) {
    return refusal(fmt::format("{} is compared with {}", node.field, what));
  };
  const bool is_equality =
      node.comparison == Operator::equal || node.comparison == Operator::unequal;
  if (node.written == "null" && !node.is_quoted) {
    if (!is_equality) return refusal("null is only equal or unequal to something");
    return PropertyValue(nullptr);
  }
  if (node.comparison == Operator::like) {
    if (is_ordered(form)) return refusal(fmt::format("{} is no text, which ~ needs", node.field));
    if (node.written.size() > most_bytes_of_pattern)
      return refusal(fmt::format("a pattern has at most {} bytes", most_bytes_of_pattern));
    return PropertyValue(node.written);
  }
  if (!is_equality && !is_ordered(form))
    return refusal(fmt::format("{} has no order; it is compared by =, != and ~", node.field));
  switch (form) {
    case PropertyForm::bytes:
    case PropertyForm::number:
    case PropertyForm::percent: {
      const auto number = parse_number<std::uint64_t>(node.written);
      if (!number) return must_be("a whole number of at most 64 bits");
      return PropertyValue(*number);
    }
    case PropertyForm::ratio: {
      const auto number = parse_number<double>(node.written);
      if (!number || !std::isfinite(*number)) return must_be("a number");
      return PropertyValue(*number);
    }
    case PropertyForm::time: {
      const auto time = Time::parse(node.written);
      if (!time.ok()) return must_be("a time like 2026-11-23T15:08:33Z");
      return PropertyValue(time.value().text());
    }
    case PropertyForm::identity:
      if (!parse_number<std::uint64_t>(node.written)) return must_be("the digits of a guid");
      return PropertyValue(node.written);
    case PropertyForm::index:
      if (const PropertyRow* row = find_dataset_property(node.field))
        return PropertyValue(std::string(shown_word(*row, node.written, release)));
      break;
    case PropertyForm::text:
      break;
  }
  return PropertyValue(node.written);
}

Result<Filter> Filter::bind(const FormOf& form_of, Release release) const {
  Filter bound = *this;
  for (Node& node : bound.nodes_) {
    if (node.kind != Kind::comparison) continue;
    const auto form = form_of(node.field);
    if (!form) return refusal(fmt::format("there is no field or property \"{}\"", node.field));
    node.wanted = TRY(value_for(node, *form, release));
  }
  return bound;
}

std::vector<std::string> Filter::fields() const {
  std::vector<std::string> fields;
  fields.reserve(nodes_.size());
  for (const Node& node : nodes_)
    if (node.kind == Kind::comparison) fields.push_back(node.field);
  return fields;
}

bool Filter::passes(std::size_t number, const ValueOf& value_of) const {
  const Node& node = nodes_[number];
  const auto holds = [&](std::size_t part) { return passes(part, value_of); };
  switch (node.kind) {
    case Kind::any:
      return std::ranges::any_of(node.parts, holds);
    case Kind::all:
      return std::ranges::all_of(node.parts, holds);
    case Kind::negation:
      return !holds(node.parts.front());
    default:
      return compare(node, value_of(node.field));
  }
}

bool Filter::compare(const Node& node, const std::optional<PropertyValue>& value) {
  if (node.comparison == Operator::unequal) return !value || *value != node.wanted;
  if (!value) return false;
  if (node.comparison == Operator::equal) return *value == node.wanted;
  if (node.comparison == Operator::like) {
    const auto* text = std::get_if<std::string>(&*value);
    return text && is_like(*text, std::get<std::string>(node.wanted));
  }
  const auto order = order_of(*value, node.wanted);
  if (!order) return false;
  switch (node.comparison) {
    case Operator::less:
      return *order < 0;
    case Operator::at_most:
      return *order <= 0;
    case Operator::more:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

}  // namespace zfsrest::model
