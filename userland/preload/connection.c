#include "connection.h"

#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* Channels stay out of the way of programs that reckon with the lowest free number. */
#define LOWEST_NUMBER 500

/*
 * A thread's channel.  Its socket may be closed behind our back by a program
 * that closes all descriptors it does not know; its cookie tells whether the
 * number still means the same socket.
 */
struct channel {
	struct channel *next;
	struct channel *previous;
	int socket;
	bool busy;
	uint64_t cookie;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct channel *channels;

static const char *socket_path(void)
{
	return getenv("ZFS_USERLAND_SOCKET");
}

static uint64_t connection_cookie(int descriptor)
{
	uint64_t cookie = 0;
	socklen_t length = sizeof(cookie);

	if (getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &length) != 0)
		return 0;
	return cookie;
}

/* Not by this library's own close(), which would wait for the end of a device. */
static void close_own(int descriptor)
{
	syscall(SYS_close, descriptor);
}

/* A connection of the given kind, with the server's consent. */
static int greet(enum zfs_userland_kind kind, int flags)
{
	struct zfs_userland_message message = {.kind = kind, .version = ZFS_USERLAND_VERSION};
	const char *path = socket_path();
	int descriptor;
	int error;

	if (path == NULL) {
		errno = ENXIO;
		return -1;
	}
	descriptor = message_connect(path, flags);
	if (descriptor < 0) {
		/* Nobody listens: the module is not loaded. */
		if (errno == ECONNREFUSED)
			errno = ENXIO;
		return -1;
	}
	message.cookie = connection_cookie(descriptor);
	error = message_send(descriptor, &message, NULL, 0, -1);
	if (error == 0 || error == EPIPE)
		error = message_receive(descriptor, &message, NULL, 0, NULL, NULL, 0);
	if (error == 0)
		error = message.error;
	else
		error = ENXIO;
	if (error != 0) {
		close_own(descriptor);
		errno = error;
		return -1;
	}
	return descriptor;
}

int connection_open_device(int flags)
{
	return greet(ZU_HELLO_DEVICE, (flags & O_CLOEXEC) != 0 ? SOCK_CLOEXEC : 0);
}

static bool leads_to_server(int descriptor)
{
	static const char name[] = ZFS_USERLAND_SOCKET_NAME;
	struct sockaddr_un address;
	socklen_t length = sizeof(address);
	size_t path_length;

	memset(&address, 0, sizeof(address));
	if (getpeername(descriptor, (struct sockaddr *)&address, &length) != 0 ||
	    address.sun_family != AF_UNIX || address.sun_path[0] == '\0')
		return false;
	path_length = strnlen(address.sun_path, sizeof(address.sun_path));
	return path_length >= sizeof(name) - 1 &&
	    memcmp(address.sun_path + path_length - (sizeof(name) - 1), name, sizeof(name) - 1) == 0;
}

/* A cookie is never given to a second socket, so that one look at where it leads is enough. */
uint64_t connection_device(int descriptor)
{
	static _Atomic uint64_t last;
	uint64_t cookie = connection_cookie(descriptor);

	if (cookie == 0 || (cookie != last && !leads_to_server(descriptor)))
		return 0;
	last = cookie;
	return cookie;
}

int connection_renew_device(int descriptor)
{
	int flags = fcntl(descriptor, F_GETFD);
	int renewed;
	int error = 0;

	if (flags < 0)
		return errno;
	renewed = greet(ZU_HELLO_DEVICE, SOCK_CLOEXEC);
	if (renewed < 0)
		return errno;
	if (dup3(renewed, descriptor, (flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0) < 0)
		error = errno;
	close_own(renewed);
	return error;
}

/* A thread has ended, or has no use for its channel any more. */
static void close_channel(void *argument)
{
	struct channel *channel = argument;

	pthread_mutex_lock(&lock);
	if (channel->previous != NULL)
		channel->previous->next = channel->next;
	else
		channels = channel->next;
	if (channel->next != NULL)
		channel->next->previous = channel->previous;
	pthread_mutex_unlock(&lock);
	if (connection_cookie(channel->socket) == channel->cookie)
		close_own(channel->socket);
	free(channel);
}

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork_in_parent(void)
{
	pthread_mutex_unlock(&lock);
}

/*
 * The child has its parent's channels, and must not use them; nor may it keep
 * them, as the server would not notice the parent's end.
 */
static void after_fork_in_child(void)
{
	while (channels != NULL) {
		struct channel *channel = channels;

		channels = channel->next;
		if (connection_cookie(channel->socket) == channel->cookie)
			close_own(channel->socket);
		free(channel);
	}
	pthread_setspecific(key, NULL);
	pthread_mutex_unlock(&lock);
}

static void initialise(void)
{
	pthread_key_create(&key, close_channel);
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

static int make_channel(void)
{
	struct channel *channel = calloc(1, sizeof(*channel));
	int socket;
	int moved;

	if (channel == NULL)
		return -1;
	socket = greet(ZU_HELLO_CHANNEL, SOCK_CLOEXEC);
	if (socket < 0) {
		free(channel);
		return -1;
	}
	moved = fcntl(socket, F_DUPFD_CLOEXEC, LOWEST_NUMBER);
	if (moved >= 0) {
		close_own(socket);
		socket = moved;
	}
	channel->busy = true;
	channel->socket = socket;
	channel->cookie = connection_cookie(socket);
	pthread_mutex_lock(&lock);
	channel->next = channels;
	if (channels != NULL)
		channels->previous = channel;
	channels = channel;
	pthread_mutex_unlock(&lock);
	pthread_setspecific(key, channel);
	return socket;
}

int connection_channel(void)
{
	struct channel *channel;

	pthread_once(&once, initialise);
	channel = pthread_getspecific(key);
	if (channel != NULL && !channel->busy &&
	    connection_cookie(channel->socket) == channel->cookie) {
		channel->busy = true;
		return channel->socket;
	}
	connection_drop_channel();
	return make_channel();
}

void connection_release_channel(void)
{
	struct channel *channel = pthread_getspecific(key);

	if (channel != NULL)
		channel->busy = false;
}

void connection_drop_channel(void)
{
	struct channel *channel = pthread_getspecific(key);

	if (channel != NULL) {
		pthread_setspecific(key, NULL);
		close_channel(channel);
	}
}
