/* Regular files in the root directories of file systems, for zfs-data: nothing else writes any here. */
#ifndef ZFS_USERLAND_FILES_H
#define ZFS_USERLAND_FILES_H

#include "protocol.h"

#include <sys/dmu_objset.h>

/* The object of a file and its size in bytes, or ENOENT. */
int file_find(objset_t *os, const char *name, uint64_t *object, uint64_t *size);

/* Makes a file as `wanted` says, with nothing in it yet. */
int file_create(objset_t *os, const struct zfs_userland_open *wanted, uint64_t *object);

#endif
