// Lists of objects, in the kernel's order and in any other.
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <ranges>
#include <span>
#include <string>
#include <vector>

#include "model/sort.hpp"
#include "ops/pool_walk.hpp"
#include "zfs/named.hpp"

namespace zfsrest::ops {

// The cursor of a sorted list that goes on after this place.
model::Cursor cursor_after(const std::string& place, const api::Listing& request,
                           std::string_view list);
// Fails with bad_request if it is none of that list's in that order.
Result<std::string> parse_place(const model::Cursor& cursor, const api::Listing& request,
                                std::string_view list);

// The fields by which the request sorts, and the name.
std::vector<std::string> sorted_fields(const api::Listing& request);

Error too_many_to_sort(std::size_t most);

// The pool of the object at a place.
std::string_view pool_at(std::string_view place);
// Those at the beginning that are of one pool, as far as one piece goes.
std::span<const std::string> first_run(std::span<const std::string> places);

bool is_passed_over(const model::PageEnd& end, std::string_view pool);

template <class Op, class Object>
Result<model::PageEnd> list_as_walked(Context& context, const api::Listing& request, Rows& rows,
                                      Walker<Object> walker) {
  ListPosition position;
  if (request.cursor) {
    position = TRY(parse_cursor(*request.cursor, request, Op::operation.id));
    if (request.under) TRY(check_start(context, *request.under));
  }
  const Choice<Object> choice = choice_of<Object>(request, request.selected, context.release);
  model::PageEnd end;
  for (const std::string& pool : TRY(pools_to_list(context, request, position.pool))) {
    if (pool != position.pool)
      position = {.pool = pool, .walk = zfs::walk_from(start_of(request, pool))};
    PoolWalk<Object> walk(context, walker, pool, std::move(position.walk), filter_of(request, pool),
                          choice);
    auto listed = walk.read(
        [&] { return rows.room(); },
        [&](const Object& object) {
          rows.add([&](json::Writer& out) { model::write_selected(object, choice.shown, out); });
        });
    position.walk = walk.rest();
    if (!listed.ok()) {
      TRY(pass_over<Op>(request, pool, std::move(listed).error(), end));
    } else if (!position.walk.empty()) {
      end.next_cursor = cursor_of(position, Op::operation.id);
      return end;
    }
  }
  return end;
}

// Reads some of one pool's objects that have these names.
template <class Object>
using Reader = Result<Nothing> (*)(const zfs::Handle&, zfs::NamedObjects<Object>&,
                                   std::chrono::steady_clock::time_point, model::Release);

// Offers every object of one pool that the list is to have, as long as any row is wanted.
template <class Object>
Result<Nothing> sort_pool(Context& context, Walker<Object> walker, const std::string& pool,
                          const api::Listing& request, const Choice<Object>& keys,
                          const model::Order& order, Rows& rows, model::FirstPlaces& places) {
  PoolWalk<Object> walk(context, walker, pool, zfs::walk_from(start_of(request, pool)),
                        filter_of(request, pool), keys);
  constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
  return walk.read([&] { return rows.room() > 0 ? all : 0; },
                   [&](const Object& object) { places.offer(order.place_of(object)); });
}

// The objects at these places, which are all of one pool, by name, read side by side and piece by
// piece. Who is gone meanwhile, or is not to be listed any more, is not among them.
template <class Object>
Result<std::map<std::string, Object>> read_places(Context& context, Reader<Object> reader,
                                                  const std::string& pool,
                                                  std::span<const std::string> places,
                                                  const Choice<Object>& choice) {
  std::vector<std::string> names;
  names.reserve(places.size());
  for (const std::string& place : places) names.emplace_back(model::Order::name_in(place));
  std::ranges::sort(names);
  const std::size_t share = (names.size() + pieces_at_once - 1) / pieces_at_once;
  std::vector<std::shared_ptr<zfs::NamedObjects<Object>>> shares;
  for (std::size_t at = 0; at < names.size(); at += share) {
    const auto own = std::span(names).subspan(at, std::min(share, names.size() - at));
    shares.push_back(std::make_shared<zfs::NamedObjects<Object>>(
        zfs::NamedObjects<Object>{.names = {own.begin(), own.end()}}));
  }
  const auto has_more = [](const auto& each) { return !each->names.empty(); };
  while (std::ranges::any_of(shares, has_more)) {
    std::vector<Reading> readings;
    for (const auto& each : shares | std::views::filter(has_more))
      readings.push_back(TRY(Reading::begin(
          context, pool, [each, reader, release = context.release](const zfs::Handle& handle) {
            return reader(handle, *each, std::chrono::steady_clock::now() + longest_piece, release);
          })));
    for (Reading& reading : readings) TRY(reading.wait());
  }
  std::map<std::string, Object> objects;
  for (const auto& each : shares)
    for (Object& object : each->found)
      if (!choice.is_kept || choice.is_kept(object))
        objects.emplace(object.name.text(), std::move(object));
  return objects;
}

// What is sorted are places alone; then the objects of the page are read, by name. The cursor is
// the place of the last, so that nothing is kept from page to page.
template <class Op, class Object>
Result<model::PageEnd> list_sorted(Context& context, const api::Listing& request, Rows& rows,
                                   Walker<Object> walker, Reader<Object> reader) {
  std::string after;
  if (request.cursor) after = TRY(parse_place(*request.cursor, request, Op::operation.id));
  if (request.under) TRY(check_start(context, *request.under));
  const model::Order order(*request.sort, model::form_of<Object>);
  const std::size_t most = std::min<std::size_t>(rows.room(), context.most_sorted);
  model::FirstPlaces first(most, after);
  model::PageEnd end;
  const Choice<Object> keys = choice_of<Object>(request, sorted_fields(request), context.release);
  for (const std::string& pool : TRY(pools_to_list(context, request, {}))) {
    auto sorted = sort_pool(context, walker, pool, request, keys, order, rows, first);
    if (!sorted.ok()) TRY(pass_over<Op>(request, pool, std::move(sorted).error(), end));
  }
  if (first.has_more() && most < rows.room()) return too_many_to_sort(context.most_sorted);

  const Choice<Object> choice = choice_of<Object>(request, request.selected, context.release);
  const std::vector<std::string> places = first.take();
  std::size_t at = 0;
  while (at < places.size() && rows.room() > 0) {
    const auto run = first_run(std::span(places).subspan(at));
    const std::string pool(pool_at(run.front()));
    if (is_passed_over(end, pool)) {
      at += run.size();
      continue;
    }
    auto objects = read_places(context, reader, pool, run, choice);
    if (!objects.ok()) {
      TRY(pass_over<Op>(request, pool, std::move(objects).error(), end));
      continue;
    }
    for (const std::string& place : run) {
      if (rows.room() == 0) break;
      ++at;
      if (const auto found = objects.value().find(std::string(model::Order::name_in(place)));
          found != objects.value().end())
        rows.add(
            [&](json::Writer& out) { model::write_selected(found->second, choice.shown, out); });
    }
  }
  if (at > 0 && (at < places.size() || first.has_more()))
    end.next_cursor = cursor_after(places[at - 1], request, Op::operation.id);
  return end;
}

// Objects of one kind: how a walk finds them, and how they are read by name.
template <class Op, class Object>
Result<model::PageEnd> list_objects(Context& context, const api::Listing& request, Rows& rows,
                                    Walker<Object> walker, Reader<Object> reader) {
  return request.sort ? list_sorted<Op>(context, request, rows, walker, reader)
                      : list_as_walked<Op>(context, request, rows, walker);
}

}  // namespace zfsrest::ops
