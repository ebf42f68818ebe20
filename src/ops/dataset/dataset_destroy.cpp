#include "api/dataset/dataset_destroy.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "ops/dataset/destruction.hpp"
#include "ops/dataset/mounts.hpp"
#include "ops/run.hpp"
#include "ops/snapshot/obstacles.hpp"
#include "zfs/dataset.hpp"
#include "zfs/iterate.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

using Request = api::DatasetDestroy::Request;

// The refusal that the obstacles are; their codes are words by now, so the first one's is found
// again by its word.
Error refusal_of(const std::vector<model::Obstacle>& obstacles) {
  Error error{.subject = obstacles.front().subject,
              .detail = obstacles.front().subject + ": " + obstacles.front().detail};
  for (const model::Obstacle& obstacle : obstacles)
    error.faults.push_back(
        {.subject = obstacle.subject, .code = find_code(obstacle.code), .detail = obstacle.detail});
  error.code = error.faults.front().code;
  return error;
}

Result<Nothing> destroy_tree(const zfs::Handle& handle, const Destruction& destruction) {
  std::vector<std::string> gone;
  const auto fail = [&](Error error) {
    error.applied = gone;
    return error;
  };
  for (const Doomed& doomed : destruction.order) {
    if (!doomed.snapshots.empty()) {
      if (auto done = zfs::destroy_snapshots(handle, doomed.snapshots, zfs::Defer::no); !done.ok())
        return fail(explain_destruction(std::move(done).error()));
      gone.insert(gone.end(), doomed.snapshots.begin(), doomed.snapshots.end());
    }
    if (auto done = zfs::destroy_dataset(handle, doomed.dataset); !done.ok())
      return fail(std::move(done).error());
    gone.push_back(doomed.dataset);
  }
  return Nothing{};
}

// The kernel calls a dataset with snapshots busy, as it does one that is in use; and what depends
// on it must be known before it is unmounted.
Result<Nothing> check_alone(const zfs::Handle& handle, const std::string& name,
                            model::Release release) {
  const auto refuse = [&](const std::string& dependent) {
    return Error{.code = Code::has_dependents,
                 .subject = name,
                 .detail = fmt::format("{} is not alone, {} depends on it; `recursive` takes all "
                                       "such along",
                                       name, dependent)};
  };
  if (const auto child = TRY(zfs::next_child(handle, name, 0, release)))
    return refuse(child->object.name.text());
  if (const auto snapshot = TRY(zfs::next_snapshot(handle, name, 0, release)))
    return refuse(snapshot->object.name.text());
  return Nothing{};
}

}  // namespace

template <>
Result<Nothing> run<api::DatasetDestroy>(Context& context, const Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.dataset.text(), Touch::change}}));
  const std::string& name = request.dataset.text();
  Destruction destruction;
  if (request.recursive) {
    destruction = TRY(read_destruction(context, handle, request.dataset));
    if (!destruction.blocked_by.empty()) return refusal_of(destruction.blocked_by);
  } else {
    TRY(check_alone(handle, name, context.release));
  }
  const Unmounted unmounted = TRY(Unmounted::take(
      handle, name, request.recursive ? Unmounted::Which::all : Unmounted::Which::first,
      context.release));
  auto done =
      request.recursive ? destroy_tree(handle, destruction) : zfs::destroy_dataset(handle, name);
  if (!done.ok()) return unmounted.put_back(std::move(done).error());
  unmounted.forget();
  return done;
}

template <>
Result<model::Plan> plan<api::DatasetDestroy>(Context& context, const Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  Destruction destruction = TRY(read_destruction(context, handle, request.dataset));
  model::Plan plan;
  plan.bytes_freed = destruction.bytes_freed;
  plan.blocked_by = std::move(destruction.blocked_by);
  plan.unchecked = {
      "Whether a file system is mounted, a volume is open, or one is being received."};
  for (const Doomed& doomed : destruction.order) {
    plan.would_destroy.insert(plan.would_destroy.end(), doomed.snapshots.begin(),
                              doomed.snapshots.end());
    plan.would_destroy.push_back(doomed.dataset);
  }
  if (!request.recursive && plan.would_destroy.size() > 1) {
    plan.would_destroy = {request.dataset.text()};
    plan.blocked_by.push_back(
        {.subject = request.dataset.text(),
         .code = std::string(row_of(Code::has_dependents).word),
         .detail = "It has snapshots or children; `recursive` takes them along."});
  }
  return plan;
}

}  // namespace zfsrest::ops
