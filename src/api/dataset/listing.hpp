// The controls that lists of datasets, snapshots and bookmarks have in common.
#pragma once

#include <set>

#include "api/fields.hpp"
#include "model/dataset.hpp"
#include "model/field_form.hpp"
#include "model/filter.hpp"
#include "model/page.hpp"
#include "model/sort.hpp"

namespace zfsrest::api {

struct Listing {
  std::optional<model::DatasetName> under;
  std::optional<std::uint32_t> depth;
  std::vector<model::DatasetType> types;
  std::optional<std::vector<std::string>> selected;
  std::optional<model::Filter> filter;
  std::optional<std::vector<model::SortKey>> sort;
  std::optional<std::uint32_t> limit;
  std::optional<model::Cursor> cursor;
  static constexpr auto fields() {
    return std::tuple{
        optional("under", &Listing::under, "Only this pool or dataset, and what is below it."),
        optional("depth", &Listing::depth, "How far below `under` to go; 0 is that one's own."),
        optional("types", &Listing::types, "Only datasets of these types, separated by commas."),
        optional("fields", &Listing::selected,
                 "Only these fields and properties of each object, separated by commas; "
                 "`properties` stands for all properties. What is not asked for is not read."),
        optional(
            "filter", &Listing::filter,
            "Only objects that this is true of, such as `used>=1073741824 and name~*/home/*`."),
        optional("sort", &Listing::sort,
                 "By which fields and properties to sort, separated by commas; those after `-` the "
                 "largest first. Without it the order is the kernel's."),
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
  template <class Item>
  static void check(const Listing& request, const Spots& spots) {
    check_limit(request.limit, spots.query);
    if (request.depth && !request.under)
      spots.query.key("depth").fault("depth counts from `under`, which is missing");
    std::size_t position = 0;
    for (const std::string& field : request.selected.value_or(std::vector<std::string>())) {
      const describe::Spot place = spots.query.key("fields").index(position++);
      if (!model::is_selectable<Item>(field))
        place.fault("there is no field or property \"" + field + "\"");
    }
    if (request.sort) check_sort<Item>(*request.sort, spots.query.key("sort"));
    if (!request.filter) return;
    if (const auto bound = request.filter->bind(model::form_of<Item>, model::oldest_release);
        !bound.ok())
      spots.query.key("filter").fault(bound.error());
  }

  template <class Item>
  static void check_sort(const std::vector<model::SortKey>& keys, const describe::Spot& place) {
    if (keys.empty() || keys.size() > model::Order::most_keys)
      place.fault("a list is sorted by 1 to 4 fields and properties");
    std::set<std::string_view> known;
    for (std::size_t position = 0; position < keys.size(); ++position) {
      const std::string& field = keys[position].field;
      if (!model::form_of<Item>(field))
        place.index(position).fault("there is no field or property \"" + field + "\" to sort by");
      else if (!known.insert(field).second)
        place.index(position).fault("\"" + field + "\" stands there twice");
    }
  }
};

}  // namespace zfsrest::api
