// The table of the properties of vdevs, which came with OpenZFS 2.2.
#include <array>
#include <span>
#include <string_view>

#include "model/property.hpp"
#include "model/property_rows.hpp"

namespace zfsrest::model {
namespace {

using enum PropertyForm;
using enum PropertyAccess;

constexpr Targets vdev = Target::vdev;

// The dash stands where a vdev of this kind has no such property.
constexpr std::array on_off_or_absent{IndexWord{"off", 0}, IndexWord{"on", 1},
                                      IndexWord{"-", 2, WordUse::read_only}};

constexpr PropertyRow shown(std::string_view name, PropertyForm form, std::string_view doc,
                            Release since = release_2_2) {
  return {.name = name, .form = form, .targets = vdev, .since = since, .doc = doc};
}

constexpr PropertyRow on_or_off(std::string_view name, PropertyAccess access, std::string_view doc,
                                Release since = release_2_2) {
  return {.name = name,
          .form = index,
          .access = access,
          .targets = vdev,
          .words = on_off_or_absent,
          .since = since,
          .doc = doc};
}

constexpr PropertyRow threshold(std::string_view name, std::string_view doc) {
  return {.name = name,
          .form = number,
          .access = settable,
          .targets = vdev,
          .none = no_limit,
          .range = {.least = 0, .most = no_limit - 1},
          .since = release_2_2,
          .doc = doc};
}

constexpr std::array rows{
    // Identity and place.
    shown("guid", identity, "The vdev's identity."),
    PropertyRow{.name = "state",
                .form = index,
                .targets = vdev,
                .words = vdev_state_words,
                .since = release_2_2,
                .doc = "The state of the vdev."},
    PropertyRow{.name = "path",
                .form = text,
                .access = settable,
                .targets = vdev,
                .text_rule = TextRule::absolute_path,
                .most_bytes = 1023,
                .since = release_2_2,
                .doc = "Where the device of a leaf is found; a new path begins with `/dev/`."},
    shown("devid", text, "The identity that udev gives the device."),
    shown("physpath", text, "The way to the device through the machine."),
    shown("encpath", text, "Where the system shows the enclosure's slot."),
    shown("fru", text, "What is to be ordered if the device is to be replaced."),
    shown("parent", text, "The name of the vdev that this one is a part of."),
    shown("children", text, "The names of the vdevs that are parts of this one, with commas."),
    shown("numchildren", number, "How many vdevs are parts of this one."),
    shown("ashift", number, "The sector size that is used, as a power of two."),
    shown("parity", number, "How many parts may fail without loss, of a raidz or draid."),

    // Space.
    shown("size", bytes, "The space of a top-level vdev for data, parity left out."),
    shown("free", bytes, "How much of the space is not allocated."),
    shown("allocated", bytes, "How much of the space is allocated."),
    shown("capacity", percent, "How much of the space is allocated, in percent."),
    PropertyRow{
        .name = "fragmentation",
        .form = percent,
        .targets = vdev,
        .none = no_limit,
        .since = release_2_2,
        .doc = "How fragmented the free space is, in percent, or null where that is not known."},
    PropertyRow{.name = "expandsize",
                .form = bytes,
                .targets = vdev,
                .none = 0U,
                .since = release_2_2,
                .doc = "Space on the devices that is not used yet, or null."},
    shown("asize", bytes, "The space on the devices that can be allocated."),
    shown("psize", bytes, "The size of the devices."),
    shown("bootsize", bytes, "Space that is kept for a boot partition."),

    // What was counted since the pool was imported, or since errors were cleared.
    shown("read_errors", number, "Failed reads."),
    shown("write_errors", number, "Failed writes."),
    shown("checksum_errors", number, "Wrong checksums."),
    shown("initialize_errors", number, "Failed writes while the vdev was initialized."),
    shown("trim_errors", number, "Failed trims.", release_2_3),
    shown("slow_ios", number, "Requests that took too long.", release_2_3),
    shown("null_ops", number, "Requests without data."),
    shown("read_ops", number, "Reads."),
    shown("write_ops", number, "Writes."),
    shown("free_ops", number, "Frees."),
    shown("claim_ops", number, "Claims of blocks of the intent log."),
    shown("trim_ops", number, "Trims."),
    shown("null_bytes", bytes, "Bytes of requests without data."),
    shown("read_bytes", bytes, "Bytes read."),
    shown("write_bytes", bytes, "Bytes written."),
    shown("free_bytes", bytes, "Bytes freed."),
    shown("claim_bytes", bytes, "Bytes of claimed blocks of the intent log."),
    shown("trim_bytes", bytes, "Bytes trimmed."),

    // What goes on.
    on_or_off("removing", read_only, "Whether the vdev is being removed from the pool."),
    on_or_off("raidz_expanding", read_only, "Whether a raidz is being expanded.", release_2_3),
    on_or_off("trim_support", read_only, "Whether the device of a leaf can be trimmed.",
              release_2_3),

    // What an administrator chooses.
    PropertyRow{.name = "comment",
                .form = text,
                .access = settable,
                .targets = vdev,
                .initial = "",
                .none = "",
                .since = release_2_2,
                .doc = "Up to 8191 bytes of text, or null."},
    on_or_off("allocating", settable,
              "Whether a top-level vdev takes new data; off prepares for its removal."),
    on_or_off("failfast", settable,
              "Whether the system gives up early on requests that fail, so that ZFS can look "
              "elsewhere."),
    on_or_off("autosit", settable,
              "Whether a disk of a raidz or draid that is much slower than the others is left out "
              "of reads for a while.",
              release_2_4),
    on_or_off("sit_out", settable,
              "Whether this disk of a raidz or draid is left out of reads, which are rebuilt from "
              "the others.",
              release_2_4),
    on_or_off("slow_io_events", settable, "Whether slow requests are told to the event daemon.",
              release_2_4),
    threshold("checksum_n",
              "How many wrong checksums within `checksum_t` make the event daemon degrade the "
              "device; null for the daemon's own number."),
    threshold("checksum_t", "The seconds for `checksum_n`, or null for the daemon's own."),
    threshold("io_n",
              "How many failed requests within `io_t` make the event daemon fault the device; "
              "null for the daemon's own number."),
    threshold("io_t", "The seconds for `io_n`, or null for the daemon's own."),
    threshold("slow_io_n",
              "How many slow requests within `slow_io_t` make the event daemon degrade the "
              "device; null for the daemon's own number."),
    threshold("slow_io_t", "The seconds for `slow_io_n`, or null for the daemon's own."),

    PropertyRow{.name = "name",
                .form = text,
                .visibility = Visibility::hidden,
                .targets = vdev,
                .since = release_2_2,
                .doc = "The vdev's name."},
};

constexpr auto order = order_by_name(rows);

}  // namespace

std::span<const PropertyRow> vdev_properties() {
  return rows;
}

const PropertyRow* find_vdev_property(std::string_view name) {
  return find_by_name(rows, order, name);
}

}  // namespace zfsrest::model
