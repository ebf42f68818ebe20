#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool complain(const char *directory, const char *what)
{
	fprintf(stderr, "zfs-userland-server: %s: %s: %s\n", directory, what, strerror(errno));
	return false;
}

static bool make_directory(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

bool state_enter(const char *directory)
{
	/* It stays open, and with it locked, until the process ends. */
	int lock;

	if (!make_directory(directory))
		return complain(directory, "cannot be made");
	if (chdir(directory) != 0)
		return complain(directory, "cannot be entered");
	lock = open("lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0)
		return complain(directory, "cannot be written to");
	if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK)
			return complain(directory, "cannot be locked");
		fprintf(stderr, "zfs-userland-server: %s: another server uses it\n", directory);
		return false;
	}
	return true;
}
