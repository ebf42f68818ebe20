#include "api/pool/pool_create.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "model/feature_table.hpp"
#include "model/property_values.hpp"
#include "ops/dataset/mounts.hpp"
#include "ops/dataset/new_key.hpp"
#include "ops/run.hpp"
#include "zfs/compatibility.hpp"
#include "zfs/device_findings.hpp"
#include "zfs/pool.hpp"
#include "zfs/properties.hpp"
#include "zfs/vdev_tree.hpp"

namespace zfsrest::ops {
namespace {

zfs::LeafKind kind_of(const model::FileVdev&) {
  return zfs::LeafKind::file;
}
zfs::LeafKind kind_of(const model::DiskVdev& disk) {
  return disk.partition && zfs::is_whole_disk(disk.path.path) ? zfs::LeafKind::whole_disk
                                                              : zfs::LeafKind::disk;
}

// The request with the links on the way to its files followed. Disks keep their paths: links below
// /dev are how they are found again.
api::PoolCreate::Request resolved(api::PoolCreate::Request request) {
  std::vector<std::pair<std::string, std::string>> links;
  model::each_leaf(request.vdevs, [&](auto& leaf, const std::string&) {
    if (kind_of(leaf) != zfs::LeafKind::file) return;
    std::string path = zfs::without_links(leaf.path.path);
    links.emplace_back(std::exchange(leaf.path.path, path), path);
  });
  for (model::DevicePath& overwritten : request.overwrite)
    for (const auto& [link, path] : links)
      if (overwritten.path == link) overwritten.path = path;
  return request;
}

// Devices that stand in the layout twice, under different paths.
std::vector<Fault> faults_of_doubles(const api::PoolCreate::Request& request) {
  std::vector<std::string> paths, pointers;
  model::each_leaf(request.vdevs, [&](const auto& leaf, const std::string& pointer) {
    paths.push_back(leaf.path.path);
    pointers.push_back(pointer);
  });
  std::vector<Fault> faults;
  const auto doubles = zfs::find_same_devices(paths);
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (doubles[i])
      faults.push_back({.in = "body",
                        .pointer = "/vdevs" + pointers[i],
                        .subject = paths[i],
                        .code = Code::bad_request,
                        .detail = fmt::format("{} is the same device as {}, or a part of it",
                                              paths[i], *doubles[i])});
  return faults;
}

// What speaks against a device, each finding a fault of its own.
std::vector<Fault> faults_of(const api::PoolCreate::Request& request) {
  std::vector<Fault> faults = faults_of_doubles(request);
  model::each_leaf(request.vdevs, [&](const auto& leaf, const std::string& pointer) {
    const bool overwritten =
        std::ranges::find(request.overwrite, leaf.path) != request.overwrite.end();
    for (const zfs::Finding& finding : zfs::read_findings(leaf.path.path, kind_of(leaf))) {
      const bool can_be_overwritten = zfs::can_be_overwritten(finding.kind);
      if (can_be_overwritten && overwritten) continue;
      faults.push_back({.in = "body",
                        .pointer = "/vdevs" + pointer,
                        .subject = leaf.path.path,
                        .code = can_be_overwritten ? Code::device_in_use : Code::bad_request,
                        .detail = finding.detail});
    }
  });
  return faults;
}

Error device_error(std::vector<Fault> faults) {
  const bool unusable = std::ranges::any_of(
      faults, [](const Fault& fault) { return fault.code == Code::bad_request; });
  return {.code = unusable ? Code::bad_request : Code::device_in_use,
          .subject = faults.front().subject,
          .detail = faults.front().detail +
                    (unusable ? "" : "; `overwrite` names what is to be taken all the same"),
          .faults = std::move(faults)};
}

std::optional<std::uint64_t> ashift_of(const api::PoolCreate::Request& request) {
  const auto* number = model::find_value<std::uint64_t>(request.properties, "ashift");
  return number ? std::optional(*number) : std::nullopt;
}

std::string text_or(const model::PropertySettings& settings, const char* name,
                    const std::string& otherwise) {
  const auto* text = model::find_value<std::string>(settings, name);
  return text ? *text : otherwise;
}

// What is in the directory that the root file system would hide.
std::optional<Error> find_hidden(const zfs::Handle& handle,
                                 const api::PoolCreate::Request& request) {
  const std::string place =
      text_or(request.filesystem_properties, "mountpoint", "/" + request.name.text());
  const bool is_mounted = text_or(request.filesystem_properties, "canmount", "on") == "on";
  if (!handle.can_mount() || !is_mounted || !place.starts_with('/')) return {};
  const std::string directory = text_or(request.properties, "altroot", "") + place;
  std::error_code error;
  if (std::filesystem::is_empty(directory, error) || error) return {};
  return Error{
      .code = Code::wrong_state,
      .subject = directory,
      .detail = fmt::format(
          "{} is not empty, and the pool would be mounted there; set `mountpoint`", directory)};
}

Error feature_error(const std::string& pointer, Code code, const std::string& detail) {
  return {.code = code,
          .detail = detail,
          .faults = {{.in = "body", .pointer = pointer, .code = code, .detail = detail}}};
}

// The features to enable: those asked for, else all that the release has and `compatibility`
// permits.
Result<std::vector<std::string>> features_of(const api::PoolCreate::Request& request,
                                             model::Release release) {
  std::vector<std::string> features;
  if (request.features) {
    for (std::size_t i = 0; i < request.features->size(); ++i) {
      const std::string& name = (*request.features)[i];
      const model::FeatureRow* feature = model::find_feature(name);
      if (feature && release < feature->since)
        return feature_error(
            fmt::format("/features/{}", i), Code::not_in_this_release,
            fmt::format("the feature {} needs OpenZFS {}", name, model::to_string(feature->since)));
      features.push_back(name);
    }
    return features;
  }
  // A pool of an old version has none, and enabling one would make it a new pool.
  const bool is_old = request.properties.contains("version");
  const char* pointer = is_old ? "/properties/version" : "/properties/compatibility";
  auto permitted = zfs::read_compatibility(text_or(request.properties, "compatibility", "off"));
  if (!permitted.ok())
    return feature_error("/properties/compatibility", Code::bad_request, permitted.error().detail);
  for (const std::string_view feature : model::features_of(release))
    if (!is_old && (!permitted.value() || permitted.value()->contains(std::string(feature))))
      features.emplace_back(feature);
  for (const model::NeededFeature& need : model::needed_features(request.vdevs))
    if (std::ranges::find(features, need.feature) == features.end())
      return feature_error(pointer, Code::bad_request,
                           fmt::format("{} needs the feature {}, which this does not permit",
                                       need.by, need.feature));
  return features;
}

// The disks of the layout, the whole ones partitioned. A failure names those that were, for that
// cannot be undone.
Result<zfs::DiskUses> take_disks(const api::PoolCreate::Request& request) {
  zfs::DiskUses uses;
  std::vector<std::string> partitioned;
  const auto fail = [&](Error error) {
    error.applied = partitioned;
    return error;
  };
  model::each_leaf(request.vdevs, [&](const auto& leaf, const std::string&) {
    const zfs::LeafKind kind = kind_of(leaf);
    if (kind != zfs::LeafKind::file)
      uses[leaf.path.path] = {
          .path = leaf.path.path, .is_whole = kind == zfs::LeafKind::whole_disk, .identity = {}};
  });
  {
    // All of them, before the first is written to.
    std::vector<zfs::ClaimedDisk> claimed;
    for (const auto& [path, use] : uses)
      if (use.is_whole) claimed.push_back(TRY(zfs::ClaimedDisk::claim(path)));
    for (const zfs::ClaimedDisk& disk : claimed) {
      partitioned.push_back(disk.path());
      if (auto done = disk.write_table(); !done.ok()) return fail(std::move(done).error());
    }
  }
  for (auto& [path, use] : uses) {
    if (use.is_whole) {
      auto partition = zfs::wait_for_partition(path);
      if (!partition.ok()) return fail(std::move(partition).error());
      use.path = std::move(partition).value();
    }
    use.identity = zfs::read_identity(use.path);
  }
  return uses;
}

std::vector<std::string> partitioned_of(const zfs::DiskUses& disks) {
  std::vector<std::string> paths;
  for (const auto& [path, use] : disks)
    if (use.is_whole) paths.push_back(path);
  return paths;
}

// The request in the kernel's form, its vdevs aside; fails with all that the running release
// refuses.
Result<zfs::NewPool> prepare(const Context& context, const api::PoolCreate::Request& request) {
  model::PropertySettings properties = request.properties;
  // A pool under an alternate root is a guest; it is not to be imported again when the host starts.
  if (properties.contains("altroot")) properties.try_emplace("cachefile", std::string("none"));
  zfs::NewPool pool{.name = request.name.text(),
                    .tree = {},
                    .properties = TRY(zfs::kernel_settings(properties, model::Target::pool,
                                                           model::Moment::creation, context.release,
                                                           "/properties")),
                    .filesystem_properties = TRY(zfs::kernel_settings(
                        request.filesystem_properties, model::Target::filesystem,
                        model::Moment::creation, context.release, "/filesystem_properties")),
                    .features = {},
                    .key = context.key};
  if (context.key) add_new_root(*context.key, pool.filesystem_properties);
  pool.features = TRY(features_of(request, context.release));
  return pool;
}

}  // namespace

template <>
Result<zfs::Stretching> read_stretching<api::PoolCreate>(Context&,
                                                         const api::PoolCreate::Request& request) {
  return new_stretching(*request.key, request.filesystem_properties);
}

template <>
Result<model::Pool> run<api::PoolCreate>(Context& context, const api::PoolCreate::Request& asked) {
  const api::PoolCreate::Request request = resolved(asked);
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.name.text(), Touch::change}}));
  zfs::NewPool pool = TRY(prepare(context, request));
  if (auto faults = faults_of(request); !faults.empty()) return device_error(std::move(faults));
  if (auto hidden = find_hidden(handle, request)) return *std::move(hidden);
  const auto names = TRY(zfs::read_pool_names(handle));
  if (std::ranges::find(names, pool.name) != names.end()) return Error::of_errno(EEXIST, pool.name);
  const zfs::DiskUses disks = TRY(take_disks(request));
  pool.tree = zfs::tree_of(request.vdevs, disks, ashift_of(request));
  if (auto created = zfs::create_pool(handle, pool); !created.ok()) {
    created.error().applied = partitioned_of(disks);
    return std::move(created).error();
  }
  if (auto mounted = mount_if_wanted(handle, request.name.text(), context.release); !mounted.ok()) {
    mounted.error().code = Code::mount_failed;
    mounted.error().applied = {request.name.text()};
    return std::move(mounted).error();
  }
  return zfs::read_pool(handle, request.name.text(), context.release);
}

template <>
Result<model::Plan> plan<api::PoolCreate>(Context& context, const api::PoolCreate::Request& asked) {
  const api::PoolCreate::Request request = resolved(asked);
  const zfs::Handle handle = TRY(context.device.open());
  TRY(prepare(context, request));
  model::Plan plan;
  plan.would_create.push_back(request.name.text());
  plan.resulting_tree = describe::encode(request.vdevs);
  for (const Fault& fault : faults_of(request))
    plan.blocked_by.push_back({.subject = fault.subject,
                               .code = std::string(row_of(*fault.code).word),
                               .detail = fault.detail});
  if (zfs::read_pool(handle, request.name.text(), context.release).ok())
    plan.blocked_by.push_back({.subject = request.name.text(),
                               .code = std::string(row_of(Code::exists).word),
                               .detail = "A pool of this name is imported."});
  if (const auto hidden = find_hidden(handle, request))
    plan.blocked_by.push_back({.subject = hidden->subject,
                               .code = std::string(row_of(*hidden->code).word),
                               .detail = hidden->detail});
  plan.unchecked = {"Whether the kernel can open the devices exclusively.",
                    "Whether it accepts the layout, the properties and the features together."};
  return plan;
}

}  // namespace zfsrest::ops
