/*
 * For with-zfs only: tells the stock libzfs that no file system is to be
 * mounted, as if canmount were off everywhere.  Nothing can be mounted without
 * the kernel, and without this "zfs create" would make the directory of the
 * mount point, fail to mount there, and end with an error after it had created
 * the file system.  From 2.2 on libzfs does not ask the function that says so
 * before it mounts; there mounting itself does nothing, with the same effect.
 */
#include <stddef.h>

int zfs_is_mountable(void *handle, char *buffer, size_t size, void *source, int flags);

int zfs_mount_at(void *handle, const char *options, int flags, const char *mountpoint);

int zfs_is_mountable(void *handle, char *buffer, size_t size, void *source, int flags)
{
	(void)handle;
	(void)buffer;
	(void)size;
	(void)source;
	(void)flags;
	return 0;
}

int zfs_mount_at(void *handle, const char *options, int flags, const char *mountpoint)
{
	(void)handle;
	(void)options;
	(void)flags;
	(void)mountpoint;
	return 0;
}
