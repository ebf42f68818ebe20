/*
 * Preloaded: writes down when a program asks ZFS for what, a line "MILLISECONDS NUMBER" in the file
 * ZFSREST_TEST_IOCTLS, and lets it wait for ZFSREST_TEST_IOCTL_MS before.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void write_down(unsigned number)
{
	const char *path = getenv("ZFSREST_TEST_IOCTLS");
	struct timespec now;
	char line[64];
	int file = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (file < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	(void)!write(file, line, (size_t)snprintf(line, sizeof(line), "%lld %u\n",
	    (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, number));
	close(file);
}

static void wait_before(void)
{
	const char *text = getenv("ZFSREST_TEST_IOCTL_MS");
	const long milliseconds = text ? atol(text) : 0;

	if (milliseconds > 0)
		nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

int ioctl(int descriptor, unsigned long request, ...)
{
	int (*next)(int, unsigned long, ...) = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	const int before = errno;
	va_list list;
	void *argument;

	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	if (request >> 8 == 'Z') {
		write_down((unsigned)request & 0xff);
		wait_before();
	}
	errno = before;
	return next(descriptor, request, argument);
}
