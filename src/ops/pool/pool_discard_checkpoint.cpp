#include "api/pool/pool_discard_checkpoint.hpp"

#include <fmt/format.h>

#include "api/classify.hpp"
#include "base/errno_name.hpp"
#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {
namespace {

// What the kernel would say, as things are now.
model::Obstacle obstacle(const std::string& pool, int os_errno) {
  const api::Verdict verdict = api::classify(os_errno, api::PoolDiscardCheckpoint::operation);
  return {.subject = pool,
          .code = std::string(row_of(verdict.code).word),
          .detail = std::string(verdict.meaning)};
}

}  // namespace

template <>
Result<Nothing> run<api::PoolDiscardCheckpoint>(
    Context& context, const api::PoolDiscardCheckpoint::Request& request) {
  return zfs::discard_checkpoint(TRY(context.device.open()), request.pool.text());
}

template <>
Result<model::Plan> plan<api::PoolDiscardCheckpoint>(
    Context& context, const api::PoolDiscardCheckpoint::Request& request) {
  const std::string& pool = request.pool.text();
  const zfs::Handle handle = TRY(context.device.open());
  const model::PoolStatus status = TRY(zfs::read_pool_status(handle, pool));
  model::Plan plan;
  if (!status.checkpoint) {
    plan.blocked_by.push_back(obstacle(pool, zfs_err_no_checkpoint));
  } else if (status.checkpoint->state == model::CheckpointState::discarding) {
    plan.blocked_by.push_back(obstacle(pool, zfs_err_discarding_checkpoint));
  } else {
    plan.would_destroy.push_back(
        fmt::format("the checkpoint of {} of {}", pool, status.checkpoint->created.text()));
    plan.bytes_freed = status.checkpoint->used_bytes;
  }
  return plan;
}

}  // namespace zfsrest::ops
