#include "zfs/background.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <limits>

#include "base/errno_name.hpp"
#include "zfs/errors.hpp"
#include "zfs/library.hpp"

namespace zfsrest::zfs {
namespace {

enum ScanType : std::uint64_t { scan_none, scan_scrub, scan_resilver, scan_error_scrub };
enum ScanCommand : std::uint64_t { scan_normal, scan_pause, scan_from_last_txg };

struct ScanOrder {
  ScanType type;
  ScanCommand command = scan_normal;
  std::optional<model::Time> since{};
  std::optional<model::Time> until{};

  // Whether the ioctl that 2.1 has can say it.
  bool is_plain() const {
    return type != scan_error_scrub && command != scan_from_last_txg && !since && !until;
  }
};

// Fails with EROFS or EAGAIN if the pool is read-only or suspended. The ioctl that came with 2.2
// looks for neither before 2.4, and then waits forever; the old one looks for both before it sees
// that there are no such flags.
int check_changeable(const Handle& handle, const std::string& pool) {
  const auto command = command_for(pool);
  command->flags = std::numeric_limits<std::uint32_t>::max();
  const int rc = handle.call(Ioctl::pool_scan, *command).os_errno;
  return rc == EINVAL ? 0 : rc;
}

int scan(const Handle& handle, const std::string& pool, const ScanOrder& order) {
  if (const int rc = check_changeable(handle, pool); rc != 0) return rc;
  NvList input;
  input.add_u64("scan_type", order.type);
  input.add_u64("scan_command", order.command);
  if (order.since) input.add_u64("scan_date_start", order.since->seconds);
  if (order.until) input.add_u64("scan_date_end", order.until->seconds);
  const auto command = command_for(pool);
  const int rc = handle.call(Ioctl::pool_scrub, *command, &input).os_errno;
  if (rc != zfs_err_ioc_cmd_unavail || !order.is_plain()) return rc;
  const auto legacy = command_for(pool);
  legacy->cookie = order.type;
  legacy->flags = static_cast<std::uint32_t>(order.command);
  return handle.call(Ioctl::pool_scan, *legacy).os_errno;
}

NvList list_of(const std::vector<model::Guid>& leaves) {
  NvList list;
  for (const model::Guid leaf : leaves) list.add_u64(leaf.text(), leaf.value);
  return list;
}

// The kernel lists refusals by guid, in a list of their own, and says EINVAL for the whole.
Result<Refusals> refusals_of(int rc, const std::string& pool, NvView output, const char* key,
                             std::size_t asked) {
  if (rc == 0) return Refusals{};
  const auto list = output.list(key);
  if (!list) return failure(rc, pool);
  Error error = failure(rc, pool, *list);
  if (error.faults.empty()) return error;
  if (error.faults.size() + error.unreported < asked) return error.faults;
  // All of them refused, so it fails as the first of them does.
  error.subject = error.faults.front().subject;
  error.os_errno = error.faults.front().os_errno;
  return error;
}

}  // namespace

Result<Nothing> start_scrub(const Handle& handle, const std::string& pool,
                            const model::Scrub& scrub) {
  const ScanOrder order{
      .type = scrub.kind == model::ScrubKind::errors ? scan_error_scrub : scan_scrub,
      .command = scrub.kind == model::ScrubKind::from_last_txg ? scan_from_last_txg : scan_normal,
      .since = scrub.since,
      .until = scrub.until};
  const int rc = scan(handle, pool, order);
  // So older releases say that a paused one goes on.
  if (rc != 0 && rc != ECANCELED) return failure(rc, pool);
  return Nothing{};
}

Result<Nothing> pause_scrub(const Handle& handle, const std::string& pool) {
  const int rc = scan(handle, pool, {.type = scan_scrub, .command = scan_pause});
  if (rc != 0) return failure(rc, pool);
  return Nothing{};
}

Result<Nothing> stop_scrub(const Handle& handle, const std::string& pool) {
  const int rc = scan(handle, pool, {.type = scan_none});
  if (rc != 0) return failure(rc, pool);
  return Nothing{};
}

Result<Refusals> initialize(const Handle& handle, const std::string& pool, VdevCommand command,
                            const std::vector<model::Guid>& leaves) {
  NvList input;
  input.add_u64("initialize_command", static_cast<std::uint64_t>(command));
  input.add_list("initialize_vdevs", list_of(leaves));
  const auto call = command_for(pool);
  const Reply reply = handle.call(Ioctl::pool_initialize, *call, &input);
  return refusals_of(reply.os_errno, pool, reply.output.view(), "initialize_vdevs", leaves.size());
}

Result<Refusals> trim(const Handle&, const std::string& pool, VdevCommand command,
                      const TrimOptions& options, const std::vector<model::Guid>& leaves) {
  NvList output = NvList::slot();
  const int rc = library::trim(pool, static_cast<std::uint64_t>(command), options.rate.value_or(0),
                               options.is_secure, list_of(leaves).raw(), output.out());
  return refusals_of(rc, pool, output.view(), "trim_vdevs", leaves.size());
}

Result<bool> wait_for(const Handle&, const std::string& pool, model::Activity activity,
                      std::optional<model::Guid> leaf) {
  bool waited = false;
  const int number = static_cast<int>(activity);
  const int rc = leaf ? library::wait_tag(pool, number, leaf->value, waited)
                      : library::wait(pool, number, waited);
  if (rc != 0) return failure(rc, pool);
  return waited;
}

Result<bool> wait_for_deletions(const Handle&, const std::string& filesystem) {
  bool waited = false;
  if (const int rc = library::wait_for_deletions(filesystem, waited); rc != 0)
    return failure(rc, filesystem);
  return waited;
}

Result<Nothing> prefetch(const Handle& handle, const std::string& pool, model::PrefetchKind kind) {
  NvList input;
  input.add_i32("prefetch_type", kind == model::PrefetchKind::ddt ? 1 : 2);
  const auto command = command_for(pool);
  const int rc = handle.call(Ioctl::pool_prefetch, *command, &input).os_errno;
  if (rc != 0) return failure(rc, pool);
  return Nothing{};
}

Result<Nothing> prune_dedup_table(const Handle& handle, const std::string& pool,
                                  model::PruneUnit unit, std::uint64_t amount) {
  NvList input;
  input.add_i32("ddt_prune_unit", unit == model::PruneUnit::age ? 1 : 2);
  input.add_u64("ddt_prune_amount", amount);
  const auto command = command_for(pool);
  const int rc = handle.call(Ioctl::ddt_prune, *command, &input).os_errno;
  if (rc != 0) return failure(rc, pool);
  return Nothing{};
}

}  // namespace zfsrest::zfs
