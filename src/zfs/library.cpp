#include "zfs/library.hpp"

#include <libzfs_core.h>

namespace zfsrest::zfs::library {
namespace {

boolean_t boolean(bool value) {
  return value ? B_TRUE : B_FALSE;
}

}  // namespace

int init() {
  return libzfs_core_init();
}
void fini() {
  libzfs_core_fini();
}

int snapshot(nvlist* names, nvlist* properties, nvlist** errors) {
  return lzc_snapshot(names, properties, errors);
}

int destroy_snapshots(nvlist* names, bool defer, nvlist** errors) {
  return lzc_destroy_snaps(names, boolean(defer), errors);
}

int hold(nvlist* holds, int cleanup_fd, nvlist** errors) {
  return lzc_hold(holds, cleanup_fd, errors);
}

int release(nvlist* holds, nvlist** errors) {
  return lzc_release(holds, errors);
}

int get_holds(const std::string& snapshot, nvlist** holds) {
  return lzc_get_holds(snapshot.c_str(), holds);
}

int get_bookmarks(const std::string& dataset, nvlist* properties, nvlist** bookmarks) {
  return lzc_get_bookmarks(dataset.c_str(), properties, bookmarks);
}

int get_bookmark_props(const std::string& name, nvlist** properties) {
  return lzc_get_bookmark_props(name.c_str(), properties);
}

int bookmark(nvlist* names, nvlist** errors) {
  return lzc_bookmark(names, errors);
}

int destroy_bookmarks(nvlist* names, nvlist** errors) {
  return lzc_destroy_bookmarks(names, errors);
}

int rollback(const std::string& dataset, std::span<char> target) {
  return lzc_rollback(dataset.c_str(), target.data(), static_cast<int>(target.size()));
}

int rollback_to(const std::string& dataset, const std::string& snapshot) {
  return lzc_rollback_to(dataset.c_str(), snapshot.c_str());
}

int snaprange_space(const std::string& first, const std::string& last, std::uint64_t& used) {
  return lzc_snaprange_space(first.c_str(), last.c_str(), &used);
}

int sync(const std::string& pool, nvlist* input) {
  return lzc_sync(pool.c_str(), input, nullptr);
}

int trim(const std::string& pool, std::uint64_t command, std::uint64_t rate, bool secure,
         nvlist* vdevs, nvlist** errors) {
  return lzc_trim(pool.c_str(), static_cast<pool_trim_func_t>(command), rate, boolean(secure),
                  vdevs, errors);
}

int redact(const std::string& snapshot, const std::string& bookmark, nvlist* snapshots) {
  return lzc_redact(snapshot.c_str(), bookmark.c_str(), snapshots);
}

int wait(const std::string& pool, int activity, bool& waited) {
  boolean_t answer = B_FALSE;
  const int rc = lzc_wait(pool.c_str(), static_cast<zpool_wait_activity_t>(activity), &answer);
  waited = answer == B_TRUE;
  return rc;
}

int wait_tag(const std::string& pool, int activity, std::uint64_t tag, bool& waited) {
  boolean_t answer = B_FALSE;
  const int rc =
      lzc_wait_tag(pool.c_str(), static_cast<zpool_wait_activity_t>(activity), tag, &answer);
  waited = answer == B_TRUE;
  return rc;
}

int wait_for_deletions(const std::string& filesystem, bool& waited) {
  boolean_t answer = B_FALSE;
  const int rc = lzc_wait_fs(filesystem.c_str(), ZFS_WAIT_DELETEQ, &answer);
  waited = answer == B_TRUE;
  return rc;
}

int checkpoint(const std::string& pool) {
  return lzc_pool_checkpoint(pool.c_str());
}

int discard_checkpoint(const std::string& pool) {
  return lzc_pool_checkpoint_discard(pool.c_str());
}

int reopen(const std::string& pool, bool restart) {
  return lzc_reopen(pool.c_str(), boolean(restart));
}

int get_bootenv(const std::string& pool, nvlist** environment) {
  return lzc_get_bootenv(pool.c_str(), environment);
}

int set_bootenv(const std::string& pool, nvlist* environment) {
  return lzc_set_bootenv(pool.c_str(), environment);
}

int channel_program(const std::string& pool, const std::string& program, Limits limits,
                    nvlist* arguments, nvlist** output) {
  return lzc_channel_program(pool.c_str(), program.c_str(), limits.instructions,
                             limits.memory_bytes, arguments, output);
}

int channel_program_nosync(const std::string& pool, const std::string& program, Limits limits,
                           nvlist* arguments, nvlist** output) {
  return lzc_channel_program_nosync(pool.c_str(), program.c_str(), limits.instructions,
                                    limits.memory_bytes, arguments, output);
}

namespace {

const char* given(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

static_assert(send_embedded == LZC_SEND_FLAG_EMBED_DATA &&
              send_large_blocks == LZC_SEND_FLAG_LARGE_BLOCK &&
              send_compressed == LZC_SEND_FLAG_COMPRESS && send_raw == LZC_SEND_FLAG_RAW &&
              send_saved == LZC_SEND_FLAG_SAVED);

}  // namespace

int send_resume_redacted(const Stream& stream, int fd) {
  return lzc_send_resume_redacted(stream.snapshot.c_str(), given(stream.from), fd,
                                  static_cast<lzc_send_flags>(stream.flags), stream.object,
                                  stream.offset, given(stream.redaction_bookmark));
}

int send_space_resume_redacted(const Stream& stream, std::uint64_t bytes, std::uint64_t& space) {
  constexpr int no_fd = -1;
  return lzc_send_space_resume_redacted(
      stream.snapshot.c_str(), given(stream.from), static_cast<lzc_send_flags>(stream.flags),
      stream.object, stream.offset, bytes, given(stream.redaction_bookmark), no_fd, &space);
}

int promote(const std::string& dataset, std::span<char> conflict) {
  return lzc_promote(dataset.c_str(), conflict.data(), static_cast<int>(conflict.size()));
}

int rename(const std::string& from, const std::string& to) {
  return lzc_rename(from.c_str(), to.c_str());
}

int destroy(const std::string& name) {
  return lzc_destroy(name.c_str());
}

int unload_key(const std::string& dataset) {
  return lzc_unload_key(dataset.c_str());
}

}  // namespace zfsrest::zfs::library
