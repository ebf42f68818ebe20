// The controls that lists of datasets and of snapshots have in common.
#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"
#include "model/page.hpp"

namespace zfsrest::api {

struct Listing {
  std::optional<model::DatasetName> under;
  std::optional<std::uint32_t> depth;
  std::vector<model::DatasetType> types;
  std::optional<std::uint32_t> limit;
  std::optional<model::Cursor> cursor;
  static constexpr auto fields() {
    return std::tuple{
        optional("under", &Listing::under, "Only this pool or dataset, and what is below it."),
        optional("depth", &Listing::depth, "How far below `under` to go; 0 is that one's own."),
        optional("types", &Listing::types, "Only datasets of these types, separated by commas."),
        optional(
            "limit", &Listing::limit,
            "How many objects at most, from 1 to 10000; without it 1000, or no limit as NDJSON."),
        optional("cursor", &Listing::cursor,
                 "Where to go on, from the page before; the other controls must be the same."),
    };
  }

  static std::string subject(const Listing& request) {
    return request.under ? request.under->text() : std::string();
  }
  static void check(const Listing& request, const Spots& spots) {
    check_limit(request.limit, spots.query);
    if (request.depth && !request.under)
      spots.query.key("depth").fault("depth counts from `under`, which is missing");
  }
};

}  // namespace zfsrest::api
