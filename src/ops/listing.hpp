// Lists over one pool or all: the walk is cut into pieces that run on each pool's own workers, so
// that neither a slow reader nor a pool that does not answer holds up anything else.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/classify.hpp"
#include "api/dataset/listing.hpp"
#include "model/page.hpp"
#include "ops/context.hpp"
#include "zfs/walk.hpp"

namespace zfsrest::ops {

// Where a list goes on: in this pool at this point of its walk, then with the pools after it.
struct ListPosition {
  std::string pool;
  zfs::Walk walk;
};

// The refusal of a cursor that a list did not give out.
Error bad_cursor();

// `list` is the operation that gives it out.
model::Cursor cursor_of(const ListPosition& position, std::string_view list);
// Fails with bad_request if it is none of that list's, or leads outside `request.under`.
Result<ListPosition> parse_cursor(const model::Cursor& cursor, const api::Listing& request,
                                  std::string_view list);

// Fails with ENOENT if the dataset at which a list begins is gone: to the kernel that is merely the
// end of what is below it.
Result<Nothing> check_start(Context& context, const model::DatasetName& start);

// The pools that a list visits, in the kernel's order, from `from` on.
Result<std::vector<std::string>> pools_to_list(Context& context, const api::Listing& request,
                                               const std::string& from);

zfs::WalkFilter filter_of(const api::Listing& request, const std::string& pool);

// The name at which the walk of a pool begins.
std::string start_of(const api::Listing& request, const std::string& pool);

// Does `work` on the pool's workers with the device open. It goes on by itself when the deadline
// has passed, so it must own all that it touches.
Result<Nothing> read_on_workers(Context& context, const std::string& pool,
                                std::function<Result<Nothing>(const zfs::Handle&)> work);

// A piece of a walk, owned by the worker that does it until it is done.
template <class Object>
struct Piece {
  zfs::Walk walk;
  zfs::Harvest<Object> harvest;
};

template <class Object>
using Walker = Result<Nothing> (*)(const zfs::Handle&, zfs::Walk&, const zfs::WalkFilter&,
                                   const zfs::WalkBudget&, model::Release, zfs::Harvest<Object>&);

// What is read of each object, which of them are kept, and what is shown.
template <class Object>
struct Choice {
  std::optional<model::Selection::Names> shown;
  model::Selection selection;
  std::function<bool(const Object&)> is_kept;
};

template <class Object>
Choice<Object> choice_of(const api::Listing& request) {
  Choice<Object> choice;
  if (request.selected) {
    choice.shown = model::Selection::Names(request.selected->begin(), request.selected->end());
    choice.selection.names = choice.shown;
  }
  if (choice.selection.names && request.filter)
    for (std::string& field : request.filter->fields())
      choice.selection.names->insert(std::move(field));
  if (choice.selection.names)
    choice.selection.wants_properties = model::wants_properties<Object>(*choice.selection.names);
  if (!request.filter) return choice;
  // What was checked with the request can be bound.
  const auto filter =
      std::make_shared<const model::Filter>(request.filter->bind(model::form_of<Object>).value());
  choice.is_kept = [filter](const Object& object) {
    return filter->passes([&](std::string_view field) { return model::value_of(object, field); });
  };
  return choice;
}

// A piece ends after so many objects, or so much time: other readers of the pool wait for no
// longer.
inline constexpr std::size_t most_in_piece = 256;
inline constexpr auto longest_piece = std::chrono::milliseconds(200);

// The next piece of the walk, done on the pool's workers.
template <class Object>
Result<std::shared_ptr<Piece<Object>>> walk_piece(Context& context, Walker<Object> walker,
                                                  const std::string& pool, const zfs::Walk& walk,
                                                  const zfs::WalkFilter& filter,
                                                  const Choice<Object>& choice, std::size_t room) {
  auto piece = std::make_shared<Piece<Object>>();
  piece->walk = walk;
  piece->harvest = {.selection = choice.selection, .is_kept = choice.is_kept, .objects = {}};
  TRY(read_on_workers(
      context, pool,
      [piece, walker, filter, room, release = context.release](const zfs::Handle& handle) {
        const zfs::WalkBudget budget{.objects = std::min(room, most_in_piece),
                                     .until = std::chrono::steady_clock::now() + longest_piece};
        return walker(handle, piece->walk, filter, budget, release, piece->harvest);
      }));
  return piece;
}

// Lists one pool into `rows` from `walk` on; `walk` is where it stopped.
template <class Object>
Result<Nothing> list_pool(Context& context, Walker<Object> walker, const std::string& pool,
                          zfs::Walk& walk, const zfs::WalkFilter& filter,
                          const Choice<Object>& choice, Rows& rows) {
  while (!walk.empty() && rows.room() > 0) {
    auto piece = TRY(walk_piece(context, walker, pool, walk, filter, choice, rows.room()));
    walk = std::move(piece->walk);
    for (const Object& object : piece->harvest.objects)
      rows.add(model::encode_selected(object, choice.shown));
  }
  return Nothing{};
}

template <class Op, class Object>
Result<model::PageEnd> list_objects(Context& context, const api::Listing& request, Rows& rows,
                                    Walker<Object> walker) {
  ListPosition position;
  if (request.cursor) {
    position = TRY(parse_cursor(*request.cursor, request, Op::operation.id));
    if (request.under) TRY(check_start(context, *request.under));
  }
  const Choice<Object> choice = choice_of<Object>(request);
  model::PageEnd end;
  for (const std::string& pool : TRY(pools_to_list(context, request, position.pool))) {
    if (pool != position.pool)
      position = {.pool = pool, .walk = zfs::walk_from(start_of(request, pool))};
    auto listed =
        list_pool(context, walker, pool, position.walk, filter_of(request, pool), choice, rows);
    if (!listed.ok()) {
      // Of one pool the caller hears why; of several, the others are listed all the same.
      if (request.under) return std::move(listed).error();
      const Code code = api::code_of(listed.error(), Op::operation);
      end.unavailable.push_back({.pool = pool, .code = std::string(row_of(code).word)});
    } else if (!position.walk.empty()) {
      end.next_cursor = cursor_of(position, Op::operation.id);
      return end;
    }
  }
  return end;
}

}  // namespace zfsrest::ops
