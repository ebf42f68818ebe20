#include "ops/pool/vdev_work.hpp"

#include <algorithm>

#include "api/classify.hpp"
#include "ops/evidence.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {
namespace {

// Calls `visit` with each leaf.
template <class Visit>
void each_leaf(const std::vector<model::VdevStatus>& vdevs, const Visit& visit) {
  for (const model::VdevStatus& vdev : vdevs) {
    if (vdev.children.empty())
      visit(vdev);
    else
      each_leaf(vdev.children, visit);
  }
}

template <class Visit>
void each_leaf(const model::VdevTree& tree, const Visit& visit) {
  for (const auto* group : {&tree.data, &tree.log, &tree.special, &tree.dedup})
    each_leaf(*group, visit);
}

const model::VdevStatus* find_leaf(const model::VdevTree& tree, model::Guid guid) {
  const model::VdevStatus* found = nullptr;
  each_leaf(tree, [&](const model::VdevStatus& leaf) {
    if (leaf.guid.value == guid.value) found = &leaf;
  });
  return found;
}

// The leaves that were asked for, or all that data or logs lie on.
Result<std::vector<model::Guid>> leaves_of(const zfs::Handle& handle, const std::string& pool,
                                           const std::optional<std::vector<model::Guid>>& asked) {
  if (asked) return *asked;
  std::vector<model::Guid> leaves;
  each_leaf(TRY(zfs::read_pool_status(handle, pool)).vdevs, [&](const model::VdevStatus& leaf) {
    // What a removed vdev has left is no device.
    if (leaf.type == "disk" || leaf.type == "file") leaves.push_back(leaf.guid);
  });
  return leaves;
}

// What is noted of a leaf before it is told to begin.
struct LeafBefore {
  model::Guid guid;
  std::optional<model::VdevWork> work;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("guid", &LeafBefore::guid, "The leaf."),
        required("work", &LeafBefore::work, "How far it had come."),
    };
  }
};

struct VdevWorkEvidence {
  model::Guid pool;
  std::vector<LeafBefore> leaves;
  std::vector<model::Skipped> skipped;
  bool has_begun = false;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("pool", &VdevWorkEvidence::pool, "The pool's identity."),
        required("leaves", &VdevWorkEvidence::leaves,
                 "The leaves that are told, or were told, to begin."),
        required("skipped", &VdevWorkEvidence::skipped, "Those that refused."),
        required("has_begun", &VdevWorkEvidence::has_begun, "Whether the kernel has answered."),
    };
  }
};

std::vector<model::Skipped> skipped_of(const zfs::Refusals& refusals,
                                       const api::Operation& operation) {
  std::vector<model::Skipped> skipped;
  for (const Fault& fault : refusals) {
    const api::Verdict verdict = api::classify(fault.os_errno, operation);
    const CodeRow& row = row_of(verdict.code);
    skipped.push_back(
        {.subject = fault.subject,
         .code = std::string(row.word),
         .detail = std::string(verdict.meaning.empty() ? row.meaning : verdict.meaning)});
  }
  return skipped;
}

bool is_refused(const zfs::Refusals& refusals, model::Guid leaf) {
  return std::ranges::any_of(refusals,
                             [&](const Fault& fault) { return fault.subject == leaf.text(); });
}

// How the leaves of a job are doing.
struct Tally {
  std::size_t running = 0, suspended = 0, canceled = 0;
  bool is_as_before = true;
  jobs::Count count{.unit = model::ProgressUnit::bytes, .done = 0, .total = 0};
  api::LeavesEnded ended;
};

void tally(Tally& tally, const LeafBefore& leaf, const model::VdevStatus* now, WorkMember member) {
  if (!now) {
    tally.ended.gone.push_back(leaf.guid);
    return;
  }
  const std::optional<model::VdevWork>& work = now->*member;
  tally.is_as_before = tally.is_as_before && work == leaf.work;
  // It was forgotten again that the leaf was worked on.
  if (!work) return;
  const bool is_complete = work->state == model::VdevWorkState::complete;
  tally.running += work->state == model::VdevWorkState::running;
  tally.suspended += work->state == model::VdevWorkState::suspended;
  tally.canceled += work->state == model::VdevWorkState::canceled;
  tally.count.done += is_complete ? work->total_bytes : work->done_bytes;
  tally.count.total = *tally.count.total + work->total_bytes;
  if (is_complete) tally.ended.vdevs.push_back(leaf.guid);
}

// Which leaves a control is for, and what it is refused for if there are none.
struct Acts {
  bool on_running;
  bool on_suspended;
  std::string_view refusal;
};

Acts acts_of(Control control) {
  switch (control) {
    case Control::cancel:
      return {.on_running = true, .on_suspended = true, .refusal = "the vdevs have ended"};
    case Control::pause:
      return {.on_running = true, .on_suspended = false, .refusal = "no vdev of the job runs"};
    case Control::resume:
      break;
  }
  return {.on_running = false, .on_suspended = true, .refusal = "no vdev of the job rests"};
}

}  // namespace

Result<api::LeavesDone> command_leaves(Context& context, const api::Leaves& request,
                                       const api::Operation& operation, const Command& command) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto leaves = TRY(leaves_of(handle, request.pool.text(), request.vdevs));
  const zfs::Refusals refusals = TRY(command(handle, leaves));
  api::LeavesDone done{.vdevs = {}, .skipped = skipped_of(refusals, operation)};
  for (const model::Guid leaf : leaves)
    if (!is_refused(refusals, leaf)) done.vdevs.push_back(leaf);
  return done;
}

Result<Nothing> start_on_leaves(Context& context, const std::string& pool,
                                const std::optional<std::vector<model::Guid>>& asked,
                                const api::Operation& operation, WorkMember member,
                                const Command& command) {
  const zfs::Handle handle = TRY(context.device.open());
  const model::PoolStatus status = TRY(zfs::read_pool_status(handle, pool));
  const auto leaves = TRY(leaves_of(handle, pool, asked));
  VdevWorkEvidence evidence{.pool = status.guid};
  for (const model::Guid guid : leaves) {
    const model::VdevStatus* leaf = find_leaf(status.vdevs, guid);
    evidence.leaves.push_back({.guid = guid, .work = leaf ? leaf->*member : std::nullopt});
  }
  TRY(context.work->begin(encode_evidence(evidence)));
  const zfs::Refusals refusals = TRY(command(handle, leaves));
  std::erase_if(evidence.leaves,
                [&](const LeafBefore& leaf) { return is_refused(refusals, leaf.guid); });
  evidence.skipped = skipped_of(refusals, operation);
  evidence.has_begun = true;
  context.work->skip(evidence.skipped);
  context.work->learn(encode_evidence(evidence));
  return Nothing{};
}

Finding observe_leaves(const model::PoolStatus& status, WorkMember member,
                       const json::Object& noted) {
  const auto evidence = decode_evidence<VdevWorkEvidence>(noted);
  if (!evidence || evidence->pool.value != status.guid.value) return another_pool();
  Tally all;
  for (const LeafBefore& leaf : evidence->leaves)
    tally(all, leaf, find_leaf(status.vdevs, leaf.guid), member);
  all.ended.skipped = evidence->skipped;
  if (!evidence->has_begun && all.is_as_before)
    return {.state = model::JobState::failed,
            .error = Error::of(Code::interrupted,
                               "the daemon was interrupted before any vdev was told to begin")};
  const std::optional<jobs::Count> count = all.count;
  if (all.running > 0) return {.state = model::JobState::running, .count = count};
  if (all.suspended > 0) return {.state = model::JobState::paused, .count = count};
  if (all.canceled > 0) return {.state = model::JobState::canceled, .count = count};
  return {
      .state = model::JobState::succeeded, .count = count, .result = describe::encode(all.ended)};
}

Result<Nothing> control_leaves(Context& context, const std::string& pool, const json::Object& noted,
                               WorkMember member, Control control, const Command& command) {
  const auto evidence = decode_evidence<VdevWorkEvidence>(noted);
  if (!evidence) return Error::of(Code::wrong_state, "it is not known which vdevs have begun");
  const zfs::Handle handle = TRY(context.device.open());
  const model::PoolStatus status = TRY(zfs::read_pool_status(handle, pool));
  const Acts acts = acts_of(control);
  const auto is_meant = [&](model::Guid guid) {
    const model::VdevStatus* leaf = find_leaf(status.vdevs, guid);
    if (!leaf || !(leaf->*member)) return false;
    const model::VdevWorkState state = (leaf->*member)->state;
    return (acts.on_running && state == model::VdevWorkState::running) ||
           (acts.on_suspended && state == model::VdevWorkState::suspended);
  };
  std::vector<model::Guid> leaves;
  for (const LeafBefore& leaf : evidence->leaves)
    if (is_meant(leaf.guid)) leaves.push_back(leaf.guid);
  if (leaves.empty())
    return Error{.code = Code::wrong_state, .subject = pool, .detail = std::string(acts.refusal)};
  TRY(command(handle, leaves));
  return Nothing{};
}

}  // namespace zfsrest::ops
