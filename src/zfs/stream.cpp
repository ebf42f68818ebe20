#include "zfs/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "zfs/dataset.hpp"
#include "zfs/errors.hpp"
#include "zfs/key.hpp"
#include "zfs/library.hpp"
#include "zfs/properties.hpp"
#include "zfs/resume_token.hpp"

namespace zfsrest::zfs {
namespace {

// Of `error_flags`: received properties that should have gone are there; properties that should
// have come back after a failure are not.
constexpr std::uint64_t flag_not_cleared = 1;
constexpr std::uint64_t flag_not_restored = 2;

library::Stream stream_of(const Send& what) {
  unsigned flags = 0;
  if (what.embedded) flags |= library::send_embedded;
  if (what.large_blocks) flags |= library::send_large_blocks;
  if (what.compressed) flags |= library::send_compressed;
  if (what.raw) flags |= library::send_raw;
  if (what.saved) flags |= library::send_saved;
  const ResumePoint point = what.resume.value_or(ResumePoint());
  return {.snapshot = what.snapshot,
          .from = what.from,
          .flags = flags,
          .object = point.object,
          .offset = point.offset,
          .redaction_bookmark = what.redaction_bookmark};
}

Error nothing_saved(const std::string& dataset) {
  return {.code = Code::wrong_state,
          .subject = dataset,
          .detail = fmt::format("\"{}\" has nothing of an interrupted receive", dataset)};
}

// The stream of what an interrupted receive has left is what that had taken in, less what was sent
// of it before.
Result<std::uint64_t> estimate_saved(const Handle& handle, const Send& what) {
  const auto partial = TRY(read_partial_receive(handle, what.snapshot));
  if (!partial) return nothing_saved(what.snapshot);
  const std::uint64_t sent = what.resume ? what.resume->bytes : 0;
  return partial->decoded.bytes - std::min(sent, partial->decoded.bytes);
}

std::string hidden_child(const std::string& dataset) {
  return dataset + "/%recv";
}

// Whether the kernel said that there is no such child. It takes no name that is longer than a
// dataset's can be, so that of one in a dataset with a very long name nothing can be found out.
bool is_absent(int os_errno, const std::string& child) {
  return os_errno == ENOENT || child.size() > model::max_name_bytes;
}

// What the kernel says on the dataset, whether the dataset or its child keeps it.
struct Saved {
  std::string token;        // empty: nothing
  bool is_dataset = false;  // the dataset keeps it, and is there only for that
  std::string dataset_origin;
  std::uint64_t dataset_used_bytes = 0;
};
Result<Saved> read_saved(const Handle& handle, const std::string& dataset) {
  const auto command = command_for(dataset);
  const Reply reply = handle.call(Ioctl::objset_stats, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, dataset);
  return Saved{.token = text_of(reply.output.view(), "receive_resume_token"),
               .is_dataset = command->stats.inconsistent != 0,
               .dataset_origin = text_of(reply.output.view(), "origin"),
               .dataset_used_bytes = number_of(reply.output.view(), "used")};
}

// The snapshot's dataset may be about to be made, so the kernel is given what is above it, which a
// receive needs in any case.
std::string place_of(const std::string& snapshot) {
  const std::string dataset = snapshot.substr(0, snapshot.find('@'));
  const std::size_t slash = dataset.rfind('/');
  return slash == std::string::npos ? dataset : dataset.substr(0, slash);
}

NvList input_of(const Receive& what, int fd) {
  NvList input(what.key ? Content::secret : Content::ordinary);
  input.add_text("snapname", what.snapshot);
  input.add_byte_array("begin_record", {what.header.data(), what.header.size()});
  input.add_i32("input_fd", fd);
  if (!what.origin.empty()) input.add_text("origin", what.origin);
  if (what.force) input.add_flag("force");
  if (what.resumable) input.add_flag("resumable");
  if (what.heal) input.add_flag("heal");
  if (what.received && !what.received->empty()) input.add_list("props", *what.received);
  if (what.overrides && !what.overrides->empty()) input.add_list("localprops", *what.overrides);
  if (what.key) add_hidden_key(*what.key, input);
  return input;
}

NvView refusals_in(NvView answer) {
  return answer.list("errors").value_or(NvView(nullptr));
}

Error failure_of(const Reply& reply, const Receive& what) {
  const NvView answer = reply.output.view();
  Error error = failure(reply.os_errno, what.snapshot, refusals_in(answer));
  if (answer.u64("error_flags").value_or(0) & flag_not_restored)
    error.detail = "properties that were changed for the receive could not be changed back";
  return error;
}

Received outcome_of(NvView answer) {
  Received received;
  received.bytes = answer.u64("read_bytes").value_or(0);
  received.kept_old_properties = (answer.u64("error_flags").value_or(0) & flag_not_cleared) != 0;
  refusals_in(answer).each([&](const NvPair& pair) {
    if (const auto number = pair.integer())
      received.refused.push_back(
          {.name = std::string(pair.name()), .os_errno = static_cast<int>(*number)});
  });
  return received;
}

}  // namespace

Result<Nothing> send(const Handle& handle, const Send& what, int fd) {
  // Where there is nothing the kernel looks for it all the same, in an object that is of another
  // kind, and may not survive that.
  if (what.saved && TRY(read_saved(handle, what.snapshot)).token.empty())
    return nothing_saved(what.snapshot);
  if (const int rc = library::send_resume_redacted(stream_of(what), fd); rc != 0)
    return failure(rc, what.snapshot);
  return Nothing{};
}

Result<std::uint64_t> estimate_send(const Handle& handle, const Send& what) {
  if (what.saved) return estimate_saved(handle, what);
  const std::uint64_t sent = what.resume ? what.resume->bytes : 0;
  std::uint64_t space = 0;
  if (const int rc = library::send_space_resume_redacted(stream_of(what), sent, space); rc != 0)
    return failure(rc, what.snapshot);
  // The kernel subtracts what was sent from an estimate that may be smaller.
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  return space > static_cast<std::uint64_t>(most) ? 0 : space;
}

Result<SendProgress> read_send_progress(const Handle& handle, const std::string& snapshot, int fd) {
  const auto command = command_for(snapshot);
  command->cookie = static_cast<std::uint64_t>(fd);
  const Reply reply = handle.call(Ioctl::send_progress, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, snapshot);
  return SendProgress{.bytes = command->cookie, .blocks = command->objset_type};
}

// By ioctl: the library does not wipe its copies of the key, and heals from 2.2 on only. Called
// once, because a second call would take what is left of the stream for its beginning.
Result<Received> receive(const Handle& handle, const Receive& what, int fd) {
  const NvList input = input_of(what, fd);
  const auto command = command_for(place_of(what.snapshot));
  const Reply reply = handle.call_once(Ioctl::receive, *command, input);
  if (reply.os_errno != 0) return failure_of(reply, what);
  return outcome_of(reply.output.view());
}

Result<std::optional<PartialReceive>> read_partial_receive(const Handle& handle,
                                                           const std::string& dataset) {
  const Saved saved = TRY(read_saved(handle, dataset));
  if (saved.token.empty()) return std::optional<PartialReceive>();
  auto decoded = parse_resume_token(saved.token);
  // It is the kernel's own, not one that a client gave.
  if (!decoded.ok()) decoded.error().code = Code::bug;
  PartialReceive partial{.token = saved.token,
                         .decoded = TRY(std::move(decoded)),
                         .partial_dataset = dataset,
                         .origin = saved.dataset_origin,
                         .is_new_dataset = saved.is_dataset,
                         .used_bytes = saved.dataset_used_bytes};
  if (partial.is_new_dataset) return std::optional(std::move(partial));
  partial.partial_dataset = hidden_child(dataset);
  const auto command = command_for(partial.partial_dataset);
  const Reply reply = handle.call(Ioctl::objset_stats, *command);
  // The receive has gone on and come to its end between the two calls.
  if (is_absent(reply.os_errno, partial.partial_dataset)) return std::optional<PartialReceive>();
  if (reply.os_errno != 0) return failure(reply.os_errno, partial.partial_dataset);
  partial.origin = text_of(reply.output.view(), "origin");
  partial.used_bytes = number_of(reply.output.view(), "used");
  return std::optional(std::move(partial));
}

Result<Nothing> abort_receive(const Handle& handle, const std::string& dataset) {
  // The child is there only for that, so nothing has to be known of it.
  const std::string hidden = hidden_child(dataset);
  const int rc = library::destroy(hidden);
  if (rc == 0) return Nothing{};
  if (!is_absent(rc, hidden)) return failure(rc, dataset);
  // A dataset that became whole since it was looked at has a snapshot, and the kernel destroys none
  // that has.
  const Saved saved = TRY(read_saved(handle, dataset));
  if (saved.token.empty() || !saved.is_dataset) return nothing_saved(dataset);
  return destroy_dataset(handle, dataset);
}

}  // namespace zfsrest::zfs
