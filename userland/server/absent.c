/*
 * What the ioctl layer expects around it and this engine has not got: mounted
 * file systems, accounting by user, the device node.
 */
#include "protocol.h"

#include <sys/zfs_ctldir.h>
#include <sys/zfs_ioctl_impl.h>
#include <sys/zfs_quota.h>
#include <sys/zfs_znode.h>

/* No file system is mounted: there is never one to be suspended or released. */
int zfs_vfs_ref(zfsvfs_t **zfsvfs)
{
	(void)zfsvfs;
	return ESRCH;
}

boolean_t zfs_vfs_held(zfsvfs_t *zfsvfs)
{
	(void)zfsvfs;
	return B_FALSE;
}

void zfs_vfs_rele(zfsvfs_t *zfsvfs)
{
	(void)zfsvfs;
}

/* What works on the files of an unmounted file system begins with this. */
int zfsvfs_create(const char *name, boolean_t readonly, zfsvfs_t **zfsvfs)
{
	(void)name;
	(void)readonly;
	(void)zfsvfs;
	return ZFS_USERLAND_ENOTHERE;
}

/* Takes the structure over, as it does in the kernel even when it fails. */
int zfsvfs_create_impl(zfsvfs_t **result, zfsvfs_t *zfsvfs, objset_t *os)
{
	(void)result;
	(void)os;
	kmem_free(zfsvfs, sizeof(*zfsvfs));
	return ZFS_USERLAND_ENOTHERE;
}

/* Mount options may stand in for properties, but only of what is mounted. */
int zfs_get_temporary_prop(dsl_dataset_t *ds, zfs_prop_t prop, uint64_t *value, char *setpoint)
{
	(void)ds;
	(void)prop;
	(void)value;
	(void)setpoint;
	return ENOENT;
}

void zfsvfs_free(zfsvfs_t *zfsvfs)
{
	(void)zfsvfs;
}

int zfs_suspend_fs(zfsvfs_t *zfsvfs)
{
	(void)zfsvfs;
	return ZFS_USERLAND_ENOTHERE;
}

int zfs_resume_fs(zfsvfs_t *zfsvfs, dsl_dataset_t *ds)
{
	(void)zfsvfs;
	(void)ds;
	return ZFS_USERLAND_ENOTHERE;
}

int zfs_end_fs(zfsvfs_t *zfsvfs, dsl_dataset_t *ds)
{
	(void)zfsvfs;
	(void)ds;
	return ZFS_USERLAND_ENOTHERE;
}

int zfs_set_version(zfsvfs_t *zfsvfs, uint64_t version)
{
	(void)zfsvfs;
	(void)version;
	return ZFS_USERLAND_ENOTHERE;
}

int zfs_userspace_one(zfsvfs_t *zfsvfs, zfs_userquota_prop_t type, const char *domain,
    uint64_t id, uint64_t *value)
{
	(void)zfsvfs;
	(void)type;
	(void)domain;
	(void)id;
	(void)value;
	return ZFS_USERLAND_ENOTHERE;
}

int zfs_userspace_many(zfsvfs_t *zfsvfs, zfs_userquota_prop_t type, uint64_t *cookie,
    void *buffer, uint64_t *buffer_size)
{
	(void)zfsvfs;
	(void)type;
	(void)cookie;
	(void)buffer;
	(void)buffer_size;
	return ZFS_USERLAND_ENOTHERE;
}

int zfs_set_userquota(zfsvfs_t *zfsvfs, zfs_userquota_prop_t type, const char *domain,
    uint64_t id, uint64_t quota)
{
	(void)zfsvfs;
	(void)type;
	(void)domain;
	(void)id;
	(void)quota;
	return ZFS_USERLAND_ENOTHERE;
}

/* A snapshot is not mounted either, which is how the kernel says so. */
int zfsctl_snapshot_unmount(const char *snapshot, int flags)
{
	(void)snapshot;
	(void)flags;
	return ENOENT;
}

void zfs_ioctl_update_mount_cache(const char *name)
{
	(void)name;
}

void zfs_init(void)
{
}

void zfs_fini(void)
{
}

void zfs_ioctl_init_os(void)
{
}

int zfsdev_attach(void)
{
	return 0;
}

void zfsdev_detach(void)
{
}

/* As the kernel: the whole list has to fit into memory several times over. */
uint64_t zfs_max_nvlist_src_size_os(void)
{
	const uint64_t most = 128ull << 20;

	if (zfs_max_nvlist_src_size != 0)
		return zfs_max_nvlist_src_size;
	return MIN(ptob(physmem) / 4, most);
}
