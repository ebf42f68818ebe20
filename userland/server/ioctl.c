#include "ioctl.h"

#include "protocol.h"

#include <sys/zfs_ioctl_impl.h>

_Static_assert(sizeof(zfs_cmd_t) == ZFS_USERLAND_CMD_BYTES, "the protocol carries one zfs_cmd");

/*
 * What this engine has not got: nobody posts events, nobody is told of the
 * owners of files, and faults are not injected.
 */
static boolean_t not_here(uint32_t request)
{
	switch (request) {
	case ZFS_IOC_EVENTS_NEXT:
	case ZFS_IOC_EVENTS_CLEAR:
	case ZFS_IOC_EVENTS_SEEK:
	case ZFS_IOC_INJECT_FAULT:
	case ZFS_IOC_CLEAR_FAULT:
	case ZFS_IOC_INJECT_LIST_NEXT:
	case ZFS_IOC_USERSPACE_ONE:
	case ZFS_IOC_USERSPACE_MANY:
	case ZFS_IOC_USERSPACE_UPGRADE:
		return B_TRUE;
	default:
		return B_FALSE;
	}
}

int ioctl_run(uint32_t request, void *cmd)
{
	if (not_here(request))
		return ZFS_USERLAND_ENOTHERE;
	return (int)zfsdev_ioctl_common(request - ZFS_IOC_FIRST, cmd, 0);
}
