#include "api/pool/pool_destroy.hpp"

#include "model/property_values.hpp"
#include "ops/dataset/destruction.hpp"
#include "ops/dataset/mounts.hpp"
#include "ops/run.hpp"
#include "zfs/iterate.hpp"
#include "zfs/pool.hpp"
#include "zfs/releases.hpp"
#include "zfs/volume_use.hpp"

namespace zfsrest::ops {

namespace {

Result<Nothing> check_open(const zfs::Handle& handle, const std::string& pool) {
  if (TRY(zfs::is_open(handle, pool))) return Nothing{};
  return Error{
      .code = Code::wrong_state,
      .subject = pool,
      .detail = pool + " cannot be opened, so it cannot be destroyed; its status says why"};
}

// Looks first where the kernel would not refuse.
Result<Nothing> check_volumes_closed(const zfs::Handle& handle, const std::string& pool,
                                     model::Release release) {
  if (!handle.can_mount() || !zfs::destruction_waits_for_open_volumes.has(release))
    return Nothing{};
  auto open = zfs::find_open_volume(pool);
  if (!open) return Nothing{};
  return Error{.code = Code::busy, .subject = pool, .detail = *std::move(open)};
}

}  // namespace

template <>
Result<Nothing> run<api::PoolDestroy>(Context& context, const api::PoolDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.pool.text(), Touch::change}}));
  TRY(check_open(handle, request.pool.text()));
  TRY(zfs::check_not_suspended(handle, request.pool.text()));
  TRY(zfs::check_writable(handle, request.pool.text()));
  TRY(check_volumes_closed(handle, request.pool.text(), context.release));
  const Unmounted unmounted =
      TRY(Unmounted::take(handle, request.pool.text(), Unmounted::Which::all, context.release));
  auto done = zfs::destroy_pool(handle, request.pool.text());
  if (!done.ok()) return unmounted.put_back(std::move(done).error());
  unmounted.forget();
  context.seen.forget(request.pool.text());
  context.leases.forget(request.pool.text());
  context.jobs.end_all_of(
      request.pool.text(),
      {.state = model::JobState::canceled, .result = nullptr, .problem = nullptr});
  return done;
}

template <>
Result<model::Plan> plan<api::PoolDestroy>(Context& context,
                                           const api::PoolDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  TRY(check_open(handle, request.pool.text()));
  TRY(zfs::check_writable(handle, request.pool.text()));
  const model::Pool pool = TRY(zfs::read_pool(handle, request.pool.text(), context.release));
  model::Plan plan;
  plan.would_destroy.push_back(request.pool.text());
  for (const std::string& dataset : TRY(zfs::read_tree(handle, request.pool.text()))) {
    for (const zfs::SnapshotBrief& snapshot : TRY(zfs::read_snapshots(handle, dataset)))
      plan.would_destroy.push_back(snapshot.name);
    for (std::string& name : TRY(read_belongings(handle, dataset)))
      plan.would_destroy.push_back(std::move(name));
    if (dataset != request.pool.text()) plan.would_destroy.push_back(dataset);
  }
  if (const auto* bytes = model::find_value<std::uint64_t>(pool.properties, "allocated"))
    plan.bytes_freed = *bytes;
  plan.unchecked = {
      "Whether a file system is mounted, a volume is open or a spare is active in another pool."};
  return plan;
}

}  // namespace zfsrest::ops
