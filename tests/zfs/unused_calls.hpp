// The functions of libzfs_core that the product does not call, as it has ioctls of its own in their
// place.
#pragma once

#include <cstdint>
#include <string>

#include "zfs/library.hpp"

struct nvlist;

namespace zfsrest::zfs::library {

int create(const std::string& name, bool volume, nvlist* properties);
int clone(const std::string& name, const std::string& origin, nvlist* properties);
int initialize(const std::string& pool, std::uint64_t command, nvlist* vdevs, nvlist** errors);
bool exists(const std::string& name);
int create_encrypted(const std::string& name, nvlist* properties, std::string key);
int load_key(const std::string& dataset, bool verify, std::string key);
int change_key(const std::string& dataset, std::uint64_t command, nvlist* properties,
               std::string key);

int send(const Stream& stream, int fd);
int send_resume(const Stream& stream, int fd);
int send_redacted(const Stream& stream, int fd);
int send_space(const Stream& stream, std::uint64_t& space);

struct Reception {
  std::string snapshot;
  nvlist* properties = nullptr;
};
// These two read all of a stream.
int receive(const Reception& what, int fd);
int receive_resumable(const Reception& what, int fd);
// These take what it begins with beside the rest; the last answers with the bytes of that.
int receive_with_header(const Reception& what, const std::string& header, int fd);
int receive_one(const Reception& what, const std::string& header, int fd, std::uint64_t& bytes);
// With properties to set in place of the sender's, and a key if it is not empty.
int receive_with_overrides(const Reception& what, nvlist* overrides, std::string key,
                           const std::string& header, int fd, std::uint64_t& bytes);

}  // namespace zfsrest::zfs::library
