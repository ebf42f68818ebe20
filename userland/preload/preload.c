/*
 * Stands between a program and libc: /dev/zfs is opened as a connection to the
 * server, the ioctls of ZFS on such a descriptor go there, and closing it waits
 * for what its end does.  Everything else is passed on as it came.
 */
#include "client.h"
#include "connection.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEVICE "/dev/zfs"

/* The next definition of a function after this library's, looked up once. */
#define NEXT(function)                                                                            \
	({                                                                                            \
		static __typeof__(&function) next;                                                        \
		if (next == NULL)                                                                         \
			*(void **)&next = dlsym(RTLD_NEXT, #function);                                        \
		next;                                                                                     \
	})

/* These two are what open and openat become in a program built with _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);

static bool is_device(const char *path)
{
	return path != NULL && strcmp(path, DEVICE) == 0;
}

/* The third argument is there only with flags that create a file. */
static bool has_mode(int flags)
{
	return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE_AFTER(last)                                                                          \
	({                                                                                            \
		mode_t mode = 0;                                                                          \
		if (has_mode(last)) {                                                                     \
			va_list list;                                                                         \
			va_start(list, last);                                                                 \
			mode = va_arg(list, mode_t);                                                          \
			va_end(list);                                                                         \
		}                                                                                         \
		mode;                                                                                     \
	})

int open(const char *path, int flags, ...)
{
	if (is_device(path))
		return connection_open_device(flags);
	return NEXT(open)(path, flags, MODE_AFTER(flags));
}

int open64(const char *path, int flags, ...)
{
	if (is_device(path))
		return connection_open_device(flags);
	return NEXT(open64)(path, flags, MODE_AFTER(flags));
}

int openat(int directory, const char *path, int flags, ...)
{
	if (is_device(path))
		return connection_open_device(flags);
	return NEXT(openat)(directory, path, flags, MODE_AFTER(flags));
}

int openat64(int directory, const char *path, int flags, ...)
{
	if (is_device(path))
		return connection_open_device(flags);
	return NEXT(openat64)(directory, path, flags, MODE_AFTER(flags));
}

int __open_2(const char *path, int flags)
{
	return is_device(path) ? connection_open_device(flags) : NEXT(__open_2)(path, flags);
}

int __open64_2(const char *path, int flags)
{
	return is_device(path) ? connection_open_device(flags) : NEXT(__open64_2)(path, flags);
}

int __openat_2(int directory, const char *path, int flags)
{
	return is_device(path) ? connection_open_device(flags)
	                       : NEXT(__openat_2)(directory, path, flags);
}

int __openat64_2(int directory, const char *path, int flags)
{
	return is_device(path) ? connection_open_device(flags)
	                       : NEXT(__openat64_2)(directory, path, flags);
}

/* libzfs waits for the device with this before it opens it. */
int access(const char *path, int mode)
{
	return is_device(path) ? 0 : NEXT(access)(path, mode);
}

int ioctl(int descriptor, unsigned long request, ...)
{
	const unsigned zfs_type = 'Z';
	va_list list;
	void *argument;
	int before = errno;
	uint64_t device;
	int error;

	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	device = request >> 8 == zfs_type ? connection_device(descriptor) : 0;
	if (device == 0) {
		errno = before;
		return NEXT(ioctl)(descriptor, request, argument);
	}
	error = client_ioctl(descriptor, device, (unsigned)request, argument);
	errno = error == 0 ? before : error;
	return error == 0 ? 0 : -1;
}

int close(int descriptor)
{
	int before = errno;
	uint64_t device = connection_device(descriptor);
	int result;

	errno = before;
	result = NEXT(close)(descriptor);
	if (result == 0 && device != 0) {
		client_await_end(device);
		errno = before;
	}
	return result;
}
