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

// Has the pool's workers do `work` with the device open; it must own all that it touches.
class Reading {
 public:
  static Result<Reading> begin(Context& context, const std::string& pool,
                               std::function<Result<Nothing>(const zfs::Handle&)> work,
                               api::Lane lane = api::Lane::list);
  Result<Nothing> wait() {
    TRY(errand_->wait());
    return *outcome_;
  }
  bool is_done() const { return errand_->is_done(); }

 private:
  std::unique_ptr<Errand> errand_;
  std::shared_ptr<Result<Nothing>> outcome_;
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
                         const std::optional<std::vector<std::string>>& shown,
                         model::Release release) {
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
  const auto filter = std::make_shared<const model::Filter>(
      request.filter->bind(model::form_of<Object>, release).value());
  choice.is_kept = [filter](const Object& object) {
    return filter->passes([&](std::string_view field) { return model::value_of(object, field); });
  };
  return choice;
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

}  // namespace zfsrest::ops
