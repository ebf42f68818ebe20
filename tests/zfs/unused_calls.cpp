#include "unused_calls.hpp"

#include <libzfs_core.h>

namespace zfsrest::zfs::library {
namespace {

std::uint8_t* bytes_of(std::string& key) {
  return key.empty() ? nullptr : reinterpret_cast<std::uint8_t*>(key.data());
}
uint_t size_of(const std::string& key) {
  return static_cast<uint_t>(key.size());
}

const char* given(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}
lzc_send_flags flags_of(const Stream& stream) {
  return static_cast<lzc_send_flags>(stream.flags);
}
const dmu_replay_record* record_of(const std::string& header) {
  return reinterpret_cast<const dmu_replay_record*>(header.data());
}

constexpr int no_cleanup = -1;

}  // namespace

int create(const std::string& name, bool volume, nvlist* properties) {
  return lzc_create(name.c_str(), volume ? LZC_DATSET_TYPE_ZVOL : LZC_DATSET_TYPE_ZFS, properties,
                    nullptr, 0);
}

int clone(const std::string& name, const std::string& origin, nvlist* properties) {
  return lzc_clone(name.c_str(), origin.c_str(), properties);
}

int initialize(const std::string& pool, std::uint64_t command, nvlist* vdevs, nvlist** errors) {
  return lzc_initialize(pool.c_str(), static_cast<pool_initialize_func_t>(command), vdevs, errors);
}

bool exists(const std::string& name) {
  return lzc_exists(name.c_str()) == B_TRUE;
}

int create_encrypted(const std::string& name, nvlist* properties, std::string key) {
  return lzc_create(name.c_str(), LZC_DATSET_TYPE_ZFS, properties, bytes_of(key), size_of(key));
}

int load_key(const std::string& dataset, bool verify, std::string key) {
  return lzc_load_key(dataset.c_str(), verify ? B_TRUE : B_FALSE, bytes_of(key), size_of(key));
}

int change_key(const std::string& dataset, std::uint64_t command, nvlist* properties,
               std::string key) {
  return lzc_change_key(dataset.c_str(), command, properties, bytes_of(key), size_of(key));
}

int send(const Stream& stream, int fd) {
  return lzc_send(stream.snapshot.c_str(), given(stream.from), fd, flags_of(stream));
}

int send_resume(const Stream& stream, int fd) {
  return lzc_send_resume(stream.snapshot.c_str(), given(stream.from), fd, flags_of(stream),
                         stream.object, stream.offset);
}

int send_redacted(const Stream& stream, int fd) {
  return lzc_send_redacted(stream.snapshot.c_str(), given(stream.from), fd, flags_of(stream),
                           given(stream.redaction_bookmark));
}

int send_space(const Stream& stream, std::uint64_t& space) {
  return lzc_send_space(stream.snapshot.c_str(), given(stream.from), flags_of(stream), &space);
}

int receive(const Reception& what, int fd) {
  return lzc_receive(what.snapshot.c_str(), what.properties, nullptr, B_FALSE, B_FALSE, fd);
}

int receive_resumable(const Reception& what, int fd) {
  return lzc_receive_resumable(what.snapshot.c_str(), what.properties, nullptr, B_FALSE, B_FALSE,
                               fd);
}

int receive_with_header(const Reception& what, const std::string& header, int fd) {
  return lzc_receive_with_header(what.snapshot.c_str(), what.properties, nullptr, B_FALSE, B_FALSE,
                                 B_FALSE, fd, record_of(header));
}

int receive_one(const Reception& what, const std::string& header, int fd, std::uint64_t& bytes) {
  std::uint64_t flags = 0;
  std::uint64_t action = 0;
  nvlist_t* errors = nullptr;
  const int rc =
      lzc_receive_one(what.snapshot.c_str(), what.properties, nullptr, B_FALSE, B_FALSE, B_FALSE,
                      fd, record_of(header), no_cleanup, &bytes, &flags, &action, &errors);
  nvlist_free(errors);
  return rc;
}

int receive_with_overrides(const Reception& what, nvlist* overrides, std::string key,
                           const std::string& header, int fd, std::uint64_t& bytes) {
  std::uint64_t flags = 0;
  std::uint64_t action = 0;
  nvlist_t* errors = nullptr;
  const int rc =
      lzc_receive_with_cmdprops(what.snapshot.c_str(), what.properties, overrides, bytes_of(key),
                                size_of(key), nullptr, B_FALSE, B_FALSE, B_FALSE, fd,
                                record_of(header), no_cleanup, &bytes, &flags, &action, &errors);
  nvlist_free(errors);
  return rc;
}

}  // namespace zfsrest::zfs::library
