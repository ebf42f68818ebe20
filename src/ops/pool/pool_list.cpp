#include "api/pool/pool_list.hpp"

#include "api/classify.hpp"
#include "base/base64.hpp"
#include "ops/listing.hpp"
#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {
namespace {

// A pool as its own workers read it; of one that does not answer, what was last known.
Result<model::Pool> read_on_its_workers(Context& context, const std::string& pool) {
  const auto answer = std::make_shared<Result<model::Pool>>(model::Pool{});
  const auto read = [answer, pool, &device = context.device, &seen = context.seen,
                     patience = context.patience, release = context.release] {
    *answer = seen.pools.read(pool, patience, [&]() -> Result<model::Pool> {
      return zfs::read_pool(TRY(device.open()), pool, release);
    });
  };
  if (auto done = TRY(context.send(pool, api::Lane::read, read))->wait(); !done.ok()) {
    auto last = context.seen.pools.find(pool);
    if (done.error().code != Code::deadline || !last) return std::move(done).error();
    return *std::move(last);
  }
  return std::move(*answer);
}

}  // namespace

template <>
Result<model::PageEnd> list<api::PoolList>(Context& context, const api::PoolList::Request& request,
                                           Rows& rows) {
  std::optional<std::string> after;
  if (request.cursor) {
    after = parse_base64url(request.cursor->token);
    if (!after) return bad_cursor();
  }
  model::PageEnd end;
  std::string last = after.value_or("");
  const zfs::Handle handle = TRY(context.device.open());
  for (const std::string& name : TRY(zfs::read_pool_names(handle))) {
    // The kernel orders pools by name.
    if (name <= last) continue;
    if (rows.room() == 0) {
      end.next_cursor = model::Cursor{base64url(last)};
      return end;
    }
    auto pool = read_on_its_workers(context, name);
    if (pool.ok())
      rows.add([&](json::Writer& out) { describe::write(pool.value(), out); });
    else if (pool.error().os_errno != ENOENT)
      end.unavailable.push_back(
          {.pool = name,
           .code = std::string(row_of(api::code_of(pool.error(), api::PoolList::operation)).word)});
    last = name;
  }
  return end;
}

}  // namespace zfsrest::ops
