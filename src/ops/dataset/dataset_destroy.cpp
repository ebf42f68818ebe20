#include "api/dataset/dataset_destroy.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "ops/dataset/destruction.hpp"
#include "ops/dataset/mounts.hpp"
#include "ops/evidence.hpp"
#include "ops/run.hpp"
#include "ops/snapshot/obstacles.hpp"
#include "ops/unjudged.hpp"
#include "zfs/dataset.hpp"
#include "zfs/iterate.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

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

// Whether the very object is still there, not another of its name.
Result<bool> exists(const zfs::Handle& handle, const Victim& victim, model::Release release) {
  const bool is_snapshot = victim.name.find('@') != std::string::npos;
  const auto guid = [](const auto& read) -> Result<model::Guid> {
    if (!read.ok()) return read.error();
    return read.value().guid;
  };
  const auto found = is_snapshot ? guid(zfs::read_snapshot(handle, victim.name, release))
                                 : guid(zfs::read_dataset(handle, victim.name, release));
  if (found.ok()) return found.value().value == victim.guid.value;
  if (found.error().os_errno == ENOENT) return false;
  return found.error();
}

// What is noted before the first of a tree is destroyed.
struct DestroyEvidence {
  std::vector<Doomed> order;
  static constexpr auto fields() {
    return std::tuple{
        describe::required("order", &DestroyEvidence::order, "What goes, in its order.")};
  }
};

std::uint64_t size_of(const std::vector<Doomed>& order) {
  std::uint64_t objects = 0;
  for (const Doomed& doomed : order) objects += doomed.snapshots.size() + 1;
  return objects;
}

// Destroys one after the other, and tells the job of each.
class TreeDestruction {
 public:
  TreeDestruction(const Work& work, const zfs::Handle& handle, const std::vector<Doomed>& order)
      : work_(work), handle_(handle), order_(order), total_(size_of(order)) {}

  Result<Nothing> run() {
    for (const Doomed& doomed : order_) {
      if (work_.is_canceled()) return fail(Error::of(Code::canceled, "the job was canceled"));
      if (auto done = destroy(doomed); !done.ok()) return fail(std::move(done).error());
    }
    return Nothing{};
  }

 private:
  Result<Nothing> destroy(const Doomed& doomed) {
    const auto snapshots = names_of(doomed.snapshots);
    if (!snapshots.empty()) {
      if (auto done = zfs::destroy_snapshots(handle_, snapshots, zfs::Defer::no); !done.ok())
        return explain_destruction(std::move(done).error());
      for (const std::string& snapshot : snapshots) note(snapshot);
    }
    TRY(zfs::destroy_dataset(handle_, doomed.dataset.name));
    note(doomed.dataset.name);
    return Nothing{};
  }

  void note(const std::string& name) {
    gone_.push_back(name);
    work_.step(name);
    work_.count({.unit = model::ProgressUnit::objects, .done = gone_.size(), .total = total_});
  }

  Error fail(Error error) {
    error.applied = std::move(gone_);
    return error;
  }

  const Work& work_;
  const zfs::Handle& handle_;
  const std::vector<Doomed>& order_;
  std::uint64_t total_;
  std::vector<std::string> gone_;
};

Result<Nothing> destroy_recursively(Context& context, const zfs::Handle& handle,
                                    const model::DatasetName& dataset) {
  Destruction destruction = TRY(read_destruction(context, handle, dataset));
  if (!destruction.blocked_by.empty()) return refusal_of(destruction.blocked_by);
  const DestroyEvidence evidence{.order = std::move(destruction.order)};
  TRY(context.work->begin(encode_evidence(evidence)));
  const Unmounted unmounted =
      TRY(Unmounted::take(handle, dataset.text(), Unmounted::Which::all, context.release));
  auto done = TreeDestruction(*context.work, handle, evidence.order).run();
  if (!done.ok()) return unmounted.put_back(std::move(done).error());
  unmounted.forget();
  return done;
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
  const model::Selection its_name{.names = {{"name"}}, .wants_properties = false};
  if (const auto child = TRY(zfs::next_child(handle, name, 0, release, its_name)))
    return refuse(child->object.name.text());
  if (const auto snapshot = TRY(zfs::next_snapshot(handle, name, 0, release, its_name)))
    return refuse(snapshot->object.name.text());
  return Nothing{};
}

Result<Nothing> destroy_alone(Context& context, const zfs::Handle& handle,
                              const std::string& dataset) {
  TRY(check_alone(handle, dataset, context.release));
  const Unmounted unmounted =
      TRY(Unmounted::take(handle, dataset, Unmounted::Which::first, context.release));
  auto done = zfs::destroy_dataset(handle, dataset);
  if (!done.ok()) return unmounted.put_back(std::move(done).error());
  unmounted.forget();
  return done;
}

}  // namespace

template <>
Result<Nothing> run<api::DatasetDestroy>(Context& context,
                                         const api::DatasetDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.dataset.text(), Touch::change}}));
  return request.recursive ? destroy_recursively(context, handle, request.dataset)
                           : destroy_alone(context, handle, request.dataset.text());
}

template <>
Result<Nothing> ready<api::DatasetDestroy>(Context& context,
                                           const api::DatasetDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const Destruction destruction = TRY(read_destruction(context, handle, request.dataset));
  if (!destruction.blocked_by.empty()) return refusal_of(destruction.blocked_by);
  return Nothing{};
}

template <>
Result<Finding> judge<api::DatasetDestroy>(Context& context,
                                           const api::DatasetDestroy::Request& request,
                                           const json::Object& noted) {
  const auto evidence = decode_evidence<DestroyEvidence>(noted);
  if (!evidence) return unjudged("what was destroyed");
  const zfs::Handle handle = TRY(context.device.open());
  std::vector<std::string> gone;
  for (const Doomed& doomed : evidence->order) {
    const bool is_there = TRY(exists(handle, doomed.dataset, context.release));
    for (const Victim& snapshot : doomed.snapshots)
      if (!is_there || !TRY(exists(handle, snapshot, context.release)))
        gone.push_back(snapshot.name);
    if (!is_there) gone.push_back(doomed.dataset.name);
  }
  const std::uint64_t total = size_of(evidence->order);
  Finding finding{.state = model::JobState::succeeded,
                  .count = jobs::Count{
                      .unit = model::ProgressUnit::objects, .done = gone.size(), .total = total}};
  if (gone.size() < total) {
    finding.state = model::JobState::failed;
    finding.error =
        Error{.code = Code::interrupted,
              .subject = request.dataset.text(),
              .detail =
                  "the daemon was interrupted before all was destroyed; file systems that "
                  "are left may be unmounted",
              .applied = gone};
  }
  finding.steps = std::move(gone);
  return finding;
}

template <>
Result<model::Plan> plan<api::DatasetDestroy>(Context& context,
                                              const api::DatasetDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  Destruction destruction = TRY(read_destruction(context, handle, request.dataset));
  model::Plan plan;
  plan.bytes_freed = destruction.bytes_freed;
  plan.blocked_by = std::move(destruction.blocked_by);
  plan.unchecked = {
      "Whether a file system is mounted, a volume is open, or one is being received."};
  for (const Doomed& doomed : destruction.order) {
    for (const Victim& snapshot : doomed.snapshots) plan.would_destroy.push_back(snapshot.name);
    for (std::string& name : TRY(read_belongings(handle, doomed.dataset.name)))
      plan.would_destroy.push_back(std::move(name));
    plan.would_destroy.push_back(doomed.dataset.name);
    const auto along = destruction.gone_along.find(doomed.dataset.name);
    if (along != destruction.gone_along.end()) plan.would_destroy.push_back(along->second);
  }
  const bool is_alone =
      destruction.order.size() == 1 && destruction.order.front().snapshots.empty();
  if (!request.recursive && !is_alone) {
    plan.would_destroy = {request.dataset.text()};
    plan.bytes_freed = {};
    plan.blocked_by.push_back(
        {.subject = request.dataset.text(),
         .code = std::string(row_of(Code::has_dependents).word),
         .detail = "It has snapshots or children; `recursive` takes them along."});
  }
  return plan;
}

}  // namespace zfsrest::ops
