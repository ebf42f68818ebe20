/*
 * The ioctl layer's ways to its caller's memory, which it goes from the thread
 * that runs the ioctl and never while it holds a lock; and one helper of the
 * same header.
 */
#include "channel.h"

#include <sys/sunddi.h>
#include <sys/zfs_context.h>

#include <stdlib.h>

int ddi_copyin(const void *from, void *to, size_t length, int flags)
{
	(void)flags;
	return channel_read((uint64_t)(uintptr_t)from, to, length);
}

int ddi_copyout(const void *from, void *to, size_t length, int flags)
{
	(void)flags;
	return channel_write((uint64_t)(uintptr_t)to, from, length);
}

int xcopyout(const void *from, void *to, size_t length)
{
	return channel_write((uint64_t)(uintptr_t)to, from, length);
}

/*
 * The string ends somewhere before `length`, and behind its end there may be no
 * memory: it is read up to the end of one page at a time.
 */
int copyinstr(const void *from, void *to, size_t length, size_t *copied)
{
	const size_t page = 4096;
	uint64_t address = (uint64_t)(uintptr_t)from;
	char *next = to;

	while (length > 0) {
		size_t part = page - address % page;
		char *end;

		if (part > length)
			part = length;
		if (channel_read(address, next, part) != 0)
			return EFAULT;
		end = memchr(next, '\0', part);
		if (end != NULL) {
			if (copied != NULL)
				*copied = (size_t)(end + 1 - (char *)to);
			return 0;
		}
		address += part;
		next += part;
		length -= part;
	}
	return ENAMETOOLONG;
}

int ddi_strtoll(const char *text, char **end, int base, longlong_t *value)
{
	errno = 0;
	*value = strtoll(text, end, base);
	return *end == text ? EINVAL : errno;
}
