/*
 * What is known here of a file system: as much of the kernel's structure as the
 * ioctl layer and the accounting by owner look at.  As nothing is ever mounted,
 * one exists only while an ioctl works on it, and its teardown lock locks nothing.
 */
#ifndef SHIM_ZFS_VFSOPS_H
#define SHIM_ZFS_VFSOPS_H

#include <sys/avl.h>
#include <sys/dmu_objset.h>
#include <sys/dsl_dataset.h>

typedef struct zfsvfs {
	objset_t *z_os;
	boolean_t z_unmounted;
	boolean_t z_replay;
	uint64_t z_version;
	kmutex_t z_lock;

	/* Objects with quotas, or 0. */
	uint64_t z_userquota_obj;
	uint64_t z_groupquota_obj;
	uint64_t z_projectquota_obj;
	uint64_t z_userobjquota_obj;
	uint64_t z_groupobjquota_obj;
	uint64_t z_projectobjquota_obj;

	/* The table of domains. */
	boolean_t z_use_fuids;
	boolean_t z_fuid_loaded;
	boolean_t z_fuid_dirty;
	uint64_t z_fuid_obj;
	uint64_t z_fuid_size;
	avl_tree_t z_fuid_idx;
	avl_tree_t z_fuid_domain;
	krwlock_t z_fuid_lock;

	/* Ours: those that own their file system are on a list. */
	struct zfsvfs *next;
	char name[ZFS_MAX_DATASET_NAME_LEN];
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
