#include "ioctl.h"

#include "heads.h"
#include "protocol.h"

#include <sys/zfs_ioctl_impl.h>

_Static_assert(sizeof(zfs_cmd_t) == ZFS_USERLAND_CMD_BYTES, "the protocol carries one zfs_cmd");

/*
 * A panic would end the server of all clients.  OpenZFS knows one by the name of
 * the function that is to panic, whatever else the record says that it is.
 */
static boolean_t is_panic_injection(uint32_t request, const zfs_cmd_t *cmd)
{
	const zinject_record_t *record = &cmd->zc_inject_record;

	return request == ZFS_IOC_INJECT_FAULT &&
	    (record->zi_cmd == ZINJECT_PANIC || record->zi_func[0] != '\0');
}

/*
 * libzpool, which is built to check itself, ends where a raw stream is made of
 * what a receive has left. A kernel's module makes one.
 */
static boolean_t is_raw_saved_send(uint32_t request, const zfs_cmd_t *cmd)
{
	boolean_t found = B_FALSE;

	/* An input of more is ZFS's to refuse. */
	if (request != ZFS_IOC_SEND_NEW || cmd->zc_nvlist_src_size == 0 ||
	    cmd->zc_nvlist_src_size > 65536)
		return B_FALSE;
	size_t size = (size_t)cmd->zc_nvlist_src_size;
	char *packed = malloc(size);
	nvlist_t *input = NULL;
	if (packed != NULL &&
	    ddi_copyin((const void *)(uintptr_t)cmd->zc_nvlist_src, packed, size, 0) == 0 &&
	    nvlist_unpack(packed, size, &input, 0) == 0) {
		found = nvlist_exists(input, "savedok") && nvlist_exists(input, "rawok");
		nvlist_free(input);
	}
	free(packed);
	return found;
}

/*
 * Releases 2.2 and 2.3 do not look whether the pool of a scrub can be written.
 * A kernel's thread then waits for ever, and libzpool ends itself; this refuses
 * as the releases before and after do.
 */
#if OPENZFS_RELEASE >= 202 && OPENZFS_RELEASE < 204
static boolean_t is_scrub_of_readonly(uint32_t request, const zfs_cmd_t *cmd)
{
	spa_t *spa;

	if (request != ZFS_IOC_POOL_SCRUB || strnlen(cmd->zc_name, sizeof(cmd->zc_name)) == sizeof(cmd->zc_name) ||
	    spa_open(cmd->zc_name, &spa, FTAG) != 0)
		return B_FALSE;
	boolean_t readonly = !spa_writeable(spa);
	spa_close(spa, FTAG);
	return readonly;
}
#else
static boolean_t is_scrub_of_readonly(uint32_t request, const zfs_cmd_t *cmd)
{
	(void)request;
	(void)cmd;
	return B_FALSE;
}
#endif

int ioctl_run(uint32_t request, void *cmd)
{
	if (is_panic_injection(request, cmd))
		return ZFS_USERLAND_ENOTHERE;
	if (is_scrub_of_readonly(request, cmd))
		return EROFS;
	if (is_raw_saved_send(request, cmd))
		return ENOTSUP;
	heads_before(request, ((const zfs_cmd_t *)cmd)->zc_name);
	int error = (int)zfsdev_ioctl_common(request - ZFS_IOC_FIRST, cmd, 0);
	heads_after(request);
	return error;
}
