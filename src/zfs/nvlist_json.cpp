#include "zfs/nvlist_json.hpp"

#include "base/base64.hpp"
#include "base/utf8.hpp"

namespace zfsrest::zfs {
namespace {

// Fills one AsJson.
class Converter {
 public:
  explicit Converter(AsJson& result) : result_(result) {}

  json::Value convert(const NvPair& pair, const std::string& pointer) {
    return std::visit([&](const auto& value) { return value_of(value, pointer); }, pair.value());
  }

 private:
  static json::Value value_of(std::monostate, const std::string&) { return nullptr; }
  static json::Value value_of(bool value, const std::string&) { return value; }
  static json::Value value_of(std::int64_t value, const std::string&) { return value; }
  static json::Value value_of(std::uint64_t value, const std::string&) { return value; }
  static json::Value value_of(double value, const std::string&) { return value; }

  json::Value value_of(std::string_view text, const std::string& pointer) {
    if (is_utf8(text)) return json::Value(text);
    result_.encoded_strings.push_back(pointer);
    return json::Value(base64url(text));
  }

  template <class Element>
  json::Value value_of(const std::vector<Element>& elements, const std::string& pointer) {
    json::Array array;
    array.reserve(elements.size());
    for (const Element element : elements)
      array.push_back(value_of(element, pointer + "/" + std::to_string(array.size())));
    return array;
  }

  json::Value value_of(NvView list, const std::string& pointer) {
    json::Object object;
    const auto add = [&](const std::string& name, const NvPair& pair) {
      const std::string place = pointer + "/" + json::pointer_token(name);
      object[name] = convert(pair, place);
      return place;
    };
    list.each([&](const NvPair& pair) {
      if (is_utf8(pair.name())) add(std::string(pair.name()), pair);
    });
    list.each([&](const NvPair& pair) {
      if (is_utf8(pair.name())) return;
      std::string name = base64url(pair.name());
      // Padding, which readers of base64 ignore, sets it apart from a name that is just this text.
      while (object.contains(name)) name += '=';
      result_.encoded_names.push_back(add(name, pair));
    });
    return object;
  }

  AsJson& result_;
};

void add_array(NvList& list, const std::string& name, const json::Array& array) {
  if (!array.empty() && !array.front().is_string()) {
    std::vector<std::int64_t> numbers;
    for (const json::Value& element : array) numbers.push_back(element.to_number<std::int64_t>());
    return list.add_i64s(name, numbers);
  }
  std::vector<std::string> texts;
  for (const json::Value& element : array) texts.emplace_back(json::view(element.as_string()));
  list.add_texts(name, texts);
}

}  // namespace

AsJson to_json(const NvPair& pair) {
  AsJson result;
  result.value = Converter(result).convert(pair, "");
  return result;
}

NvList to_nvlist(const json::Object& object) {
  NvList list;
  for (const auto& [key, value] : object) {
    const std::string name(key);
    if (value.is_bool())
      list.add_bool(name, value.get_bool());
    else if (value.is_string())
      list.add_text(name, std::string(json::view(value.get_string())));
    else if (value.is_array())
      add_array(list, name, value.get_array());
    else if (value.is_object())
      list.add_list(name, to_nvlist(value.get_object()));
    else
      list.add_i64(name, value.to_number<std::int64_t>());
  }
  return list;
}

}  // namespace zfsrest::zfs
