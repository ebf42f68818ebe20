// What lists over one pool or all are made of: the walk is cut into pieces that run on each pool's
// own workers, so that neither a slow reader nor a pool that does not answer holds up anything
// else.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/classify.hpp"
#include "api/dataset/listing.hpp"
#include "base/base64.hpp"
#include "json/value.hpp"
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

// What a cursor holds. It is the caller's, so it is decoded like any request; what does not hold
// that is no cursor of a list.
template <class Content>
Result<Content> parse_content(const model::Cursor& cursor) {
  const auto text = parse_base64url(cursor.token);
  if (!text) return bad_cursor();
  auto value = json::parse(*text);
  if (!value.ok()) return bad_cursor();
  describe::Report report;
  auto content = describe::decode<Content>(value.value(), describe::Spot(report, "query"));
  if (!content || !report.empty()) return bad_cursor();
  return *std::move(content);
}

template <class Content>
model::Cursor cursor_with(const Content& content) {
  return {base64url(describe::to_json(content))};
}

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

// `shown` is none if all is.
template <class Object>
Choice<Object> choice_of(const api::Listing& request,
                         const std::optional<std::vector<std::string>>& shown) {
  Choice<Object> choice;
  if (shown) {
    choice.shown = model::Selection::Names(shown->begin(), shown->end());
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
// longer. The first is small, so that the first rows come soon.
inline constexpr std::size_t first_piece = 8, most_in_piece = 256;
inline constexpr auto longest_piece = std::chrono::milliseconds(200);

// The next piece of the walk, done on the pool's workers.
template <class Object>
Result<std::shared_ptr<Piece<Object>>> walk_piece(Context& context, Walker<Object> walker,
                                                  const std::string& pool, const zfs::Walk& walk,
                                                  const zfs::WalkFilter& filter,
                                                  const Choice<Object>& choice, std::size_t most) {
  auto piece = std::make_shared<Piece<Object>>();
  piece->walk = walk;
  piece->harvest = {.selection = choice.selection, .is_kept = choice.is_kept, .objects = {}};
  TRY(read_on_workers(
      context, pool,
      [piece, walker, filter, most, release = context.release](const zfs::Handle& handle) {
        const zfs::WalkBudget budget{.objects = most,
                                     .until = std::chrono::steady_clock::now() + longest_piece};
        return walker(handle, piece->walk, filter, budget, release, piece->harvest);
      }));
  return piece;
}

// The end of a list that could not read a pool: of one pool the caller hears why, and of several
// the others are listed all the same.
template <class Op>
Result<Nothing> pass_over(const api::Listing& request, const std::string& pool, Error error,
                          model::PageEnd& end) {
  if (request.under) return error;
  const Code code = api::code_of(error, Op::operation);
  end.unavailable.push_back({.pool = pool, .code = std::string(row_of(code).word)});
  return Nothing{};
}

// Lists one pool into `rows` from `walk` on; `walk` is where it stopped.
template <class Object>
Result<Nothing> list_pool(Context& context, Walker<Object> walker, const std::string& pool,
                          zfs::Walk& walk, const zfs::WalkFilter& filter,
                          const Choice<Object>& choice, Rows& rows) {
  std::size_t most = first_piece;
  while (!walk.empty() && rows.room() > 0) {
    auto piece =
        TRY(walk_piece(context, walker, pool, walk, filter, choice, std::min(rows.room(), most)));
    most = std::min(2 * most, most_in_piece);
    walk = std::move(piece->walk);
    for (const Object& object : piece->harvest.objects)
      rows.add([&](json::Writer& out) { model::write_selected(object, choice.shown, out); });
  }
  return Nothing{};
}

}  // namespace zfsrest::ops
