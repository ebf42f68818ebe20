#include "unused_calls.hpp"

#include <libzfs_core.h>

namespace zfsrest::zfs::library {

int create(const std::string& name, bool volume, nvlist* properties) {
  return lzc_create(name.c_str(), volume ? LZC_DATSET_TYPE_ZVOL : LZC_DATSET_TYPE_ZFS, properties,
                    nullptr, 0);
}

int clone(const std::string& name, const std::string& origin, nvlist* properties) {
  return lzc_clone(name.c_str(), origin.c_str(), properties);
}

int bookmark(const std::string& name, const std::string& snapshot) {
  nvlist_t* names = fnvlist_alloc();
  fnvlist_add_string(names, name.c_str(), snapshot.c_str());
  const int rc = lzc_bookmark(names, nullptr);
  fnvlist_free(names);
  return rc;
}

int initialize(const std::string& pool, std::uint64_t command, nvlist* vdevs, nvlist** errors) {
  return lzc_initialize(pool.c_str(), static_cast<pool_initialize_func_t>(command), vdevs, errors);
}

bool exists(const std::string& name) {
  return lzc_exists(name.c_str()) == B_TRUE;
}

}  // namespace zfsrest::zfs::library
