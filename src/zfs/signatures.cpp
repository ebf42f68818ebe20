#include "zfs/signatures.hpp"

#include <blkid/blkid.h>

#include <cerrno>
#include <memory>
#include <new>
#include <optional>
#include <string_view>

#include "zfs/disk.hpp"

namespace zfsrest::zfs {
namespace {

using Probe = std::unique_ptr<struct blkid_struct_probe, decltype(&blkid_free_probe)>;

// What the probe's latest result says about `name`. The value's terminating zero is part of the
// length that libblkid gives.
std::string find_value(const Probe& probe, const char* name) {
  const char* text = nullptr;
  std::size_t length = 0;
  if (blkid_probe_lookup_value(probe.get(), name, &text, &length) != 0 || !text) return {};
  const std::string_view bytes(text, length);
  return std::string(bytes.substr(0, bytes.find('\0')));
}

std::optional<Signature> find_signature(const Probe& probe) {
  if (std::string table = find_value(probe, "PTTYPE"); !table.empty())
    return Signature{Signature::Kind::partition_table, std::move(table), {}};
  std::string type = find_value(probe, "TYPE");
  if (type.empty()) return std::nullopt;
  Signature::Kind kind = Signature::Kind::other;
  if (type == "zfs_member") {
    kind = Signature::Kind::zfs_member;
  } else if (find_value(probe, "USAGE") == "filesystem") {
    kind = Signature::Kind::file_system;
  }
  return Signature{kind, std::move(type), find_value(probe, "LABEL")};
}

Error failure_to_probe() {
  return Error::of_errno(errno == 0 ? EIO : errno, "signatures");
}

// Of a stretch of a device, or of all of it if the stretch is empty.
Result<Probe> make_probe(int fd, Extent where) {
  Probe probe(blkid_new_probe(), &blkid_free_probe);
  if (!probe) throw std::bad_alloc();
  errno = 0;
  if (blkid_probe_set_device(probe.get(), fd, static_cast<blkid_loff_t>(where.offset_bytes),
                             static_cast<blkid_loff_t>(where.bytes)) != 0)
    return failure_to_probe();
  return probe;
}

std::string_view text_or_nothing(const char* text) {
  return text ? text : "";
}

}  // namespace

Result<std::vector<Signature>> read_signatures(int fd, Extent where) {
  const Probe probe = TRY(make_probe(fd, where));
  blkid_probe_enable_superblocks(probe.get(), 1);
  blkid_probe_set_superblocks_flags(
      probe.get(), BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_USAGE);
  blkid_probe_enable_partitions(probe.get(), 1);

  // blkid_do_safeprobe() gives up on a device with two file systems; this loop steps from one
  // result to the next, and so lists both.
  std::vector<Signature> signatures;
  for (;;) {
    errno = 0;
    const int rc = blkid_do_probe(probe.get());
    if (rc < 0) return failure_to_probe();
    if (rc != 0) return signatures;
    if (auto signature = find_signature(probe)) signatures.push_back(std::move(*signature));
  }
}

Result<std::optional<Extent>> find_zfs_partition(int fd) {
  constexpr std::uint64_t unit_bytes = 512;  // in which libblkid counts, whatever the device does
  const Probe probe = TRY(make_probe(fd, {}));
  blkid_probe_enable_superblocks(probe.get(), 0);
  blkid_probe_enable_partitions(probe.get(), 1);
  // It belongs to the probe, and there is none without a table.
  blkid_partlist table = blkid_probe_get_partitions(probe.get());
  std::optional<Extent> found;
  for (int i = 0; table && i < blkid_partlist_numof_partitions(table); ++i) {
    blkid_partition partition = blkid_partlist_get_partition(table, i);
    const std::string_view type = text_or_nothing(blkid_partition_get_type_string(partition));
    if (type == zfs_reserve_type) continue;
    const bool is_data = type == zfs_data_type &&
                         text_or_nothing(blkid_partition_get_name(partition)).starts_with("zfs-");
    if (!is_data || found) return std::optional<Extent>();
    found = Extent{
        .offset_bytes =
            static_cast<std::uint64_t>(blkid_partition_get_start(partition)) * unit_bytes,
        .bytes = static_cast<std::uint64_t>(blkid_partition_get_size(partition)) * unit_bytes};
  }
  return found;
}

}  // namespace zfsrest::zfs
