// JSON, and requests decoded by their declarations: what is accepted means the same when it is
// written down and read again.
#include <algorithm>
#include <array>
#include <string>

#include "api/catalogue.hpp"
#include "api/decode.hpp"
#include "fuzz.hpp"

namespace {

using namespace zfsrest;
using fuzz::expect;

const json::Object& member(const json::Object& object, std::string_view key) {
  static const json::Object empty;
  const json::Value* value = object.if_contains(key);
  return value && value->is_object() ? value->get_object() : empty;
}

// The library reads fractions not quite exactly, and the API takes none.
bool has_fraction(const json::Value& value) {
  if (value.is_double()) return true;
  if (value.is_array()) return std::ranges::any_of(value.get_array(), has_fraction);
  if (!value.is_object()) return false;
  return std::ranges::any_of(value.get_object(),
                             [](const auto& member) { return has_fraction(member.value()); });
}

template <class Op>
void decode(const json::Object& object) {
  const auto decoded = api::decode_request<Op>({.path = member(object, "path"),
                                                .query = member(object, "query"),
                                                .body = member(object, "body")});
  if (!decoded.ok()) {
    expect(decoded.error().code == Code::bad_request, "a refusal is the caller's fault");
    expect(!decoded.error().faults.empty(), "a refusal names what is wrong");
    return;
  }
  using Request = typename Op::Request;
  if constexpr (!describe::holds_secrets<Request>) {
    const json::Value recorded = describe::encode(decoded.value().request);
    describe::Report report;
    const auto again = describe::decode<Request>(recorded, describe::Spot(report, "journal"));
    expect(again.has_value(), "what is written down can be read again");
    expect(describe::encode(*again) == recorded, "what is written down means the same");
  }
}

template <class... Op>
constexpr auto decoders_of(api::List<Op...>) {
  return std::array{&decode<Op>...};
}
constexpr auto decoders = decoders_of(api::AgentCatalogue{});

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t choice = input.take_byte() % decoders.size();
  const auto parsed = json::parse(input.rest());
  if (!parsed.ok()) return 0;
  const auto again = json::parse(json::serialize(parsed.value()));
  expect(again.ok() && (has_fraction(parsed.value()) || again.value() == parsed.value()),
         "a document is what it was written as");
  if (parsed.value().is_object()) decoders[choice](parsed.value().get_object());
  return 0;
}
