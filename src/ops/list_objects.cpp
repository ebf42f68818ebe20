#include "ops/list_objects.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace zfsrest::ops {
namespace {

// The content of a sorted list's cursor.
struct SortedContent {
  std::string list;
  std::string order;
  model::Bytes place;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("l", &SortedContent::list, "The list."),
                      required("o", &SortedContent::order, "What it is sorted by."),
                      required("a", &SortedContent::place, "The place after which it goes on.")};
  }
};

std::string order_of(const api::Listing& request) {
  std::string order;
  for (const model::SortKey& key : *request.sort) order += key.text() + ",";
  return order;
}

}  // namespace

model::Cursor cursor_after(const std::string& place, const api::Listing& request,
                           std::string_view list) {
  return cursor_with(SortedContent{
      .list = std::string(list), .order = order_of(request), .place = {.bytes = place}});
}

Result<std::string> parse_place(const model::Cursor& cursor, const api::Listing& request,
                                std::string_view list) {
  auto content = TRY(parse_content<SortedContent>(cursor));
  if (content.list != list || content.order != order_of(request)) return bad_cursor();
  return std::move(content.place.bytes);
}

std::vector<std::string> sorted_fields(const api::Listing& request) {
  std::vector<std::string> fields{"name"};
  for (const model::SortKey& key : *request.sort) fields.push_back(key.field);
  return fields;
}

Error too_many_to_sort(std::size_t most) {
  return Error::of(Code::narrow_filter, fmt::format("there is more than {} objects to sort", most));
}

std::string_view pool_at(std::string_view place) {
  const std::string_view name = model::Order::name_in(place);
  return name.substr(0, name.find_first_of("/@#"));
}

std::span<const std::string> first_run(std::span<const std::string> places) {
  const auto few = places.first(std::min(places.size(), most_in_piece));
  const auto other = std::ranges::find_if(
      few, [&](std::string_view place) { return pool_at(place) != pool_at(few.front()); });
  return {few.begin(), other};
}

bool is_passed_over(const model::PageEnd& end, std::string_view pool) {
  return std::ranges::any_of(
      end.unavailable, [&](const model::Unavailable& missing) { return missing.pool == pool; });
}

}  // namespace zfsrest::ops
