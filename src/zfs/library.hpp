// The calls of libzfs_core that the product makes, with the library's own meaning: 0, or a positive
// errno. Which calls those are, and why not others: zfs/calls.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>

struct nvlist;

namespace zfsrest::zfs::library {

int init();
void fini();

int snapshot(nvlist* names, nvlist* properties, nvlist** errors);
int destroy_snapshots(nvlist* names, bool defer, nvlist** errors);
int hold(nvlist* holds, int cleanup_fd, nvlist** errors);
int release(nvlist* holds, nvlist** errors);
int get_holds(const std::string& snapshot, nvlist** holds);
int get_bookmarks(const std::string& dataset, nvlist* properties, nvlist** bookmarks);
int get_bookmark_props(const std::string& name, nvlist** properties);
int bookmark(nvlist* names, nvlist** errors);
int destroy_bookmarks(nvlist* names, nvlist** errors);
int rollback(const std::string& dataset, std::span<char> target);
int rollback_to(const std::string& dataset, const std::string& snapshot);
int snaprange_space(const std::string& first, const std::string& last, std::uint64_t& used);
int sync(const std::string& pool, nvlist* input);
// `command` is what lzc_trim takes: 0 start, 1 cancel, 2 suspend. A rate of 0 is none.
int trim(const std::string& pool, std::uint64_t command, std::uint64_t rate, bool secure,
         nvlist* vdevs, nvlist** errors);
int redact(const std::string& snapshot, const std::string& bookmark, nvlist* snapshots);
// `activity` is what lzc_wait takes; the tag is the guid of a vdev.
int wait(const std::string& pool, int activity, bool& waited);
int wait_tag(const std::string& pool, int activity, std::uint64_t tag, bool& waited);
int wait_for_deletions(const std::string& filesystem, bool& waited);
int checkpoint(const std::string& pool);
int discard_checkpoint(const std::string& pool);
int reopen(const std::string& pool, bool restart);
int get_bootenv(const std::string& pool, nvlist** environment);
int set_bootenv(const std::string& pool, nvlist* environment);

struct Limits {
  std::uint64_t instructions;
  std::uint64_t memory_bytes;
};
int channel_program(const std::string& pool, const std::string& program, Limits limits,
                    nvlist* arguments, nvlist** output);
int channel_program_nosync(const std::string& pool, const std::string& program, Limits limits,
                           nvlist* arguments, nvlist** output);

// What lzc_send and its kin take; empty texts are those that are not given.
struct Stream {
  std::string snapshot;
  std::string from;
  unsigned flags = 0;  // below
  std::uint64_t object = 0;
  std::uint64_t offset = 0;
  std::string redaction_bookmark;  // short name
};
inline constexpr unsigned send_embedded = 1U << 0U;
inline constexpr unsigned send_large_blocks = 1U << 1U;
inline constexpr unsigned send_compressed = 1U << 2U;
inline constexpr unsigned send_raw = 1U << 3U;
inline constexpr unsigned send_saved = 1U << 4U;
int send_resume_redacted(const Stream& stream, int fd);
// `bytes` are those of the stream that were sent before.
int send_space_resume_redacted(const Stream& stream, std::uint64_t bytes, std::uint64_t& space);

int promote(const std::string& dataset, std::span<char> conflict);
int rename(const std::string& from, const std::string& to);
int destroy(const std::string& name);
int unload_key(const std::string& dataset);

}  // namespace zfsrest::zfs::library
