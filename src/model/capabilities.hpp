// What the running OpenZFS can do, and who keeps it from being unloaded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "describe/codec.hpp"
#include "model/engine.hpp"
#include "model/hold.hpp"
#include "model/job.hpp"
#include "model/property.hpp"

namespace zfsrest::model {

// How a call gets to ZFS.
enum class Transport { ioctl, preload };

inline std::span<const describe::Word<Transport>> words_of(Transport) {
  static constexpr describe::Word<Transport> words[] = {
      {Transport::ioctl, "ioctl", "Ioctls on /dev/zfs."},
      {Transport::preload, "preload",
       "A preloaded library takes the place of /dev/zfs and hands ioctls to another process."},
  };
  return words;
}

inline std::span<const describe::Word<Target>> words_of(Target) {
  static constexpr describe::Word<Target> words[] = {
      {Target::filesystem, "filesystem", ""},
      {Target::volume, "volume", ""},
      {Target::snapshot, "snapshot", ""},
      {Target::bookmark, "bookmark", ""},
      {Target::pool, "pool", ""},
      {Target::vdev, "vdev", ""},
  };
  return words;
}

inline std::vector<Target> list_of(Targets targets) {
  std::vector<Target> list;
  for (const auto& row : words_of(Target{}))
    if (targets.has(row.value)) list.push_back(row.value);
  return list;
}

// Why something is not there, by the code of the answer to whoever asks for it.
enum class Lack { not_in_this_release, not_on_this_engine };

inline std::span<const describe::Word<Lack>> words_of(Lack) {
  static constexpr describe::Word<Lack> words[] = {
      {Lack::not_in_this_release, "not_in_this_release", ""},
      {Lack::not_on_this_engine, "not_on_this_engine", ""},
  };
  return words;
}

// What runs.
struct Running {
  Engine engine;
  Release release;

  // What keeps it from something that this engine alone can do, and that came with this release.
  std::optional<Lack> find_lack(std::optional<Engine> only, Release since) const {
    if (only && *only != engine) return Lack::not_on_this_engine;
    if (since > release) return Lack::not_in_this_release;
    return {};
  }
};

// Empty for what all releases have.
inline std::optional<std::string> text_of_since(Release since) {
  if (since <= oldest_release) return {};
  return to_string(since);
}

struct Versions {
  std::string openzfs;
  std::string release;
  std::string libzfs_core;
  std::string zfsrest;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("openzfs", &Versions::openzfs,
                 "What runs, as the module says it in the file `version` of its directory."),
        required("release", &Versions::release,
                 "The release of OpenZFS that this is; `since` is compared with it."),
        required("libzfs_core", &Versions::libzfs_core,
                 "The release whose libzfs_core the daemon was built with. The library that is "
                 "installed does not tell its own; what newer ones have is called without it."),
        required("zfsrest", &Versions::zfsrest, "The daemon."),
    };
  }
};

struct OperationCapability {
  static constexpr std::string_view schema_name = "OperationCapability";
  std::string operation;
  bool available = true;
  std::optional<Lack> code;
  std::optional<std::string> since;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("operation", &OperationCapability::operation, "Its id."),
        required("available", &OperationCapability::available,
                 "Whether it is there; if not, every request for it is answered 501 with `code`."),
        required("code", &OperationCapability::code,
                 "The code of that answer; null where it is available."),
        required("since", &OperationCapability::since,
                 "The release that brings it; null if all have it."),
    };
  }
};

struct OptionCapability {
  static constexpr std::string_view schema_name = "OptionCapability";
  std::string operation;
  std::string in;
  std::string pointer;
  std::string what;
  bool available = true;
  std::string since;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("operation", &OptionCapability::operation, "The operation that has it."),
        required("in", &OptionCapability::in,
                 "The part of the request that holds it: `path`, `query` or `body`."),
        required("pointer", &OptionCapability::pointer, "A JSON pointer to the field."),
        required("what", &OptionCapability::what,
                 "The field itself, or the one of its values that is meant."),
        required("available", &OptionCapability::available,
                 "Whether it is there; if not, a request with it is answered 501."),
        required("since", &OptionCapability::since, "The release that brings it."),
    };
  }
};

struct PropertyCapability {
  static constexpr std::string_view schema_name = "PropertyCapability";
  std::string property;
  std::optional<std::string> value;
  std::vector<Target> targets;
  bool available = true;
  std::optional<Lack> code;
  std::optional<std::string> since;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("property", &PropertyCapability::property,
                 "Its name; `*:*` stands for those that users make."),
        required("value", &PropertyCapability::value,
                 "The one of its values that is meant; null for the property as such."),
        required("targets", &PropertyCapability::targets, "What this is about a property of."),
        required("available", &PropertyCapability::available,
                 "Whether it is there; if not, setting it is answered 501 with `code`."),
        required("code", &PropertyCapability::code,
                 "The code of that answer; null where it is available."),
        required("since", &PropertyCapability::since,
                 "The release that brings it; null if all have it."),
    };
  }
};

struct Feature {
  static constexpr std::string_view schema_name = "Feature";
  std::string name;
  std::string guid;
  std::string description;
  std::vector<std::string> needs;
  bool read_only_compatible = false;
  bool enabled_by_upgrade = false;
  bool available = true;
  std::optional<std::string> since;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("name", &Feature::name, "As in `feature@async_destroy`."),
        required("guid", &Feature::guid, "As in the pool's configuration."),
        required("description", &Feature::description,
                 "What it does; of one that this daemon does not know, the module's own words."),
        required("needs", &Feature::needs, "The features that are enabled along with it."),
        required("read_only_compatible", &Feature::read_only_compatible,
                 "Whether a release without it can import such a pool read-only."),
        required("enabled_by_upgrade", &Feature::enabled_by_upgrade,
                 "Whether upgrading a pool to all features enables it; creating one always does."),
        required("available", &Feature::available, "Whether what runs supports it."),
        required("since", &Feature::since,
                 "The release that brings it; null if all have it, or if that is not known."),
    };
  }
};

// A process that has /dev/zfs open.
struct DeviceHolder {
  static constexpr std::string_view schema_name = "DeviceHolder";
  std::uint32_t pid = 0;
  std::string command;
  std::uint32_t descriptors = 0;
  bool is_daemon = false;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("pid", &DeviceHolder::pid, "The process, as the daemon's host numbers it."),
        required("command", &DeviceHolder::command, "What it is called."),
        required("descriptors", &DeviceHolder::descriptors, "How many descriptors it has of it."),
        required("is_daemon", &DeviceHolder::is_daemon, "Whether it is the agent of this daemon."),
    };
  }
};

struct DeviceUse {
  std::optional<std::vector<DeviceHolder>> holders;
  std::uint32_t unreadable = 0;
  std::vector<LeaseId> leases;
  std::vector<JobId> jobs;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("holders", &DeviceUse::holders,
                 "Processes that have /dev/zfs open, from what /proc shows: the module cannot be "
                 "unloaded while there are any. The daemon opens it when it is needed, and closes "
                 "it when it has not been for a few seconds. Null on ZFS in user space, which has "
                 "no module and can be stopped at any time."),
        required("unreadable", &DeviceUse::unreadable,
                 "How many processes do not let the daemon see what they have open."),
        required("leases", &DeviceUse::leases,
                 "Leases of temporary holds; each keeps the device open until it ends, and all "
                 "end with the engine."),
        required("jobs", &DeviceUse::jobs,
                 "Jobs of the daemon that are at work in a call, or wait in one; each keeps the "
                 "device open meanwhile."),
    };
  }
};

struct Capabilities {
  static constexpr std::string_view schema_name = "Capabilities";
  Engine engine = Engine::kernel;
  Transport transport = Transport::ioctl;
  Versions versions;
  std::vector<OperationCapability> operations;
  std::vector<OptionCapability> options;
  std::vector<PropertyCapability> properties;
  std::vector<Feature> features;
  DeviceUse device;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("engine", &Capabilities::engine, "Where ZFS runs."),
        required("transport", &Capabilities::transport, "How calls get there."),
        required("versions", &Capabilities::versions, "What takes part."),
        required("operations", &Capabilities::operations, "All operations."),
        required("options", &Capabilities::options,
                 "Fields of requests, and values in them, that not every release has."),
        required("properties", &Capabilities::properties,
                 "Properties that can be set, and values of them, that not every release has."),
        required("features", &Capabilities::features,
                 "The features of pools that what runs supports, and others that are known."),
        required("device", &Capabilities::device, "Who keeps the module from being unloaded."),
    };
  }
};

}  // namespace zfsrest::model
