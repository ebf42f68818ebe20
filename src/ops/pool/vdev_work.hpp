// Initializing and trimming: the same steps for either, on leaves that the kernel answers for one
// by one.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "api/pool/vdev_work.hpp"
#include "ops/run.hpp"
#include "zfs/background.hpp"

namespace zfsrest::ops {

// Which of the two: what the status of a leaf says of it.
using WorkMember = std::optional<model::VdevWork> model::VdevStatus::*;

// Gives the command to leaves; what was refused is returned.
using Command = std::function<Result<zfs::Refusals>(const zfs::Handle& handle,
                                                    const std::vector<model::Guid>& leaves)>;

constexpr zfs::VdevCommand vdev_command_of(Control control) {
  return control == Control::cancel  ? zfs::VdevCommand::cancel
         : control == Control::pause ? zfs::VdevCommand::suspend
                                     : zfs::VdevCommand::start;
}

// A command that takes effect at once.
Result<api::LeavesDone> command_leaves(Context& context, const api::Leaves& request,
                                       const api::Operation& operation, const Command& command);

// A command that begins something, which the context's job watches.
Result<Nothing> start_on_leaves(Context& context, const std::string& pool,
                                const std::optional<std::vector<model::Guid>>& asked,
                                const api::Operation& operation, WorkMember member,
                                const Command& command);

Finding observe_leaves(const model::PoolStatus& status, WorkMember member,
                       const json::Object& evidence);

// The same command, to those of the leaves that the evidence says were begun that it is for: only
// those that rest are resumed, for the kernel begins anew with the others.
Result<Nothing> control_leaves(Context& context, const std::string& pool,
                               const json::Object& evidence, WorkMember member, Control control,
                               const Command& command);

}  // namespace zfsrest::ops
