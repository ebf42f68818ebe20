/*
 * The list of damaged blocks for ZFS_IOC_ERROR_LOG: OpenZFS copies each entry to
 * the caller while it holds locks, under which nobody waits for a client here.
 * Its function, which libzpool has without its inside, is compiled under another
 * name and collects the entries; they go to the client afterwards.
 */
#include "channel.h"

#include <sys/spa.h>
#include <sys/zio.h>

#include <stdlib.h>
#include <string.h>

/* What has been collected for the ioctl of this thread. */
static __thread zbookmark_phys_t *entries;
static __thread size_t entry_count;
static __thread size_t room;

/* `count` is the room in entries and becomes what is left of it. */
#if OPENZFS_RELEASE < 202
typedef size_t errlog_count_t;
#else
typedef uint64_t errlog_count_t;
#endif
int kernel_get_errlog(spa_t *spa, void *address, errlog_count_t *count);
int errlog_keep(const void *entry, size_t length);

int errlog_keep(const void *entry, size_t length)
{
	if (length != sizeof(*entries))
		return EFAULT;
	if (entry_count == room) {
		size_t wider = room == 0 ? 64 : 2 * room;
		void *moved = realloc(entries, wider * sizeof(*entries));

		if (moved == NULL)
			return EFAULT;
		entries = moved;
		room = wider;
	}
	memcpy(&entries[entry_count++], entry, length);
	return 0;
}

/* Replaces libzpool's.  The entries fill the client's room from its end, so that they are written backwards. */
int spa_get_errlog(spa_t *spa, void *address, errlog_count_t *count)
{
	int error = kernel_get_errlog(spa, address, count);

	for (size_t low = 0; low + 1 < entry_count - low; low++) {
		zbookmark_phys_t swapped = entries[low];

		entries[low] = entries[entry_count - 1 - low];
		entries[entry_count - 1 - low] = swapped;
	}
	if (error == 0)
		error = channel_write((uint64_t)(uintptr_t)address + *count * sizeof(*entries), entries,
		    entry_count * sizeof(*entries));
	free(entries);
	entries = NULL;
	entry_count = room = 0;
	return error;
}
