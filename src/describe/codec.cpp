#include "describe/codec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace zfsrest::describe {
namespace {

// No name of ours is longer, and what is longer is not repeated in an answer.
constexpr std::size_t longest_repeated = 255;

}  // namespace

std::string_view kind_phrase(const json::Value& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "a boolean";
  if (value.is_string()) return "a string";
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  return value.is_double() ? "a number with a fraction" : "an integer";
}

void fault_kind(const Spot& spot, std::string_view wanted, const json::Value& got) {
  spot.fault(fmt::format("expected {}, got {}", wanted, kind_phrase(got)));
}

void fault_unknown_keys(const json::Object& object, std::span<const std::string_view> known,
                        const Spot& spot) {
  for (const auto& [key, value] : object) {
    const std::string_view name(key.data(), key.size());
    if (std::ranges::find(known, name) != known.end()) continue;
    if (spot.report().is_full())
      spot.report().add(Fault());
    else if (spot.is_about_secrets() || name.size() > longest_repeated)
      spot.fault(fmt::format("a key is unknown; known are: {}", fmt::join(known, ", ")));
    else
      spot.key(name).fault(
          known.empty()
              ? fmt::format("\"{}\" is unknown; none is known here", name)
              : fmt::format("\"{}\" is unknown; known are: {}", name, fmt::join(known, ", ")));
  }
}

void fault_word(const Spot& spot, std::string_view got, std::span<const std::string_view> words) {
  const bool is_kept_back = spot.is_about_secrets() || got.size() > longest_repeated;
  const std::string what = is_kept_back ? "it" : fmt::format("\"{}\"", got);
  spot.fault(fmt::format("{} is not among: {}", what, fmt::join(words, ", ")));
}

std::optional<std::int64_t> decode_signed(const json::Value& value, const Spot& spot,
                                          std::int64_t min, std::int64_t max) {
  if (value.is_int64() && value.get_int64() >= min && value.get_int64() <= max)
    return value.get_int64();
  if (value.is_int64() || value.is_uint64())
    spot.fault(fmt::format("the integer must be from {} to {}", min, max));
  else
    fault_kind(spot, "an integer", value);
  return {};
}

std::optional<std::uint64_t> decode_unsigned(const json::Value& value, const Spot& spot,
                                             std::uint64_t max) {
  if (value.is_uint64() && value.get_uint64() <= max) return value.get_uint64();
  if (value.is_int64() && value.get_int64() >= 0 &&
      static_cast<std::uint64_t>(value.get_int64()) <= max)
    return static_cast<std::uint64_t>(value.get_int64());
  if (value.is_int64() || value.is_uint64())
    spot.fault(fmt::format("the integer must be from 0 to {}", max));
  else
    fault_kind(spot, "an integer", value);
  return {};
}

json::Value integer_from_text(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::int64_t number = 0;
  if (auto [stop, error] = std::from_chars(text.data(), end, number);
      error == std::errc() && stop == end)
    return number;
  std::uint64_t large = 0;
  if (auto [stop, error] = std::from_chars(text.data(), end, large);
      error == std::errc() && stop == end)
    return large;
  return json::Value(text);
}

void mark_since(json::Object& schema, Release since) {
  if (since > Release{}) schema["x-since"] = to_string(since);
}

std::string needs_sentence(Release since) {
  return since > Release{} ? fmt::format(" Needs OpenZFS {}.", to_string(since)) : "";
}

json::Object text_schema(const TextShape& shape, Schemas& schemas) {
  if (!schemas.known(shape.name)) {
    json::Object schema{{"type", "string"}, {"description", shape.doc}};
    if (!shape.pattern.empty()) schema["pattern"] = shape.pattern;
    if (shape.max_bytes > 0) schema["maxLength"] = shape.max_bytes;
    if (!shape.example.empty()) schema["examples"] = json::Array{json::Value(shape.example)};
    schemas.define(shape.name, std::move(schema));
  }
  return Schemas::reference(shape.name);
}

}  // namespace zfsrest::describe
