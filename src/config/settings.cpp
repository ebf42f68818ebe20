#include "config/settings.hpp"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <charconv>
#include <cstdlib>

namespace zfsrest::config {
namespace {

Error refusal(std::string why) {
  return Error::of(Code::bad_request, std::move(why));
}

json::Value value_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return json::Value(std::string_view(text->get()));
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* truth = node.as_boolean()) return truth->get();
  if (const auto* list = node.as_array()) {
    json::Array array;
    for (const toml::node& element : *list) array.push_back(value_of(element));
    return array;
  }
  // Tables, dates and times are no setting's value; decoding says so.
  return json::Object{};
}

Result<json::Object> read_file(const std::string& path) {
  json::Object values;
  if (path.empty()) return values;
  const toml::parse_result parsed = toml::parse_file(path);
  if (!parsed) return refusal(fmt::format("{}: {}", path, parsed.error().description()));
  for (const auto& [key, node] : parsed.table()) values[key.str()] = value_of(node);
  return values;
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return refusal("an address to listen on is written 127.0.0.1:8642 or [::1]:8642");
  Endpoint endpoint;
  endpoint.host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc() || stop != port.data() + port.size())
    return refusal("a port is a number from 0 to 65535");
  if (endpoint.host == "[::1]")
    endpoint.host = "::1";
  else if (endpoint.host == "localhost")
    endpoint.host = "127.0.0.1";
  else if (!endpoint.host.starts_with("127."))
    return refusal("only loopback addresses can be listened on");
  return endpoint;
}

std::string Endpoint::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

describe::TextShape Endpoint::shape() {
  return {.name = "Endpoint", .doc = "A loopback address and a port.", .example = "127.0.0.1:8642"};
}

std::string variable_of(std::string_view setting) {
  std::string name = "ZFSREST_";
  for (const char c : setting) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

Result<Settings> read_settings(const std::string& path) {
  json::Object values = TRY(read_file(path));
  describe::each_field<Settings>([&](const auto& field) {
    using T = typename std::remove_cvref_t<decltype(field)>::Type;
    if (const char* text = ::secure_getenv(variable_of(field.name).c_str()); text && *text != '\0')
      values[field.name] = describe::from_text<T>(text);
  });
  describe::Report report;
  auto settings = describe::decode<Settings>(values, describe::Spot(report, "settings"));
  if (settings && report.empty()) return std::move(*settings);
  std::string all;
  for (const Fault& fault : report.take().faults)
    all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", fault.pointer.substr(1), fault.detail);
  return refusal("settings: " + all);
}

}  // namespace zfsrest::config
