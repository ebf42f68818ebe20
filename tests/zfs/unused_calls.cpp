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

}  // namespace zfsrest::zfs::library
