#include "model/feature_table.hpp"

#include <algorithm>

namespace zfsrest::model {
namespace {

constexpr std::array rows{
    // OpenZFS 2.1 and before.
    FeatureRow{.name = "async_destroy",
               .guid = "com.delphix:async_destroy",
               .read_only_compatible = true,
               .doc = "Destroyed datasets give their space back in the background."},
    FeatureRow{.name = "empty_bpobj",
               .guid = "com.delphix:empty_bpobj",
               .read_only_compatible = true,
               .doc = "Many snapshots that free nothing share one empty list of blocks."},
    FeatureRow{.name = "lz4_compress",
               .guid = "org.illumos:lz4_compress",
               .doc = "Data and metadata can be compressed with LZ4."},
    FeatureRow{.name = "multi_vdev_crash_dump",
               .guid = "com.joyent:multi_vdev_crash_dump",
               .doc = "Crash dumps can be written to pools of several devices."},
    FeatureRow{
        .name = "spacemap_histogram",
        .guid = "com.delphix:spacemap_histogram",
        .read_only_compatible = true,
        .doc = "Space maps know how their free space is cut up, which helps to choose among them."},
    FeatureRow{.name = "enabled_txg",
               .guid = "com.delphix:enabled_txg",
               .read_only_compatible = true,
               .doc = "The pool remembers when each feature was enabled."},
    FeatureRow{
        .name = "hole_birth",
        .guid = "com.delphix:hole_birth",
        .needs = {"enabled_txg"},
        .doc =
            "Holes know when they were made, so that incremental streams can leave old ones out."},
    FeatureRow{.name = "extensible_dataset",
               .guid = "com.delphix:extensible_dataset",
               .doc = "Datasets can carry more on disk, on which other features build."},
    FeatureRow{.name = "embedded_data",
               .guid = "com.delphix:embedded_data",
               .doc = "Blocks that compress to almost nothing are kept in the pointer to them."},
    FeatureRow{.name = "bookmarks",
               .guid = "com.delphix:bookmarks",
               .read_only_compatible = true,
               .needs = {"extensible_dataset"},
               .doc = "Snapshots can be bookmarked."},
    FeatureRow{.name = "filesystem_limits",
               .guid = "com.joyent:filesystem_limits",
               .read_only_compatible = true,
               .needs = {"extensible_dataset"},
               .doc = "The number of file systems and snapshots can be limited."},
    FeatureRow{.name = "large_blocks",
               .guid = "org.open-zfs:large_blocks",
               .needs = {"extensible_dataset"},
               .doc = "Blocks can be larger than 128 KiB."},
    FeatureRow{.name = "large_dnode",
               .guid = "org.zfsonlinux:large_dnode",
               .needs = {"extensible_dataset"},
               .doc = "Dnodes can be larger than 512 bytes."},
    FeatureRow{.name = "sha512",
               .guid = "org.illumos:sha512",
               .needs = {"extensible_dataset"},
               .doc = "The checksum SHA-512, cut to 256 bits."},
    FeatureRow{.name = "skein",
               .guid = "org.illumos:skein",
               .needs = {"extensible_dataset"},
               .doc = "The checksum Skein."},
    FeatureRow{.name = "edonr",
               .guid = "org.illumos:edonr",
               .needs = {"extensible_dataset"},
               .doc = "The checksum Edon-R."},
    FeatureRow{.name = "userobj_accounting",
               .guid = "org.zfsonlinux:userobj_accounting",
               .read_only_compatible = true,
               .needs = {"extensible_dataset"},
               .doc = "Objects are counted, and can be limited, per user and group."},
    FeatureRow{.name = "bookmark_v2",
               .guid = "com.datto:bookmark_v2",
               .needs = {"extensible_dataset", "bookmarks"},
               .doc = "Bookmarks can hold more, as encryption needs."},
    FeatureRow{.name = "encryption",
               .guid = "com.datto:encryption",
               .needs = {"extensible_dataset", "bookmark_v2"},
               .doc = "Datasets can be encrypted."},
    FeatureRow{.name = "project_quota",
               .guid = "org.zfsonlinux:project_quota",
               .read_only_compatible = true,
               .needs = {"extensible_dataset"},
               .doc = "Space and objects are counted, and can be limited, per project."},
    FeatureRow{.name = "device_removal",
               .guid = "com.delphix:device_removal",
               .doc = "Top-level devices can be removed after their data has moved."},
    FeatureRow{.name = "obsolete_counts",
               .guid = "com.delphix:obsolete_counts",
               .read_only_compatible = true,
               .needs = {"extensible_dataset", "device_removal"},
               .doc = "What a removed device leaves in memory shrinks as its blocks are freed."},
    FeatureRow{.name = "zpool_checkpoint",
               .guid = "com.delphix:zpool_checkpoint",
               .read_only_compatible = true,
               .doc = "The state of the whole pool can be kept and returned to."},
    FeatureRow{.name = "spacemap_v2",
               .guid = "com.delphix:spacemap_v2",
               .read_only_compatible = true,
               .doc = "Space maps describe large stretches in less space."},
    FeatureRow{
        .name = "allocation_classes",
        .guid = "org.zfsonlinux:allocation_classes",
        .read_only_compatible = true,
        .doc = "Devices can be set aside for metadata, small blocks or deduplication tables."},
    FeatureRow{
        .name = "resilver_defer",
        .guid = "com.datto:resilver_defer",
        .read_only_compatible = true,
        .doc = "A further resilver waits for the one under way instead of starting it again."},
    FeatureRow{.name = "redaction_bookmarks",
               .guid = "com.delphix:redaction_bookmarks",
               .needs = {"bookmark_v2", "extensible_dataset", "bookmarks"},
               .doc = "Bookmarks can say what a redacted stream leaves out."},
    FeatureRow{.name = "redacted_datasets",
               .guid = "com.delphix:redacted_datasets",
               .needs = {"extensible_dataset"},
               .doc = "Redacted streams can be received."},
    FeatureRow{.name = "bookmark_written",
               .guid = "com.delphix:bookmark_written",
               .needs = {"bookmark_v2", "extensible_dataset", "bookmarks"},
               .doc = "Bookmarks know how much was written since."},
    FeatureRow{.name = "log_spacemap",
               .guid = "com.delphix:log_spacemap",
               .read_only_compatible = true,
               .needs = {"spacemap_v2"},
               .doc = "Changes of all space maps are logged in one place and spread out later."},
    FeatureRow{.name = "livelist",
               .guid = "com.delphix:livelist",
               .read_only_compatible = true,
               .needs = {"extensible_dataset"},
               .doc = "Clones list their own blocks, so that they are destroyed faster."},
    FeatureRow{.name = "device_rebuild",
               .guid = "org.openzfs:device_rebuild",
               .read_only_compatible = true,
               .doc = "Mirrors and dRAID can be rebuilt from end to end before they are verified."},
    FeatureRow{.name = "zstd_compress",
               .guid = "org.freebsd:zstd_compress",
               .needs = {"extensible_dataset"},
               .doc = "Data can be compressed with Zstandard."},
    FeatureRow{.name = "draid",
               .guid = "org.openzfs:draid",
               .doc = "The vdev type dRAID, whose spares are spread over all its devices."},

    // OpenZFS 2.2.
    FeatureRow{.name = "zilsaxattr",
               .guid = "org.openzfs:zilsaxattr",
               .read_only_compatible = true,
               .needs = {"extensible_dataset"},
               .since = release_2_2,
               .doc = "Changes of extended attributes that are kept with the inode go through the "
                      "intent log."},
    FeatureRow{
        .name = "head_errlog",
        .guid = "com.delphix:head_errlog",
        .since = release_2_2,
        .doc = "Errors are recorded per dataset, so that they can be named in every snapshot."},
    FeatureRow{.name = "blake3",
               .guid = "org.openzfs:blake3",
               .needs = {"extensible_dataset"},
               .since = release_2_2,
               .doc = "The checksum BLAKE3."},
    FeatureRow{.name = "block_cloning",
               .guid = "com.fudosecurity:block_cloning",
               .read_only_compatible = true,
               .since = release_2_2,
               .doc = "Copies of files can share their blocks."},
    FeatureRow{.name = "vdev_zaps_v2",
               .guid = "com.klarasystems:vdev_zaps_v2",
               .since = release_2_2,
               .doc = "The root of the vdev tree can have properties on disk."},

    // OpenZFS 2.3.
    FeatureRow{.name = "redaction_list_spill",
               .guid = "com.delphix:redaction_list_spill",
               .needs = {"redaction_bookmarks"},
               .since = release_2_3,
               .doc = "A redaction bookmark can refer to more snapshots."},
    FeatureRow{.name = "raidz_expansion",
               .guid = "org.openzfs:raidz_expansion",
               .since = release_2_3,
               .doc = "A raidz vdev can be widened by a device."},
    FeatureRow{.name = "fast_dedup",
               .guid = "com.klarasystems:fast_dedup",
               .read_only_compatible = true,
               .since = release_2_3,
               .doc = "Deduplication tables are logged, can be limited, and can be pruned."},
    FeatureRow{.name = "longname",
               .guid = "org.zfsonlinux:longname",
               .needs = {"extensible_dataset"},
               .since = release_2_3,
               .doc = "File names can have up to 1023 bytes."},
    FeatureRow{.name = "large_microzap",
               .guid = "com.klarasystems:large_microzap",
               .read_only_compatible = true,
               .needs = {"extensible_dataset", "large_blocks"},
               .since = release_2_3,
               .doc = "The simple form of directories can grow beyond 128 KiB."},

    // OpenZFS 2.4.
    FeatureRow{.name = "block_cloning_endian",
               .guid = "com.truenas:block_cloning_endian",
               .read_only_compatible = true,
               .since = release_2_4,
               .doc = "The table of cloned blocks has the same byte order on all machines."},
    FeatureRow{.name = "dynamic_gang_header",
               .guid = "com.klarasystems:dynamic_gang_header",
               .enabled_by_upgrade = false,
               .since = release_2_4,
               .doc = "The headers of blocks written in pieces can be as large as a sector."},
    FeatureRow{.name = "physical_rewrite",
               .guid = "com.truenas:physical_rewrite",
               .read_only_compatible = true,
               .needs = {"extensible_dataset"},
               .since = release_2_4,
               .doc = "Files can be rewritten without looking changed to incremental streams."},
};

const FeatureRow* find_where(auto matches) {
  const auto* found = std::ranges::find_if(rows, matches);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::span<const FeatureRow> features() {
  return rows;
}

const FeatureRow* find_feature(std::string_view name) {
  return find_where([&](const FeatureRow& row) { return row.name == name; });
}

const FeatureRow* find_feature_by_guid(std::string_view guid) {
  return find_where([&](const FeatureRow& row) { return row.guid == guid; });
}

std::vector<std::string_view> features_of(Release release) {
  std::vector<std::string_view> names;
  for (const auto& row : rows)
    if (row.since <= release) names.push_back(row.name);
  return names;
}

}  // namespace zfsrest::model
