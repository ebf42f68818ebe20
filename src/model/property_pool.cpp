// The table of the properties of pools.
#include <array>
#include <span>
#include <string_view>

#include "model/property.hpp"
#include "model/property_rows.hpp"

namespace zfsrest::model {
namespace {

using enum PropertyForm;
using enum PropertyAccess;

constexpr Targets pool = Target::pool;

constexpr std::array failure_words{
    IndexWord{"wait", 0},
    IndexWord{"continue", 1},
    IndexWord{"panic", 2},
};

constexpr std::array quota_words{IndexWord{"auto", no_limit}};

constexpr std::array rows{
    // Identity and state.
    PropertyRow{
        .name = "guid",
        .form = identity,
        .targets = pool,
        .doc = "The pool's identity, on whatever machine and under whatever name it is imported."},
    PropertyRow{.name = "load_guid",
                .form = identity,
                .targets = pool,
                .doc = "An identity that is drawn anew each time the pool is loaded."},
    PropertyRow{.name = "health",
                .form = index,
                .targets = pool,
                .words = vdev_state_words,
                .doc = "The state of the pool as a whole; that it is suspended, its status says."},
    PropertyRow{.name = "version",
                .form = number,
                .access = settable,
                .targets = pool,
                .initial = 5000U,
                .range = {.least = 1, .most = 28},
                .doc = "The version of the format on disk: 5000 for pools with feature flags, less "
                       "for older ones."},
    PropertyRow{.name = "readonly",
                .form = index,
                .access = at_import,
                .targets = pool,
                .words = on_off,
                .initial = 0U,
                .doc = "Whether the pool is imported for reading only."},
    PropertyRow{.name = "checkpoint",
                .form = bytes,
                .targets = pool,
                .initial = 0U,
                .none = 0U,
                .doc = "Space that the pool's checkpoint takes up, or null where there is none."},
    PropertyRow{.name = "last_scrubbed_txg",
                .form = number,
                .targets = pool,
                .initial = 0U,
                .since = release_2_3,
                .doc = "The transaction group up to which the last finished scrub has read."},

    // Space.
    PropertyRow{.name = "size",
                .form = bytes,
                .targets = pool,
                .doc = "The size of the pool; of raidz, parity included."},
    PropertyRow{
        .name = "allocated", .form = bytes, .targets = pool, .doc = "Space that is allocated."},
    PropertyRow{
        .name = "free", .form = bytes, .targets = pool, .doc = "Space that is not allocated."},
    PropertyRow{.name = "capacity",
                .form = percent,
                .targets = pool,
                .doc = "How much of the pool is allocated, in percent."},
    PropertyRow{
        .name = "fragmentation",
        .form = percent,
        .targets = pool,
        .none = no_limit,
        .doc = "How fragmented the free space is, in percent, or null where that is not known."},
    PropertyRow{.name = "freeing",
                .form = bytes,
                .targets = pool,
                .initial = 0U,
                .doc = "Space that is still being given back after something was destroyed."},
    PropertyRow{.name = "leaked",
                .form = bytes,
                .targets = pool,
                .initial = 0U,
                .doc = "Space that could not be given back because of damage."},
    PropertyRow{.name = "expandsize",
                .form = bytes,
                .targets = pool,
                .initial = 0U,
                .none = 0U,
                .doc = "Space on the devices that the pool does not use yet, or null."},

    // Deduplication and cloned blocks.
    PropertyRow{.name = "dedupratio",
                .form = ratio,
                .targets = pool,
                .doc = "How much deduplication saves, as a multiplier."},
    PropertyRow{.name = "dedup_table_size",
                .form = bytes,
                .targets = pool,
                .since = release_2_3,
                .doc = "The size of the deduplication tables on disk."},
    PropertyRow{.name = "dedup_table_quota",
                .form = bytes,
                .access = settable,
                .targets = pool,
                .words = quota_words,
                .initial = no_limit,
                .none = 0U,
                .range = {.least = 1, .most = no_limit - 1},
                .since = release_2_3,
                .doc = "How large the deduplication tables may grow; `auto` means as large as "
                       "their own devices."},
    PropertyRow{.name = "bcloneused",
                .form = bytes,
                .targets = pool,
                .since = release_2_2,
                .doc = "Space that cloned blocks take up."},
    PropertyRow{.name = "bclonesaved",
                .form = bytes,
                .targets = pool,
                .since = release_2_2,
                .doc = "Space that cloning blocks has saved."},
    PropertyRow{.name = "bcloneratio",
                .form = ratio,
                .targets = pool,
                .since = release_2_2,
                .doc = "How much cloning blocks saves, as a multiplier."},

    // What an administrator chooses.
    PropertyRow{
        .name = "ashift",
        .form = number,
        .access = settable,
        .targets = pool,
        .initial = 0U,
        .range = {.least = 9, .most = 16, .zero = Zero::allowed},
        .doc =
            "The sector size of devices added from now on, as a power of two; 0 asks the devices."},
    PropertyRow{.name = "autoexpand",
                .form = index,
                .access = settable,
                .targets = pool,
                .words = on_off,
                .initial = 0U,
                .doc = "Whether the pool grows by itself when its devices do."},
    PropertyRow{.name = "autoreplace",
                .form = index,
                .access = settable,
                .targets = pool,
                .words = on_off,
                .initial = 0U,
                .doc = "Whether a new device in the place of an old one replaces it by itself."},
    PropertyRow{.name = "autotrim",
                .form = index,
                .access = settable,
                .targets = pool,
                .words = on_off,
                .initial = 0U,
                .doc = "Whether the devices are told of space that becomes free."},
    PropertyRow{.name = "failmode",
                .form = index,
                .access = settable,
                .targets = pool,
                .words = failure_words,
                .initial = 0U,
                .doc = "What happens when the pool cannot be read or written any more."},
    PropertyRow{.name = "multihost",
                .form = index,
                .access = settable,
                .targets = pool,
                .words = on_off,
                .initial = 0U,
                .doc = "Whether activity is recorded so that no second host imports the pool."},
    PropertyRow{.name = "delegation",
                .form = index,
                .access = settable,
                .targets = pool,
                .words = on_off,
                .initial = 1U,
                .doc = "Whether permissions granted to users who are not root count."},
    PropertyRow{.name = "listsnapshots",
                .form = index,
                .access = settable,
                .targets = pool,
                .words = on_off,
                .initial = 0U,
                .doc = "Whether zfs(8) lists snapshots unasked; without effect on this API."},
    PropertyRow{.name = "compatibility",
                .form = text,
                .access = settable,
                .targets = pool,
                .initial = "off",
                .most_bytes = 1023,
                .doc = "The sets of features to which the pool is restricted: names of files, "
                       "`off`, or `legacy`."},
    PropertyRow{.name = "bootfs",
                .form = text,
                .access = settable,
                .targets = pool,
                .initial = "",
                .none = "",
                .most_bytes = 255,
                .doc = "The file system that a boot loader should start from, or null."},
    PropertyRow{.name = "comment",
                .form = text,
                .access = settable,
                .targets = pool,
                .initial = "",
                .none = "",
                .text_rule = TextRule::printable,
                .most_bytes = 32,
                .doc = "Up to 32 printable characters that are kept with the pool even while it is "
                       "exported, or null."},
    PropertyRow{.name = "cachefile",
                .form = text,
                .access = settable,
                .targets = pool,
                .initial = "",
                .none = "",
                .text_rule = TextRule::cache_file,
                .most_bytes = 1023,
                .doc = "The file in which the configuration is kept for the next boot: a path, "
                       "`none`, or null for "
                       "the usual one."},
    PropertyRow{
        .name = "altroot",
        .form = text,
        .access = at_creation_or_import,
        .targets = pool,
        .initial = "",
        .none = "",
        .text_rule = TextRule::absolute_path,
        .most_bytes = 1023,
        .doc = "A directory under which all mount points lie until the pool is exported, or null."},

    // Hidden: the kernel lists some of them, and nobody should take them for unknown.
    PropertyRow{.name = "name",
                .form = text,
                .visibility = Visibility::hidden,
                .targets = pool,
                .doc = "The pool's name."},
    PropertyRow{.name = "tname",
                .form = text,
                .access = at_creation,
                .visibility = Visibility::hidden,
                .targets = pool,
                .doc = "A name that the pool has until it is exported."},
    PropertyRow{.name = "maxblocksize",
                .form = bytes,
                .visibility = Visibility::hidden,
                .targets = pool,
                .doc = "The largest block that the pool's features permit."},
    PropertyRow{.name = "maxdnodesize",
                .form = bytes,
                .visibility = Visibility::hidden,
                .targets = pool,
                .doc = "The largest dnode that the pool's features permit."},
    PropertyRow{.name = "dedupditto",
                .form = number,
                .access = settable,
                .visibility = Visibility::hidden,
                .targets = pool,
                .initial = 0U,
                .doc = "Obsolete and unused."},
    PropertyRow{.name = "dedupcached",
                .form = bytes,
                .visibility = Visibility::hidden,
                .targets = pool,
                .since = release_2_3,
                .doc = "How much of the deduplication tables is in memory."},
};

constexpr auto order = order_by_name(rows);

}  // namespace

std::span<const PropertyRow> pool_properties() {
  return rows;
}

const PropertyRow* find_pool_property(std::string_view name) {
  return find_by_name(rows, order, name);
}

}  // namespace zfsrest::model
