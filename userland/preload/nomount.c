/*
 * For with-zfs only: tells the stock libzfs that no file system is to be
 * mounted, as if canmount were off everywhere.  Nothing can be mounted without
 * the kernel, and without this "zfs create" would make the directory of the
 * mount point, fail to mount there, and end with an error after it had created
 * the file system.
 */
#include <stddef.h>

int zfs_is_mountable(void *handle, char *buffer, size_t size, void *source, int flags);

int zfs_is_mountable(void *handle, char *buffer, size_t size, void *source, int flags)
{
	(void)handle;
	(void)buffer;
	(void)size;
	(void)source;
	(void)flags;
	return 0;
}
