/*
 * What the ioctl layer wants to know of a mounted file system.  As nothing is
 * ever mounted here, no zfsvfs exists, and its teardown lock locks nothing.
 */
#ifndef SHIM_ZFS_VFSOPS_H
#define SHIM_ZFS_VFSOPS_H

#include <sys/dmu_objset.h>
#include <sys/dsl_dataset.h>

typedef struct zfsvfs {
	objset_t *z_os;
	boolean_t z_unmounted;
} zfsvfs_t;

#define ZFS_TEARDOWN_ENTER_READ(zfsvfs, tag) ((void)(zfsvfs))
#define ZFS_TEARDOWN_ENTER_WRITE(zfsvfs, tag) ((void)(zfsvfs))
#define ZFS_TEARDOWN_EXIT(zfsvfs, tag) ((void)(zfsvfs))

void zfs_init(void);
void zfs_fini(void);
int zfsvfs_create(const char *name, boolean_t readonly, zfsvfs_t **zfsvfs);
int zfsvfs_create_impl(zfsvfs_t **result, zfsvfs_t *zfsvfs, objset_t *os);
void zfsvfs_free(zfsvfs_t *zfsvfs);
int zfs_suspend_fs(zfsvfs_t *zfsvfs);
int zfs_resume_fs(zfsvfs_t *zfsvfs, dsl_dataset_t *ds);
int zfs_end_fs(zfsvfs_t *zfsvfs, dsl_dataset_t *ds);
int zfs_get_temporary_prop(dsl_dataset_t *ds, zfs_prop_t prop, uint64_t *value, char *setpoint);
int zfs_set_version(zfsvfs_t *zfsvfs, uint64_t version);

#endif
