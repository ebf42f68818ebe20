#include "api/dataset/dataset_change_keys.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "ops/dataset/key_change.hpp"
#include "ops/evidence.hpp"
#include "ops/run.hpp"
#include "ops/unjudged.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {
namespace {

using Names = std::vector<std::string>;

// How a dataset looks once it is changed. ZFS keeps all of it in the clear, and it says nothing of
// the key.
struct Expected {
  std::string dataset;
  model::Guid guid;
  std::uint64_t format = 0;  // 0 if it takes its parent's key
  std::uint64_t salt = 0;
  std::uint64_t iterations = 0;
  bool is_told = false;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("dataset", &Expected::dataset, "The name."),
        required("guid", &Expected::guid, "The identity."),
        required("format", &Expected::format, "The number of the key's format."),
        required("salt", &Expected::salt, "What a passphrase is stretched with."),
        required("iterations", &Expected::iterations, "How often."),
        required("is_told", &Expected::is_told, "Whether it looks different before."),
    };
  }
};

// What is noted before the first key is changed, and again before each change that will not show.
struct KeyEvidence {
  std::vector<Expected> order;
  std::optional<std::size_t> reached;  // the last one that does not show and was about to be made
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("order", &KeyEvidence::order, "What is changed, in its order."),
        required("reached", &KeyEvidence::reached, "How far it had come at least."),
    };
  }
};

bool is_as_expected(const Expected& expected, const zfs::KeyState& state) {
  if (state.guid != expected.guid.value) return false;
  const bool is_root = state.root == expected.dataset;
  if (expected.format == 0) return !is_root;
  return is_root && static_cast<std::uint64_t>(state.format) == expected.format &&
         state.stretching.salt == expected.salt &&
         state.stretching.iterations == expected.iterations;
}

Result<Expected> read_expected(const zfs::Handle& handle, const api::KeyChange& change) {
  const zfs::KeyState state = TRY(zfs::read_key_state(handle, change.dataset.text()));
  const zfs::Stretching stretching = new_stretching(change);
  Expected expected{
      .dataset = change.dataset.text(),
      .guid = {state.guid},
      .format = change.key ? static_cast<std::uint64_t>(model::format_of(*change.key)) : 0,
      .salt = stretching.salt,
      .iterations = stretching.iterations};
  expected.is_told = !is_as_expected(expected, state);
  return expected;
}

Result<KeyEvidence> read_evidence(const zfs::Handle& handle,
                                  const api::DatasetChangeKeys::Request& request) {
  KeyEvidence evidence;
  for (const api::KeyChange& change : request.changes)
    evidence.order.push_back(TRY(read_expected(handle, change)));
  return evidence;
}

Names names_of(const KeyEvidence& evidence) {
  Names names;
  for (const Expected& expected : evidence.order) names.push_back(expected.dataset);
  return names;
}

jobs::Count count_of(std::size_t changed, const KeyEvidence& evidence) {
  return {.unit = model::ProgressUnit::objects, .done = changed, .total = evidence.order.size()};
}

// What is said of a batch of which the first `changed` have their new keys, and why the next one
// has not.
Error stopped(const Names& names, std::size_t changed, Error why) {
  const auto next = names.begin() + static_cast<std::ptrdiff_t>(changed);
  why.subject = *next;
  why.applied.assign(names.begin(), next);
  why.faults = {
      {.subject = why.subject, .code = why.code, .os_errno = why.os_errno, .detail = why.detail}};
  for (auto left = next + 1; left != names.end(); ++left)
    why.faults.push_back({.subject = *left, .detail = "it was not tried, and has its old key"});
  return why;
}

// Changes one key after the other, and tells the job of each.
class Changes {
 public:
  Changes(Context& context, const zfs::Handle& handle,
          const api::DatasetChangeKeys::Request& request, KeyEvidence& evidence)
      : context_(context), handle_(handle), request_(request), evidence_(evidence) {}

  Result<Nothing> run() {
    const Names names = names_of(evidence_);
    for (std::size_t at = 0; at < names.size(); ++at) {
      if (auto done = change(at); !done.ok()) return stopped(names, at, std::move(done).error());
      context_.work->step(names[at]);
      context_.work->count(count_of(at + 1, evidence_));
    }
    return Nothing{};
  }

 private:
  Result<Nothing> change(std::size_t at) {
    const api::KeyChange& change = request_.changes[at];
    const auto key = wrapping_key_of(change, evidence_.order[at]);
    if (context_.work->is_canceled()) return Error::of(Code::canceled, "the job was canceled");
    if (!evidence_.order[at].is_told) {
      evidence_.reached = at;
      TRY(context_.work->begin(encode_evidence(evidence_)));
    }
    const auto hold = TRY(context_.trees.hold({{change.dataset.text(), Touch::step}}));
    return change_key(handle_, change, key);
  }

  // A passphrase is stretched here, just before it is needed: this worker serves nobody but the
  // pool's jobs.
  static std::optional<zfs::WrappingKey> wrapping_key_of(const api::KeyChange& change,
                                                         const Expected& expected) {
    if (!change.key) return {};
    return zfs::wrapping_key_of(*change.key,
                                {.salt = expected.salt, .iterations = expected.iterations});
  }

  Context& context_;
  const zfs::Handle& handle_;
  const api::DatasetChangeKeys::Request& request_;
  KeyEvidence& evidence_;
};

Result<bool> is_changed(const zfs::Handle& handle, const Expected& expected) {
  const auto state = zfs::read_key_state(handle, expected.dataset);
  if (state.ok()) return is_as_expected(expected, state.value());
  if (state.error().os_errno == ENOENT) return false;
  return state.error();
}

// How many were changed for certain: those before the last that shows it.
Result<std::size_t> count_changed(const zfs::Handle& handle, const KeyEvidence& evidence) {
  std::size_t changed = evidence.reached.value_or(0);
  for (std::size_t at = changed; at < evidence.order.size(); ++at)
    if (evidence.order[at].is_told && TRY(is_changed(handle, evidence.order[at]))) changed = at + 1;
  return changed;
}

Error in_doubt(const std::string& dataset) {
  return Error::of(
      Code::interrupted,
      fmt::format("the daemon was interrupted while it changed the key of {}, and ZFS does not "
                  "tell which of two keys of the same form it has; load-key with `verify_only` "
                  "and the new key finds out",
                  dataset));
}

}  // namespace

template <>
Result<Nothing> ready<api::DatasetChangeKeys>(Context& context,
                                              const api::DatasetChangeKeys::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  TRY(zfs::check_writable(handle, request.pool.text()));
  Error refusal;
  for (std::size_t i = 0; i < request.changes.size(); ++i) {
    auto obstacle = find_key_obstacle(handle, request.changes[i]);
    if (obstacle.ok() && !obstacle.value()) continue;
    const Error error = obstacle.ok() ? *std::move(obstacle).value() : obstacle.error();
    refusal.faults.push_back({.in = "body",
                              .pointer = fmt::format("/changes/{}/dataset", i),
                              .subject = error.subject,
                              .code = error.code,
                              .os_errno = error.os_errno,
                              .detail = error.detail});
  }
  if (refusal.faults.empty()) return Nothing{};
  refusal.code = refusal.faults.front().code;
  refusal.os_errno = refusal.faults.front().os_errno;
  refusal.detail = fmt::format("{} of {} keys cannot be changed; nothing was changed",
                               refusal.faults.size(), request.changes.size());
  return refusal;
}

template <>
Result<api::DatasetChangeKeys::Response> run<api::DatasetChangeKeys>(
    Context& context, const api::DatasetChangeKeys::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  KeyEvidence evidence = TRY(read_evidence(handle, request));
  TRY(context.work->begin(encode_evidence(evidence)));
  TRY(Changes(context, handle, request, evidence).run());
  return api::DatasetChangeKeys::Response{.changed = names_of(evidence)};
}

template <>
Result<Finding> judge<api::DatasetChangeKeys>(Context& context,
                                              const api::DatasetChangeKeys::Request&,
                                              const json::Object& noted) {
  const auto evidence = decode_evidence<KeyEvidence>(noted);
  if (!evidence) return unjudged("which keys were changed");
  const zfs::Handle handle = TRY(context.device.open());
  const Names names = names_of(*evidence);
  const std::size_t changed = TRY(count_changed(handle, *evidence));
  Finding finding{
      .state = model::JobState::succeeded,
      .count = count_of(changed, *evidence),
      .steps = Names(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(changed))};
  if (changed == names.size()) {
    finding.result = describe::encode(api::DatasetChangeKeys::Response{.changed = names});
  } else if (evidence->reached == changed) {
    finding.state = model::JobState::undetermined;
    finding.error = stopped(names, changed, in_doubt(names[changed]));
  } else {
    finding.state = model::JobState::failed;
    finding.error = stopped(names, changed,
                            Error::of(Code::interrupted,
                                      "the daemon was interrupted before all keys were changed; "
                                      "ask again for those that are left"));
  }
  return finding;
}

}  // namespace zfsrest::ops
