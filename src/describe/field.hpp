// A field table: what a record says about itself, from which decoding, encoding and schema are
// derived.
//
//   struct Request {
//     DatasetName dataset;
//     bool recursive = false;
//     static constexpr auto fields() {
//       return std::tuple{required("dataset", &Request::dataset, "The dataset to destroy."),
//                         optional("recursive", &Request::recursive, "Take its children too.")};
//     }
//   };
#pragma once

#include <string_view>
#include <tuple>

#include "base/release.hpp"

namespace zfsrest::describe {

enum class Presence { required, optional };

// Where a request's field travels. `natural`: in the path if the path names it, else in the query
// of GET and DELETE, else in the body.
enum class Place { natural, query };

// `secret` fields carry key material: they are decoded, and never logged, echoed or encoded.
enum class Care { ordinary, secret };

template <class Record, class T, Care how_kept = Care::ordinary>
struct Field {
  using Type = T;
  static constexpr Care care = how_kept;

  std::string_view name;
  T Record::* member;
  std::string_view doc;
  Presence presence = Presence::required;
  Place place = Place::natural;
  Release since{};  // of OpenZFS, that can do what a request asks for with it

  constexpr Field in_query() const {
    Field copy = *this;
    copy.place = Place::query;
    return copy;
  }
  constexpr Field<Record, T, Care::secret> secret() const {
    return {.name = name,
            .member = member,
            .doc = doc,
            .presence = presence,
            .place = place,
            .since = since};
  }
  constexpr Field needs(Release release) const {
    Field copy = *this;
    copy.since = release;
    return copy;
  }
};

// In a request the key must be there; in an answer it always is, as null where the member is an
// empty optional.
template <class Record, class T>
constexpr Field<Record, T> required(std::string_view name, T Record::* member,
                                    std::string_view doc) {
  return {.name = name, .member = member, .doc = doc};
}

// In a request the member's initial value is the default; in an answer an empty optional is left
// out.
template <class Record, class T>
constexpr Field<Record, T> optional(std::string_view name, T Record::* member,
                                    std::string_view doc) {
  return {.name = name, .member = member, .doc = doc, .presence = Presence::optional};
}

template <class T>
concept Record = requires { T::fields(); };

// Calls `visit(field)` for each field of the record, in the order of its table.
template <Record T, class Visit>
constexpr void each_field(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, T::fields());
}

}  // namespace zfsrest::describe
