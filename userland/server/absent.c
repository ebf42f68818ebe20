/*
 * What the ioctl layer expects around it and this engine has not got: mounted
 * file systems, the device node.
 */
#include "protocol.h"

#include <sys/zfs_ctldir.h>
#include <sys/zfs_ioctl_impl.h>
#include <sys/zfs_onexit.h>
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

/* Mount options may stand in for properties, but only of what is mounted. */
int zfs_get_temporary_prop(dsl_dataset_t *ds, zfs_prop_t prop, uint64_t *value, char *setpoint)
{
	(void)ds;
	(void)prop;
	(void)value;
	(void)setpoint;
	return ENOENT;
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

/*
 * From 2.2 on, the ioctl layer has functions that keep its own list of open
 * descriptions.  Nobody calls them, as device.c keeps them, but what they call
 * must be there.
 */
void zfsdev_private_set_state(void *description, zfsdev_state_t *state)
{
	(void)description;
	(void)state;
}

zfsdev_state_t *zfsdev_private_get_state(void *description)
{
	(void)description;
	return NULL;
}

void zfs_onexit_init(zfs_onexit_t **onexit)
{
	*onexit = NULL;
}

/* As the kernel: the whole list has to fit into memory several times over. */
uint64_t zfs_max_nvlist_src_size_os(void)
{
	const uint64_t most = 128ull << 20;

	if (zfs_max_nvlist_src_size != 0)
		return zfs_max_nvlist_src_size;
	return MIN(ptob(physmem) / 4, most);
}
