#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * The system calls are made without libc's wrappers: inside a sanitized
 * program those are replaced by ones that read the buffers themselves, where a
 * bad address of the client would be a crash instead of EFAULT.
 */

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

int message_send(int socket, const struct zfs_userland_message *message, const void *payload,
    size_t length, int descriptor)
{
	struct iovec parts[2] = {
	    {(void *)message, sizeof(*message)},
	    {(void *)payload, length},
	};
	struct msghdr header = {.msg_iov = parts, .msg_iovlen = length > 0 ? 2 : 1};
	union control control;

	if (descriptor >= 0) {
		memset(&control, 0, sizeof(control));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(int));
		header.msg_control = &control;
		header.msg_controllen = sizeof(control);
	}
	for (;;) {
		if (syscall(SYS_sendmsg, socket, &header, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno != EINTR)
			return errno;
	}
}

static int passed_descriptor(struct msghdr *header)
{
	int descriptor = -1;

	for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL;
	     part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS &&
		    part->cmsg_len >= CMSG_LEN(sizeof(int)))
			memcpy(&descriptor, CMSG_DATA(part), sizeof(int));
	}
	return descriptor;
}

static int receive_parts(int socket, struct iovec *parts, size_t count, size_t *received,
    int *descriptor, int flags)
{
	union control control;
	struct msghdr header = {.msg_iov = parts, .msg_iovlen = count};
	long bytes;

	/* Without room for them, the kernel drops descriptors that nobody asked for. */
	if (descriptor != NULL) {
		header.msg_control = &control;
		header.msg_controllen = sizeof(control);
		*descriptor = -1;
	}
	do {
		bytes = syscall(SYS_recvmsg, socket, &header, flags | MSG_CMSG_CLOEXEC);
	} while (bytes < 0 && errno == EINTR);
	if (bytes < 0)
		return errno;
	if (descriptor != NULL)
		*descriptor = passed_descriptor(&header);
	if ((size_t)bytes < sizeof(struct zfs_userland_message) ||
	    ((header.msg_flags & MSG_TRUNC) != 0 && (flags & MSG_PEEK) == 0)) {
		if (descriptor != NULL && *descriptor >= 0) {
			close(*descriptor);
			*descriptor = -1;
		}
		return ECONNRESET;
	}
	if (received != NULL)
		*received = (size_t)bytes - sizeof(struct zfs_userland_message);
	return 0;
}

int message_receive(int socket, struct zfs_userland_message *message, void *payload,
    size_t capacity, size_t *received, int *descriptor, int flags)
{
	struct iovec parts[2] = {
	    {message, sizeof(*message)},
	    {payload, capacity},
	};

	return receive_parts(socket, parts, capacity > 0 ? 2 : 1, received, descriptor, flags);
}

int message_receive_in_two(int socket, struct zfs_userland_message *message,
    const struct iovec places[2])
{
	struct iovec parts[3] = {{message, sizeof(*message)}, places[0], places[1]};

	return receive_parts(socket, parts, 3, NULL, NULL, 0);
}

/*
 * A socket's address holds 107 bytes of path.  A longer one is reached through
 * a descriptor of its directory.
 */
static int short_address(const char *path, struct sockaddr_un *address, int *directory)
{
	char parent[4096];
	const char *slash = strrchr(path, '/');
	int length;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	*directory = -1;
	if (strlen(path) < sizeof(address->sun_path)) {
		strcpy(address->sun_path, path);
		return 0;
	}
	if (slash == NULL || (size_t)(slash - path) >= sizeof(parent))
		return ENAMETOOLONG;
	memcpy(parent, path, (size_t)(slash - path));
	parent[slash - path] = '\0';
	*directory = (int)syscall(SYS_openat, AT_FDCWD, parent, O_PATH | O_CLOEXEC);
	if (*directory < 0)
		return errno;
	length = snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/%s",
	    *directory, slash + 1);
	return length < (int)sizeof(address->sun_path) ? 0 : ENAMETOOLONG;
}

int message_connect(const char *path, int flags)
{
	struct sockaddr_un address;
	int directory;
	int descriptor = -1;
	int error = short_address(path, &address, &directory);

	if (error == 0) {
		descriptor = socket(AF_UNIX, SOCK_SEQPACKET | flags, 0);
		if (descriptor < 0 ||
		    connect(descriptor, (struct sockaddr *)&address, sizeof(address)) != 0)
			error = errno;
	}
	if (directory >= 0)
		close(directory);
	if (error == 0)
		return descriptor;
	if (descriptor >= 0)
		close(descriptor);
	errno = error;
	return -1;
}
