#include <unistd.h>

#include <algorithm>
#include <limits>
#include <map>

#include "api/availability.hpp"
#include "api/catalogue.hpp"
#include "model/property_capability.hpp"
#include "ops/feature/described.hpp"
#include "ops/run.hpp"
#include "zfs/module.hpp"
#include "zfs/open_files.hpp"

namespace zfsrest::ops {
namespace {

std::vector<model::OperationCapability> operations_of(const model::Running& running) {
  std::vector<model::OperationCapability> list;
  for (const api::Operation* operation : api::operations()) {
    const auto lack = api::find_lack(*operation, running);
    list.push_back({.operation = std::string(operation->id),
                    .available = !lack,
                    .code = lack,
                    .since = model::text_of_since(operation->since)});
  }
  return list;
}

std::vector<model::OptionCapability> options_of(const model::Running& running) {
  std::vector<model::OptionCapability> list;
  api::each_operation(api::Catalogue{}, [&]<class Op>() {
    const bool has_operation = !api::find_lack(Op::operation, running);
    api::each_option<Op>(
        [&](std::string_view in, const std::string& pointer, std::string_view what, Release since) {
          list.push_back({.operation = std::string(Op::operation.id),
                          .in = std::string(in),
                          .pointer = pointer,
                          .what = std::string(what),
                          .available = has_operation && running.release >= since,
                          .since = model::to_string(since)});
        });
  });
  return list;
}

void read_holders(model::DeviceUse& use) {
  std::map<pid_t, std::uint32_t> descriptors;
  use.unreadable = zfs::each_open_file([&](const zfs::OpenFile& file) {
    if (file.target == zfs::device_path) ++descriptors[file.process];
  });
  use.holders.emplace();
  for (const auto& [process, count] : descriptors)
    use.holders->push_back({.pid = static_cast<std::uint32_t>(process),
                            .command = zfs::command_of(process),
                            .descriptors = count,
                            .is_daemon = process == ::getpid()});
}

// What the kernel carries out by itself needs no open device.
bool keeps_device(const model::Job& job) {
  const api::Operation* operation = api::find_operation(job.operation.id);
  return job.state == model::JobState::running && operation && operation->runs == api::Runs::as_job;
}

model::DeviceUse device_use_of(const Context& context) {
  model::DeviceUse use;
  if (context.engine == model::Engine::kernel) read_holders(use);
  for (const model::Lease& lease : context.leases.list()) use.leases.push_back(lease.lease);
  for (const model::Job& job :
       context.jobs.list({}, std::numeric_limits<std::size_t>::max(), keeps_device))
    use.jobs.push_back(job.id);
  return use;
}

}  // namespace

template <>
Result<model::Capabilities> run<api::SystemCapabilities>(Context& context,
                                                         const api::SystemCapabilities::Request&) {
  const zfs::Module module = TRY(zfs::read_module(context.module_directory));
  const model::Running running{.engine = context.engine, .release = module.release};
  return model::Capabilities{.engine = context.engine,
                             .transport = context.engine == model::Engine::kernel
                                              ? model::Transport::ioctl
                                              : model::Transport::preload,
                             .versions = {.openzfs = module.version,
                                          .release = model::to_string(module.release),
                                          .libzfs_core = ZFSREST_LIBZFS_CORE,
                                          .zfsrest = ZFSREST_VERSION},
                             .operations = operations_of(running),
                             .options = options_of(running),
                             .properties = model::property_capabilities(running),
                             .features = describe_features(context, module.release),
                             .device = device_use_of(context)};
}

}  // namespace zfsrest::ops
