// From the canonical request object, {"path": {…}, "query": {…}, "body": …}, to a typed Request.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/operation.hpp"
#include "api/spots.hpp"
#include "describe/codec.hpp"

namespace zfsrest::api {

// What the request of every operation with a plan holds besides the fields of its own.
struct PlanControl {
  bool plan = false;
  static constexpr auto fields() {
    return std::tuple{describe::optional("plan", &PlanControl::plan,
                                         "Check everything, say what would be done, and do "
                                         "nothing.")
                          .in_query()};
  }
};

// Calls `visit(field)` for each field that a request of the operation may hold.
template <class Op, class Visit>
constexpr void each_request_field(const Visit& visit) {
  describe::each_field<typename Op::Request>(visit);
  if constexpr (Op::operation.plans == Plans::yes) describe::each_field<PlanControl>(visit);
}

// Where a field of this operation's request travels.
enum class Carrier : std::uint8_t { path, query, body };

constexpr std::string_view word_of(Carrier carrier) {
  return carrier == Carrier::path ? "path" : carrier == Carrier::query ? "query" : "body";
}

template <class F>
constexpr Carrier carrier_of(const Operation& operation, const F& field) {
  if (path_names(operation.path, field.name)) return Carrier::path;
  return !takes_body(operation) || field.place == describe::Place::query ? Carrier::query
                                                                         : Carrier::body;
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
json::Object carried_schema(Carrier carrier, const F& field, describe::Schemas& schemas) {
  using T = typename F::Type;
  json::Object schema = carrier == Carrier::body
                            ? describe::schema<T>(schemas)
                            : describe::schema<typename Bare<T>::Type>(schemas);
  describe::mark_since(schema, field.since);
  return schema;
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

template <class Op>
struct Decoded {
  typename Op::Request request;
  PlanControl control;
  std::vector<describe::Need> needs;
};

// Decodes a request and, if its parts are sound, checks it as a whole; all faults are in the error.
template <class Op>
Result<Decoded<Op>> decode_request(const Parts& parts) {
  describe::Report report;
  const Spots spots(report);
  Decoded<Op> decoded{};
  bool good = true;
  std::vector<std::string_view> known[3];
  each_request_field<Op>([&]<class Record, class T, describe::Care care>(
                             const describe::Field<Record, T, care>& field) {
    const Carrier carrier = carrier_of(Op::operation, field);
    known[static_cast<int>(carrier)].push_back(field.name);
    Record* record = nullptr;
    if constexpr (std::is_same_v<Record, PlanControl>)
      record = &decoded.control;
    else
      record = &decoded.request;
    if (carrier == Carrier::body) {
      describe::decode_field(parts.body, field, *record, good, spots.body);
      return;
    }
    json::Object typed;
    if (const json::Value* text = parts.of(carrier).if_contains(field.name);
        text && text->is_string())
      typed[field.name] = describe::from_text<T>(json::view(text->get_string()));
    describe::decode_field(typed, field, *record, good, spot_of(spots, carrier));
  });
  describe::fault_unknown_keys(parts.query, known[static_cast<int>(Carrier::query)], spots.query);
  describe::fault_unknown_keys(parts.body, known[static_cast<int>(Carrier::body)], spots.body);
  if constexpr (requires { &Op::check; })
    if (good) Op::check(decoded.request, spots);
  if (!report.empty()) return report.take();
  decoded.needs = report.take_needs();
  return decoded;
}

}  // namespace zfsrest::api
