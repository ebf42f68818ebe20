// The structure that every ioctl of /dev/zfs takes, and the numbers of those that the product has a
// use for (zfs/calls.hpp says which it issues itself).
//
// The layout is frozen: it was measured to be the same in 2.0, 2.1, 2.2, 2.3 and 2.4. It is defined
// here because no package for user space ships it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace zfsrest::zfs {

struct Command {
  char name[4096];
  std::uint64_t nvlist_src;
  std::uint64_t nvlist_src_size;
  std::uint64_t nvlist_dst;
  std::uint64_t nvlist_dst_size;
  std::uint32_t nvlist_dst_filled;
  std::int32_t pad2;
  std::uint64_t history;
  char value[8192];
  char string[256];
  std::uint64_t guid;
  std::uint64_t nvlist_conf;
  std::uint64_t nvlist_conf_size;
  std::uint64_t cookie;
  std::uint64_t objset_type;
  std::uint64_t perm_action;
  std::uint64_t history_len;
  std::uint64_t history_offset;
  std::uint64_t obj;
  std::uint64_t iflags;
  std::uint64_t share[4];
  // The statistics of a dataset or snapshot, which the list and stats ioctls fill in.
  struct {
    std::uint64_t num_clones;
    std::uint64_t creation_txg;
    std::uint64_t guid;
    std::uint32_t type;  // 2 file system, 3 volume
    std::uint8_t is_snapshot;
    std::uint8_t inconsistent;
    std::uint8_t redacted;
    char origin[256];
    std::uint8_t pad;
  } stats;
  std::uint8_t begin_record[304];
  std::uint8_t inject_record[352];
  std::uint32_t defer_destroy;
  std::uint32_t flags;
  std::uint64_t action_handle;
  std::int32_t cleanup_fd;
  std::uint8_t simple;
  std::uint8_t pad3[3];
  std::uint64_t sendobj;
  std::uint64_t fromobj;
  std::uint64_t createtxg;
  std::uint8_t stat[40];
  std::uint64_t zoneid;
};

static_assert(offsetof(Command, nvlist_src) == 4096);
static_assert(offsetof(Command, nvlist_dst_filled) == 4128);
static_assert(offsetof(Command, history) == 4136);
static_assert(offsetof(Command, value) == 4144);
static_assert(offsetof(Command, string) == 12336);
static_assert(offsetof(Command, guid) == 12592);
static_assert(offsetof(Command, nvlist_conf) == 12600);
static_assert(offsetof(Command, cookie) == 12616);
static_assert(offsetof(Command, history_len) == 12640);
static_assert(offsetof(Command, obj) == 12656);
static_assert(offsetof(Command, share) == 12672);
static_assert(offsetof(Command, stats) == 12704);
static_assert(offsetof(Command, begin_record) == 12992);
static_assert(offsetof(Command, inject_record) == 13296);
static_assert(offsetof(Command, defer_destroy) == 13648);
static_assert(offsetof(Command, action_handle) == 13656);
static_assert(offsetof(Command, cleanup_fd) == 13664);
static_assert(offsetof(Command, simple) == 13668);
static_assert(offsetof(Command, createtxg) == 13688);
static_assert(offsetof(Command, zoneid) == 13736);
static_assert(sizeof(Command) == 13744);

enum class Ioctl : unsigned long {
  pool_create = 0x5a00,
  pool_destroy = 0x5a01,
  pool_configs = 0x5a04,
  pool_stats = 0x5a05,
  pool_scan = 0x5a07,
  objset_stats = 0x5a12,
  objset_zplprops = 0x5a13,
  dataset_list_next = 0x5a14,
  snapshot_list_next = 0x5a15,
  set_prop = 0x5a16,
  create = 0x5a17,
  destroy = 0x5a18,
  rollback = 0x5a19,
  rename = 0x5a1a,
  clear = 0x5a21,
  promote = 0x5a22,
  snapshot = 0x5a23,
  dataset_name = 0x5a24,
  pool_get_props = 0x5a27,
  inherit_prop = 0x5a2b,
  hold = 0x5a30,
  release = 0x5a31,
  get_holds = 0x5a32,
  space_snapshots = 0x5a3a,
  destroy_snapshots = 0x5a3b,
  pool_reopen = 0x5a3d,
  send_progress = 0x5a3e,
  send = 0x5a40,
  send_space = 0x5a41,
  clone = 0x5a42,
  bookmark = 0x5a43,
  get_bookmarks = 0x5a44,
  destroy_bookmarks = 0x5a45,
  receive = 0x5a46,
  pool_sync = 0x5a47,
  channel_program = 0x5a48,
  load_key = 0x5a49,
  unload_key = 0x5a4a,
  change_key = 0x5a4b,
  pool_checkpoint = 0x5a4d,
  pool_discard_checkpoint = 0x5a4e,
  pool_initialize = 0x5a4f,
  pool_trim = 0x5a50,
  redact = 0x5a51,
  get_bookmark_props = 0x5a52,
  wait = 0x5a53,
  wait_fs = 0x5a54,
  vdev_get_props = 0x5a55,
  vdev_set_props = 0x5a56,
  pool_scrub = 0x5a57,
  pool_prefetch = 0x5a58,
  ddt_prune = 0x5a59,
  set_bootenv = 0x5a87,
  get_bootenv = 0x5a88,
};

}  // namespace zfsrest::zfs
