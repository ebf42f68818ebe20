// The functions of libzfs_core that the product has an ioctl of its own in the place of.
#pragma once

#include <string>

struct nvlist;

namespace zfsrest::zfs::library {

int create(const std::string& name, bool volume, nvlist* properties);
int clone(const std::string& name, const std::string& origin, nvlist* properties);
bool exists(const std::string& name);

}  // namespace zfsrest::zfs::library
