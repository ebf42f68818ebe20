// From JSON to typed values and back: one Codec per kind of type, chosen by what the type offers.
//
// Records have `static constexpr auto fields()` and may have `static constexpr std::string_view
// schema_name`.
//
// Texts have `static Result<T> parse(std::string_view)`, `static TextShape shape()` and
// `std::string text() const`; secrets lack the last, so that nothing can write them.
//
// Words are an enumeration with `std::span<const Word<E>> words_of(E)`, found by argument-dependent
// look-up.
//
// Unions are a std::variant of records, each with `static constexpr std::string_view type`, told
// apart by the key "type". Maps are std::map<std::string, T>, lists std::vector<T>, and
// std::optional<T> is T or null.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "describe/field.hpp"
#include "describe/report.hpp"
#include "describe/schema.hpp"
#include "json/writer.hpp"

namespace zfsrest::describe {

template <class E>
struct Word {
  E value;
  Release since;  // of OpenZFS, that can do what a request asks for with it
  std::string_view word;
  std::string_view doc;

  constexpr Word(E number, std::string_view name, std::string_view sentence,
                 Release brought_by = {})
      : value(number), since(brought_by), word(name), doc(sentence) {}
};

template <class T>
struct Codec;

// Yields nothing, with a fault noted, when the value is not acceptable.
template <class T>
std::optional<T> decode(const json::Value& value, const Spot& spot) {
  return Codec<T>::decode(value, spot);
}

// Tells the value to a json::Writer or json::Builder.
template <class T, class Out>
void write(const T& value, Out& out) {
  Codec<T>::write(value, out);
}

template <class T>
json::Value encode(const T& value) {
  json::Builder builder;
  write(value, builder);
  return std::move(builder).take();
}

// The same as compact text, which costs less.
template <class T>
std::string to_json(const T& value) {
  std::string text;
  json::Writer writer(text);
  write(value, writer);
  return text;
}

template <class T>
json::Object schema(Schemas& schemas) {
  return Codec<T>::schema(schemas);
}

// The JSON value that the text of a query or path parameter stands for; decode() judges it
// afterwards.
template <class T>
json::Value from_text(std::string_view text) {
  if constexpr (requires { Codec<T>::from_text(text); })
    return Codec<T>::from_text(text);
  else
    return json::Value(text);
}

// "a string", "an object" … for messages.
std::string_view kind_phrase(const json::Value& value);
void fault_kind(const Spot& spot, std::string_view wanted, const json::Value& got);
void fault_unknown_keys(const json::Object& object, std::span<const std::string_view> known,
                        const Spot& spot);
void fault_word(const Spot& spot, std::string_view got, std::span<const std::string_view> words);
std::optional<std::int64_t> decode_signed(const json::Value&, const Spot&, std::int64_t min,
                                          std::int64_t max);
std::optional<std::uint64_t> decode_unsigned(const json::Value&, const Spot&, std::uint64_t max);
json::Value integer_from_text(std::string_view text);
// Adds `x-since` unless every release will do.
void mark_since(json::Object& schema, Release since);
// " Needs OpenZFS 2.3.", to go behind another sentence; empty where every release will do.
std::string needs_sentence(Release since);

template <>
struct Codec<bool> {
  static std::optional<bool> decode(const json::Value& value, const Spot& spot) {
    if (value.is_bool()) return value.get_bool();
    fault_kind(spot, "true or false", value);
    return {};
  }
  template <class Out>
  static void write(bool value, Out& out) {
    out.boolean(value);
  }
  static json::Object schema(Schemas&) { return {{"type", "boolean"}}; }
  static json::Value from_text(std::string_view text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return json::Value(text);
  }
};

template <std::signed_integral T>
struct Codec<T> {
  static std::optional<T> decode(const json::Value& value, const Spot& spot) {
    const auto number =
        decode_signed(value, spot, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    if (!number) return {};
    return static_cast<T>(*number);
  }
  template <class Out>
  static void write(T value, Out& out) {
    out.number(value);
  }
  static json::Object schema(Schemas&) { return {{"type", "integer"}}; }
  static json::Value from_text(std::string_view text) { return integer_from_text(text); }
};

template <std::unsigned_integral T>
struct Codec<T> {
  static std::optional<T> decode(const json::Value& value, const Spot& spot) {
    const auto number = decode_unsigned(value, spot, std::numeric_limits<T>::max());
    if (!number) return {};
    return static_cast<T>(*number);
  }
  template <class Out>
  static void write(T value, Out& out) {
    out.number(value);
  }
  static json::Object schema(Schemas&) { return {{"type", "integer"}, {"minimum", 0}}; }
  static json::Value from_text(std::string_view text) { return integer_from_text(text); }
};

template <>
struct Codec<double> {
  template <class Out>
  static void write(double value, Out& out) {
    out.number(value);
  }
  static json::Object schema(Schemas&) { return {{"type", "number"}}; }
};

template <>
struct Codec<std::string> {
  static std::optional<std::string> decode(const json::Value& value, const Spot& spot) {
    if (value.is_string()) return std::string(json::view(value.get_string()));
    fault_kind(spot, "a string", value);
    return {};
  }
  template <class Out>
  static void write(const std::string& value, Out& out) {
    out.text(value);
  }
  static json::Object schema(Schemas&) { return {{"type", "string"}}; }
};

// Any JSON at all, for what describes itself (the OpenAPI document).
template <>
struct Codec<json::Value> {
  static std::optional<json::Value> decode(const json::Value& value, const Spot&) { return value; }
  template <class Out>
  static void write(const json::Value& value, Out& out) {
    out.value(value);
  }
  static json::Object schema(Schemas&) { return {}; }
};

template <class T>
concept Text = requires(std::string_view text) {
  { T::parse(text) } -> std::same_as<Result<T>>;
  { T::shape() } -> std::same_as<TextShape>;
};

json::Object text_schema(const TextShape& shape, Schemas& schemas);

template <Text T>
struct Codec<T> {
  static std::optional<T> decode(const json::Value& value, const Spot& spot) {
    if (!value.is_string()) {
      fault_kind(spot, "a string", value);
      return {};
    }
    auto parsed = T::parse(json::view(value.get_string()));
    if (parsed.ok()) return std::move(parsed).value();
    spot.fault(parsed.error());
    return {};
  }
  template <class Out>
  static void write(const T& value, Out& out) {
    out.text(value.text());
  }
  static json::Object schema(Schemas& schemas) { return text_schema(T::shape(), schemas); }
};

template <class E>
  requires std::is_enum_v<E>
struct Codec<E> {
  static std::optional<E> decode(const json::Value& value, const Spot& spot) {
    if (!value.is_string()) {
      fault_kind(spot, "a string", value);
      return {};
    }
    for (const Word<E>& row : words_of(E{}))
      if (row.word == json::view(value.get_string())) {
        spot.need(row.word, row.since);
        return row.value;
      }
    fault_word(spot, json::view(value.get_string()), all_words());
    return {};
  }
  template <class Out>
  static void write(E value, Out& out) {
    for (const Word<E>& row : words_of(E{}))
      if (row.value == value) return out.text(row.word);
    out.null();
  }
  static json::Object schema(Schemas&) {
    json::Array words;
    json::Object later;
    std::string doc;
    for (const Word<E>& row : words_of(E{})) {
      words.emplace_back(row.word);
      if (!row.doc.empty()) doc += "`" + std::string(row.word) + "`: " + std::string(row.doc) + " ";
      if (row.since > Release{}) later[row.word] = to_string(row.since);
    }
    json::Object schema{{"type", "string"}, {"enum", std::move(words)}};
    if (!later.empty()) schema["x-values-since"] = std::move(later);
    if (!doc.empty()) schema["description"] = doc.substr(0, doc.size() - 1);
    return schema;
  }

 private:
  static std::vector<std::string_view> all_words() {
    std::vector<std::string_view> words;
    for (const Word<E>& row : words_of(E{})) words.push_back(row.word);
    return words;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static std::optional<std::optional<T>> decode(const json::Value& value, const Spot& spot) {
    if (value.is_null()) return std::optional<T>();
    auto decoded = describe::decode<T>(value, spot);
    if (!decoded) return {};
    return std::optional<std::optional<T>>(std::in_place, std::move(decoded));
  }
  template <class Out>
  static void write(const std::optional<T>& value, Out& out) {
    if (value)
      describe::write(*value, out);
    else
      out.null();
  }
  static json::Object schema(Schemas& schemas) {
    json::Object inner = describe::schema<T>(schemas);
    if (inner.contains("type") && inner["type"].is_string() && !inner.contains("enum")) {
      inner["type"] = json::Array{inner["type"], "null"};
      return inner;
    }
    return {{"anyOf", json::Array{std::move(inner), json::Object{{"type", "null"}}}}};
  }
  static json::Value from_text(std::string_view text) { return describe::from_text<T>(text); }
};

// Whether a value of this type can hold key material, which encoding leaves out.
template <class T>
inline constexpr bool holds_secrets = false;
template <class T>
inline constexpr bool holds_secrets<std::optional<T>> = holds_secrets<T>;
template <class T>
inline constexpr bool holds_secrets<std::vector<T>> = holds_secrets<T>;
template <class T>
inline constexpr bool holds_secrets<std::map<std::string, T>> = holds_secrets<T>;
template <class... T>
inline constexpr bool holds_secrets<std::variant<T...>> = (holds_secrets<T> || ...);
template <class F>
inline constexpr bool is_secret = F::care == Care::secret || holds_secrets<typename F::Type>;
template <Record T>
inline constexpr bool holds_secrets<T> =
    std::apply([]<class... F>(const F&...) { return (is_secret<F> || ...); }, T::fields());

template <class T>
struct Codec<std::vector<T>> {
  // A batch larger than this is refused: every object costs the kernel work under a lock, and every
  // key memory of its own.
  static constexpr std::size_t most = holds_secrets<T> ? 1'000 : 20'000;

  static std::optional<std::vector<T>> decode(const json::Value& value, const Spot& spot) {
    if (!value.is_array()) {
      fault_kind(spot, "an array", value);
      return {};
    }
    if (value.get_array().size() > most) {
      spot.fault("this array may have at most " + std::to_string(most) + " elements");
      return {};
    }
    std::vector<T> list;
    bool good = true;
    std::size_t position = 0;
    for (const json::Value& element : value.get_array()) {
      auto decoded = describe::decode<T>(element, spot.index(position++));
      if (decoded)
        list.push_back(std::move(*decoded));
      else
        good = false;
    }
    if (!good) return {};
    return list;
  }
  template <class Out>
  static void write(const std::vector<T>& list, Out& out) {
    out.begin_array();
    for (const T& element : list) describe::write<T>(element, out);
    out.end_array();
  }
  static json::Object schema(Schemas& schemas) {
    return {{"type", "array"}, {"items", describe::schema<T>(schemas)}};
  }
  static json::Value from_text(std::string_view text) {
    json::Array array;
    while (true) {
      const std::size_t comma = text.find(',');
      array.push_back(describe::from_text<T>(text.substr(0, comma)));
      if (comma == std::string_view::npos) return array;
      text.remove_prefix(comma + 1);
    }
  }
};

template <class T>
struct Codec<std::map<std::string, T>> {
  static std::optional<std::map<std::string, T>> decode(const json::Value& value,
                                                        const Spot& spot) {
    if (!value.is_object()) {
      fault_kind(spot, "an object", value);
      return {};
    }
    std::map<std::string, T> map;
    bool good = true;
    for (const auto& [key, member] : value.get_object()) {
      auto decoded = describe::decode<T>(member, spot.key(key));
      if (decoded)
        map.emplace(key, std::move(*decoded));
      else
        good = false;
    }
    if (!good) return {};
    return map;
  }
  template <class Out>
  static void write(const std::map<std::string, T>& map, Out& out) {
    out.begin_object();
    for (const auto& [key, member] : map) {
      out.key(key);
      describe::write(member, out);
    }
    out.end_object();
  }
  static json::Object schema(Schemas& schemas) {
    return {{"type", "object"}, {"additionalProperties", describe::schema<T>(schemas)}};
  }
};

// The keys of a record's field table.
template <Record T>
std::vector<std::string_view> keys_of() {
  std::vector<std::string_view> keys;
  each_field<T>([&](const auto& field) { keys.push_back(field.name); });
  return keys;
}

// Decodes one field of `object` into `record`; notes a fault if it is missing or not acceptable.
template <Record T, class F>
void decode_field(const json::Object& object, const F& field, T& record, bool& good,
                  const Spot& spot) {
  const json::Value* value = object.if_contains(field.name);
  if (!value) {
    if (field.presence == Presence::required) {
      spot.key(field.name).fault("the key \"" + std::string(field.name) + "\" is missing");
      good = false;
    }
    return;
  }
  const Spot place = spot.key(field.name);
  auto decoded =
      decode<typename F::Type>(*value, F::care == Care::secret ? place.about_secrets() : place);
  if (decoded)
    record.*field.member = std::move(*decoded);
  else
    good = false;
  if (!value->is_null()) place.need(field.name, field.since);
}

template <Record T>
std::optional<T> decode_record(const json::Value& value, const Spot& spot,
                               std::string_view also_known = "") {
  if (!value.is_object()) {
    fault_kind(spot, "an object", value);
    return {};
  }
  const json::Object& object = value.get_object();
  T record{};
  bool good = true;
  each_field<T>([&](const auto& field) { decode_field(object, field, record, good, spot); });
  auto keys = keys_of<T>();
  if (!also_known.empty()) keys.push_back(also_known);
  fault_unknown_keys(object, keys, spot);
  if (!good) return {};
  return record;
}

// Whether it is told as null.
template <class T>
bool is_null(const T&) {
  return false;
}
inline bool is_null(const json::Value& value) {
  return value.is_null();
}
template <class T>
bool is_null(const std::optional<T>& value) {
  return !value || is_null(*value);
}

// The members of its object: all of it but key material.
template <Record T, class Out>
void write_members(const T& record, Out& out) {
  each_field<T>([&]<class F>(const F& field) {
    if constexpr (F::care == Care::ordinary) {
      const auto& value = record.*field.member;
      if (field.presence == Presence::optional && is_null(value)) return;
      out.key(field.name);
      write(value, out);
    }
  });
}

// What is said of a field: its own sentence, and the release that it needs.
template <class F>
std::string doc_of(const F& field) {
  return std::string(field.doc) + needs_sentence(field.since);
}

template <class F>
json::Object field_schema(const F& field, Schemas& schemas) {
  json::Object schema = describe::schema<typename F::Type>(schemas);
  schema["description"] = doc_of(field);
  mark_since(schema, field.since);
  if (F::care == Care::secret) schema["writeOnly"] = true;
  return schema;
}

template <Record T>
json::Object record_schema(Schemas& schemas) {
  json::Object properties;
  json::Array needed;
  each_field<T>([&](const auto& field) {
    properties[field.name] = field_schema(field, schemas);
    if (field.presence == Presence::required) needed.emplace_back(field.name);
  });
  json::Object schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!needed.empty()) schema["required"] = std::move(needed);
  schema["additionalProperties"] = false;
  return schema;
}

template <Record T>
struct Codec<T> {
  static std::optional<T> decode(const json::Value& value, const Spot& spot) {
    return decode_record<T>(value, spot);
  }
  template <class Out>
  static void write(const T& record, Out& out) {
    out.begin_object();
    write_members(record, out);
    out.end_object();
  }
  static json::Object schema(Schemas& schemas) {
    if constexpr (requires { T::schema_name; }) {
      if (!schemas.known(T::schema_name)) {
        schemas.reserve(T::schema_name);
        schemas.define(T::schema_name, record_schema<T>(schemas));
      }
      return Schemas::reference(T::schema_name);
    } else {
      return record_schema<T>(schemas);
    }
  }
};

// A record of which only the fields are there that were asked for. It is named after the record.
template <Record T>
struct Part {};

template <Record T>
struct Codec<Part<T>> {
  static json::Object schema(Schemas& schemas) {
    const std::string name = std::string(T::schema_name) + "Row";
    if (!schemas.known(name)) {
      schemas.reserve(name);
      json::Object schema = record_schema<T>(schemas);
      schema.erase("required");
      schemas.define(name, std::move(schema));
    }
    return Schemas::reference(name);
  }
};

template <class... Alternative>
struct Codec<std::variant<Alternative...>> {
  using Union = std::variant<Alternative...>;

  static std::optional<Union> decode(const json::Value& value, const Spot& spot) {
    if (!value.is_object()) {
      fault_kind(spot, "an object", value);
      return {};
    }
    const json::Value* type = value.get_object().if_contains("type");
    if (!type || !type->is_string()) {
      spot.key("type").fault(
          "the key \"type\" is missing or no string; it says what the object is");
      return {};
    }
    const std::string_view word = json::view(type->get_string());
    std::optional<Union> decoded;
    const bool known =
        ((word == Alternative::type &&
          (assign(decoded, decode_record<Alternative>(value, spot, "type")), true)) ||
         ...);
    if (!known) fault_word(spot.key("type"), word, words);
    return decoded;
  }
  template <class Out>
  static void write(const Union& value, Out& out) {
    std::visit(
        [&](const auto& alternative) {
          out.begin_object();
          out.key("type");
          out.text(std::remove_cvref_t<decltype(alternative)>::type);
          write_members(alternative, out);
          out.end_object();
        },
        value);
  }
  static json::Object schema(Schemas& schemas) {
    json::Array alternatives;
    (alternatives.push_back(alternative_schema<Alternative>(schemas)), ...);
    return {{"oneOf", std::move(alternatives)}};
  }

 private:
  static constexpr std::string_view words[] = {Alternative::type...};

  template <class T>
  static void assign(std::optional<Union>& slot, std::optional<T> decoded) {
    if (decoded) slot.emplace(std::move(*decoded));
  }
  template <class T>
  static json::Object alternative_schema(Schemas& schemas) {
    json::Object schema = record_schema<T>(schemas);
    json::Object properties{{"type", json::Object{{"const", T::type}}}};
    for (auto& [key, member] : schema["properties"].as_object())
      properties[key] = std::move(member);
    schema["properties"] = std::move(properties);
    json::Array needed{"type"};
    if (const json::Value* others = schema.if_contains("required"))
      for (const json::Value& other : others->as_array()) needed.push_back(other);
    schema["required"] = std::move(needed);
    return schema;
  }
};

// Calls `visit(pointer, what, since)` for each field and word below the pointer that not every
// release has. Elements of lists and maps have the pointer of the whole.
template <class T, class Visit>
void each_need(const std::string& pointer, const Visit& visit) {
  if constexpr (std::is_enum_v<T>) {
    for (const Word<T>& row : words_of(T{}))
      if (row.since > Release{}) visit(pointer, row.word, row.since);
  } else if constexpr (requires { typename T::mapped_type; }) {
    each_need<typename T::mapped_type>(pointer, visit);
  } else if constexpr (!std::same_as<T, std::string> && !std::same_as<T, json::Value> &&
                       requires { typename T::value_type; }) {
    each_need<typename T::value_type>(pointer, visit);
  } else if constexpr (Record<T>) {
    each_field<T>([&](const auto& field) { each_need_of_field(pointer, field, visit); });
  } else if constexpr (requires { std::variant_size<T>::value; }) {
    [&]<class... Alternative>(std::type_identity<std::variant<Alternative...>>) {
      (each_need<Alternative>(pointer, visit), ...);
    }(std::type_identity<T>());
  }
}

template <class F, class Visit>
void each_need_of_field(const std::string& pointer, const F& field, const Visit& visit) {
  const std::string below = pointer + "/" + std::string(field.name);
  if (field.since > Release{}) visit(below, field.name, field.since);
  each_need<typename F::Type>(below, visit);
}

}  // namespace zfsrest::describe
