#include "zfs/dataset.hpp"

#include <array>
#include <cerrno>

#include "zfs/errors.hpp"
#include "zfs/key.hpp"
#include "zfs/library.hpp"
#include "zfs/mount.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::zfs {
namespace {

constexpr std::uint32_t type_filesystem = 2;
constexpr std::uint32_t type_volume = 3;

void copy_text(const std::string& text, std::span<char> field) {
  text.copy(field.data(), field.size() - 1);
}

}  // namespace

Result<model::Dataset> read_dataset(const Handle& handle, const std::string& name,
                                    model::Release release) {
  MountView mounts(handle);
  return read_dataset(handle, name, release, mounts);
}

Result<model::Dataset> read_dataset(const Handle& handle, const std::string& name,
                                    model::Release release, MountView& mounts) {
  const auto command = command_for(name);
  const Reply reply = handle.call(Ioctl::objset_stats, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, name);
  model::Dataset dataset = dataset_of(handle, *command, reply.output.view(), release);
  TRY(mounts.complete(dataset));
  return dataset;
}

model::Dataset dataset_of(const Handle& handle, const Command& command, NvView listed,
                          model::Release release, const model::Selection& selection) {
  const std::string name = command.name;
  const model::Target head = head_of(command);
  const NvList format = read_format(handle, command, selection);
  model::Dataset dataset;
  dataset.name = model::DatasetName::parse(name).value();
  dataset.type =
      head == model::Target::volume ? model::DatasetType::volume : model::DatasetType::filesystem;
  dataset.pool = model::PoolName::parse(dataset.name.pool()).value();
  dataset.guid.value = command.stats.guid;
  dataset.createtxg = command.stats.creation_txg;
  dataset.properties = dataset_properties(
      {.name = name, .target = head, .head = head, .properties = listed, .format = format.view()},
      release, selection);
  return dataset;
}

// By ioctl: the library's function throws the per-property errors away.
Result<Nothing> create_dataset(const Handle& handle, const std::string& name,
                               model::DatasetType type, const NvList& properties,
                               const std::optional<WrappingKey>& key) {
  NvList input(key ? Content::secret : Content::ordinary);
  input.add_i32("type", static_cast<std::int32_t>(
                            type == model::DatasetType::volume ? type_volume : type_filesystem));
  if (!properties.empty()) input.add_list("props", properties);
  if (key) add_hidden_key(*key, input);
  const auto command = command_for(name);
  const Reply reply = handle.call(Ioctl::create, *command, &input);
  if (reply.os_errno != 0) return failure(reply.os_errno, name, reply.output.view());
  return Nothing{};
}

Result<std::vector<std::string>> create_parents(const Handle& handle,
                                                const model::DatasetName& name) {
  std::vector<std::string> created;
  const std::string& text = name.text();
  for (std::size_t slash = text.find('/', text.find('/') + 1); slash != std::string::npos;
       slash = text.find('/', slash + 1)) {
    const std::string parent = text.substr(0, slash);
    if (text.find('/') == std::string::npos) break;
    auto made = create_dataset(handle, parent, model::DatasetType::filesystem, NvList());
    if (made.ok()) {
      created.push_back(parent);
    } else if (made.error().os_errno != EEXIST) {
      made.error().applied = std::move(created);
      return std::move(made).error();
    }
  }
  return created;
}

// By ioctl, for the per-property errors.
Result<Nothing> clone_snapshot(const Handle& handle, const std::string& name,
                               const std::string& snapshot, const NvList& properties) {
  NvList input;
  input.add_text("origin", snapshot);
  if (!properties.empty()) input.add_list("props", properties);
  const auto command = command_for(name);
  const Reply reply = handle.call(Ioctl::clone, *command, &input);
  if (reply.os_errno != 0) return failure(reply.os_errno, name, reply.output.view());
  return Nothing{};
}

Result<Nothing> set_properties(const Handle& handle, const std::string& name,
                               const NvList& properties) {
  const auto command = command_for(name);
  const Reply reply = handle.call(Ioctl::set_prop, *command, &properties);
  if (reply.os_errno == 0) return Nothing{};
  Error error = failure(reply.os_errno, name, reply.output.view());
  // What the kernel does not name as refused, it has applied; if it names nothing, it refused the
  // whole.
  if (!error.faults.empty() && error.unreported == 0) {
    properties.view().each([&](const NvPair& pair) {
      for (const Fault& fault : error.faults)
        if (fault.subject == pair.name()) return;
      error.applied.emplace_back(pair.name());
    });
  }
  return error;
}

Result<Nothing> inherit_property(const Handle& handle, const std::string& name,
                                 const std::string& property, Revert revert) {
  const auto command = command_for(name);
  copy_text(property, command->value);
  command->cookie = revert == Revert::to_received ? 1 : 0;
  const Reply reply = handle.call(Ioctl::inherit_prop, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, name);
  return Nothing{};
}

Result<Nothing> rename(const Handle&, const std::string& from, const std::string& to) {
  if (const int rc = library::rename(from, to); rc != 0) return failure(rc, from);
  return Nothing{};
}

// By ioctl: the library's function cannot ask for recursion.
Result<Nothing> rename_snapshots_below(const Handle& handle, const std::string& from,
                                       const std::string& to) {
  constexpr std::uint64_t recursive = 1;
  const auto command = command_for(from);
  copy_text(to, command->value);
  command->cookie = recursive;
  const Reply reply = handle.call(Ioctl::rename, *command);
  if (reply.os_errno == 0) return Nothing{};
  // The kernel puts the name at which it failed in place of the name it was given.
  return failure(reply.os_errno, command->name);
}

Result<Nothing> promote(const Handle&, const std::string& name) {
  std::array<char, 256> conflict{};
  const int rc = library::promote(name, conflict);
  if (rc == 0) return Nothing{};
  Error error = failure(rc, name);
  if (rc == EEXIST && conflict[0] != '\0')
    error.faults.push_back({.subject = name + "@" + conflict.data(), .os_errno = rc});
  return error;
}

Result<Nothing> destroy_dataset(const Handle&, const std::string& name) {
  if (const int rc = library::destroy(name); rc != 0) return failure(rc, name);
  return Nothing{};
}

}  // namespace zfsrest::zfs
