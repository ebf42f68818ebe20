/*
 * Files that a client handed over: the two ends of streams.  These replace
 * functions of libzpool that know only files which it opened by name (and,
 * in zfs_file_off, confuse the arguments of lseek).
 */
#include "channel.h"

#include <sys/zfs_file.h>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

/* Marks a client's file in a field that libzpool uses for its own only, and never with this value. */
#define OF_CLIENT (-2)

zfs_file_t *zfs_file_get(int fd)
{
	zfs_file_t *file;
	int descriptor;

	if (channel_descriptor(fd, &descriptor) != 0)
		return NULL;
	file = kmem_zalloc(sizeof(*file), KM_SLEEP);
	file->f_fd = descriptor;
	file->f_dump_fd = OF_CLIENT;
	return file;
}

void zfs_file_put(zfs_file_t *file)
{
	close(file->f_fd);
	kmem_free(file, sizeof(*file));
}

loff_t zfs_file_off(zfs_file_t *file)
{
	off_t offset = lseek(file->f_fd, 0, SEEK_CUR);

	return offset < 0 ? 0 : offset;
}

void *zfs_file_private(zfs_file_t *file)
{
	(void)file;
	return NULL;
}

/*
 * Waits until a client's file can be read or written, unless the client gets a
 * signal or dies: a read or write that the other end of a pipe keeps waiting
 * would never notice.
 */
static int wait_ready(zfs_file_t *file, short events)
{
	struct pollfd both[2] = {
	    {.fd = file->f_fd, .events = events},
	    {.fd = channel_socket(), .events = POLLIN | POLLRDHUP},
	};

	for (;;) {
		if (poll(both, 2, -1) < 0 && errno != EINTR)
			return errno;
		if (both[1].revents != 0 && channel_interrupted())
			return EINTR;
		if (both[0].revents != 0)
			return 0;
	}
}

/*
 * Writes as much as a pipe takes without blocking.  Where the kernel cannot say
 * how much that is, it is what any pipe that can be written to has room for.
 */
static ssize_t write_now(int pipe, const char *bytes, size_t length)
{
	struct iovec all = {.iov_base = (void *)bytes, .iov_len = length};
	ssize_t written = pwritev2(pipe, &all, 1, -1, RWF_NOWAIT);

	if (written < 0 && errno == EOPNOTSUPP)
		written = write(pipe, bytes, length < PIPE_BUF ? length : PIPE_BUF);
	return written;
}

static int one_write(zfs_file_t *file, const char *bytes, size_t length, ssize_t *written)
{
	if (file->f_dump_fd == OF_CLIENT) {
		int error = wait_ready(file, POLLOUT);

		if (error != 0)
			return error;
		/* What is no file with a position may block, unless it is as little as this. */
		if (length > PIPE_BUF && lseek(file->f_fd, 0, SEEK_CUR) < 0) {
			*written = write_now(file->f_fd, bytes, length);
			return *written < 0 ? errno : 0;
		}
	}
	*written = write(file->f_fd, bytes, length);
	return *written < 0 ? errno : 0;
}

int zfs_file_write(zfs_file_t *file, const void *bytes, size_t length, ssize_t *left)
{
	const char *next = bytes;
	int error = 0;

	while (length > 0 && error == 0) {
		ssize_t written = 0;

		error = one_write(file, next, length, &written);
		if (error == EINTR && file->f_dump_fd != OF_CLIENT)
			error = 0;
		if (error == EAGAIN)
			error = 0;
		if (written > 0) {
			next += written;
			length -= (size_t)written;
		}
	}
	if (left != NULL)
		*left = (ssize_t)length;
	return error;
}

int zfs_file_read(zfs_file_t *file, void *bytes, size_t length, ssize_t *left)
{
	ssize_t got;

	do {
		if (file->f_dump_fd == OF_CLIENT) {
			int error = wait_ready(file, POLLIN);

			if (error != 0)
				return error;
		}
		got = read(file->f_fd, bytes, length);
	} while (got < 0 && (errno == EAGAIN || errno == EINTR));
	if (got < 0)
		return errno;
	if (left != NULL)
		*left = (ssize_t)length - got;
	else if ((size_t)got != length)
		return EIO;
	return 0;
}
