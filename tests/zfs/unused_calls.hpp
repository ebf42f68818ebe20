// The functions of libzfs_core that the product does not call, as it has ioctls of its own in their
// place.
#pragma once

#include <cstdint>
#include <string>

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

}  // namespace zfsrest::zfs::library
