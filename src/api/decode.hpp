// From the canonical request object, {"path": {…}, "query": {…}, "body": …}, to a typed Request.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/operation.hpp"
#include "api/spots.hpp"
#include "describe/codec.hpp"

namespace zfsrest::api {

// Where a field of this operation's request travels.
enum class Carrier : std::uint8_t { path, query, body };

template <class F>
constexpr Carrier carrier_of(const Operation& operation, const F& field) {
  if (path_names(operation.path, field.name)) return Carrier::path;
  const bool bodiless = operation.method == Method::get || operation.method == Method::del;
  return bodiless || field.place == describe::Place::query ? Carrier::query : Carrier::body;
}

// What a parameter of path or query is a text of: there, null cannot be said, and absence is said
// by absence.
template <class T>
struct Bare {
  using Type = T;
};
template <class T>
struct Bare<std::optional<T>> {
  using Type = T;
};

// The schema of a field's value where it travels.
template <class F>
json::Object carried_schema(Carrier carrier, const F&, describe::Schemas& schemas) {
  using T = typename F::Type;
  return carrier == Carrier::body ? describe::schema<T>(schemas)
                                  : describe::schema<typename Bare<T>::Type>(schemas);
}

// The three parts of a canonical request. The query's and the path's values are texts.
struct Parts {
  const json::Object& path;
  const json::Object& query;
  const json::Object& body;

  const json::Object& of(Carrier carrier) const {
    return carrier == Carrier::path ? path : carrier == Carrier::query ? query : body;
  }
};

inline const describe::Spot& spot_of(const Spots& spots, Carrier carrier) {
  return carrier == Carrier::path    ? spots.path
         : carrier == Carrier::query ? spots.query
                                     : spots.body;
}

// Decodes a request and, if its parts are sound, checks it as a whole; all faults are in the error.
template <class Op>
Result<typename Op::Request> decode_request(const Parts& parts) {
  using Request = typename Op::Request;
  describe::Report report;
  const Spots spots(report);
  Request request{};
  bool good = true;
  std::vector<std::string_view> known[3];
  describe::each_field<Request>([&](const auto& field) {
    const Carrier carrier = carrier_of(Op::operation, field);
    known[static_cast<int>(carrier)].push_back(field.name);
    if (carrier == Carrier::body) {
      describe::decode_field(parts.body, field, request, good, spots.body);
      return;
    }
    using T = typename std::remove_cvref_t<decltype(field)>::Type;
    json::Object typed;
    if (const json::Value* text = parts.of(carrier).if_contains(field.name);
        text && text->is_string())
      typed[field.name] = describe::from_text<T>(json::view(text->get_string()));
    describe::decode_field(typed, field, request, good, spot_of(spots, carrier));
  });
  describe::fault_unknown_keys(parts.query, known[static_cast<int>(Carrier::query)], spots.query);
  describe::fault_unknown_keys(parts.body, known[static_cast<int>(Carrier::body)], spots.body);
  if constexpr (requires { &Op::check; })
    if (good) Op::check(request, spots);
  if (!report.empty()) return report.take();
  return request;
}

}  // namespace zfsrest::api
