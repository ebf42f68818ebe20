#include "ops/listing.hpp"

#include <algorithm>

#include "zfs/dataset.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {
namespace {

// A cursor's content is the caller's, so it is decoded like any request.
struct Frame {
  model::DatasetName dataset;
  std::uint8_t stage = 0;
  std::uint64_t at = 0;
  std::string name;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("d", &Frame::dataset, "The dataset."),
                      required("s", &Frame::stage, "The stage."),
                      required("a", &Frame::at, "The position."),
                      required("n", &Frame::name, "The name at the position.")};
  }
};

struct Content {
  std::string list;
  model::PoolName pool;
  std::vector<Frame> walk;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("l", &Content::list, "The list."),
                      required("p", &Content::pool, "The pool."),
                      required("w", &Content::walk, "The walk.")};
  }
};

std::size_t slashes(const std::string& name) {
  return static_cast<std::size_t>(std::ranges::count(name, '/'));
}

}  // namespace

Error bad_cursor() {
  return {
      .code = Code::bad_request,
      .detail = "not a cursor that this list gave out",
      .faults = {
          {.in = "query", .pointer = "/cursor", .detail = "not a cursor that this list gave out"}}};
}

model::Cursor cursor_of(const ListPosition& position, std::string_view list) {
  Content content{
      .list = std::string(list), .pool = model::PoolName::parse(position.pool).value(), .walk = {}};
  for (const zfs::WalkFrame& frame : position.walk)
    content.walk.push_back({.dataset = model::DatasetName::parse(frame.dataset).value(),
                            .stage = static_cast<std::uint8_t>(frame.stage),
                            .at = frame.at,
                            .name = frame.name});
  return cursor_with(content);
}

Result<ListPosition> parse_cursor(const model::Cursor& cursor, const api::Listing& request,
                                  std::string_view list) {
  const Content content = TRY(parse_content<Content>(cursor));
  if (content.list != list || content.walk.empty() || content.walk.size() > model::max_nesting + 2)
    return bad_cursor();
  ListPosition position{.pool = content.pool.text(), .walk = {}};
  for (const Frame& frame : content.walk) {
    const bool inside = frame.dataset.pool() == position.pool &&
                        (!request.under || request.under->holds(frame.dataset));
    if (!inside || frame.stage > static_cast<std::uint8_t>(zfs::WalkFrame::Stage::children))
      return bad_cursor();
    position.walk.push_back({.dataset = frame.dataset.text(),
                             .stage = static_cast<zfs::WalkFrame::Stage>(frame.stage),
                             .at = frame.at,
                             .name = frame.name});
  }
  return position;
}

Result<Reading> Reading::begin(Context& context, const std::string& pool,
                               std::function<Result<Nothing>(const zfs::Handle&)> work,
                               api::Lane lane) {
  Reading reading;
  reading.outcome_ = std::make_shared<Result<Nothing>>(Nothing{});
  reading.errand_ = TRY(context.send(
      pool, lane, [outcome = reading.outcome_, work = std::move(work), &device = context.device] {
        const auto handle = device.open();
        *outcome = handle.ok() ? work(handle.value()) : Result<Nothing>(handle.error());
      }));
  return reading;
}

// One object is asked for, as by a GET.
Result<Nothing> check_start(Context& context, const model::DatasetName& start) {
  auto reading = TRY(Reading::begin(
      context, start.pool(),
      [name = start.text(),
       release = context.release](const zfs::Handle& handle) -> Result<Nothing> {
        TRY(zfs::read_dataset(handle, name, release));
        return Nothing{};
      },
      api::Lane::read));
  return reading.wait();
}

Result<std::vector<std::string>> pools_to_list(Context& context, const api::Listing& request,
                                               const std::string& from) {
  if (request.under) return std::vector<std::string>{request.under->pool()};
  const zfs::Handle handle = TRY(context.device.open());
  std::vector<std::string> pools = TRY(zfs::read_pool_names(handle));
  // The kernel orders pools by name, so a pool that is gone meanwhile does not hide those after it.
  std::erase_if(pools, [&](const std::string& pool) { return pool < from; });
  return pools;
}

zfs::WalkFilter filter_of(const api::Listing& request, const std::string& pool) {
  return {.types = request.types, .depth = request.depth, .base = slashes(start_of(request, pool))};
}

std::string start_of(const api::Listing& request, const std::string& pool) {
  return request.under ? request.under->text() : pool;
}

}  // namespace zfsrest::ops
