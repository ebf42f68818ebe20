#include "listener.h"

#include "channel.h"
#include "data.h"
#include "device.h"
#include "message.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MOST_CONNECTIONS 4096
#define MOST_THREADS 1024
#define THREAD_STACK_BYTES (1024 * 1024)
#define HELLO_SECONDS 5
#define CLOSE_SECONDS 3
#define TRIM_SECONDS 10

enum role { STRANGER, DEVICE, SERVED };

struct connection {
	struct connection *next;
	struct connection *previous;
	enum role role;
	int socket;
	uint64_t cookie;
	time_t since;
	void (*serve)(int);
};

static int listening = -1;
static int epoll = -1;

/* Guards the list and the counts; the main thread alone adds. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t thread_ended = PTHREAD_COND_INITIALIZER;
static struct connection *connections;
static unsigned connection_count;
static unsigned stranger_count;
static unsigned thread_count;

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void watch(int descriptor, void *what)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = what};

	epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

bool listener_open(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = ZFS_USERLAND_SOCKET_NAME};
	mode_t mask;
	bool bound;

	/* The lock is ours, so that a socket that is there belongs to nobody. */
	unlink(ZFS_USERLAND_SOCKET_NAME);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0177);
	bound = epoll >= 0 && listening >= 0 &&
	    bind(listening, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(listening, SOMAXCONN) == 0;
	if (!bound)
		perror("zfs-userland-server: " ZFS_USERLAND_SOCKET_NAME);
	umask(mask);
	return bound;
}

/* Root and the server's own user; nobody else, even if he gets at the socket. */
static bool may_connect(int socket)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
	    (peer.uid == 0 || peer.uid == geteuid());
}

static void answer(int socket, int error)
{
	struct zfs_userland_message message = {.kind = ZU_ANSWER, .error = error};

	(void)message_send(socket, &message, NULL, 0, -1);
}

static void accept_one(void)
{
	struct connection *connection;
	int socket = accept4(listening, NULL, NULL, SOCK_CLOEXEC);

	if (socket < 0)
		return;
	if (!may_connect(socket)) {
		answer(socket, EACCES);
		close(socket);
		return;
	}
	connection = connection_count < MOST_CONNECTIONS ? calloc(1, sizeof(*connection)) : NULL;
	if (connection == NULL) {
		answer(socket, ENFILE);
		close(socket);
		return;
	}
	connection->socket = socket;
	connection->since = now();
	pthread_mutex_lock(&lock);
	connection->next = connections;
	if (connections != NULL)
		connections->previous = connection;
	connections = connection;
	connection_count++;
	pthread_mutex_unlock(&lock);
	stranger_count++;
	watch(socket, connection);
}

/* Closing also takes it out of the epoll set; the lock is held, so that listener_close sees no closed socket. */
static void forget_locked(struct connection *connection)
{
	if (connection->previous != NULL)
		connection->previous->next = connection->next;
	else
		connections = connection->next;
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	connection_count--;
	close(connection->socket);
	free(connection);
}

static void end(struct connection *connection)
{
	if (connection->role == DEVICE)
		device_close(connection->cookie);
	else
		stranger_count--;
	pthread_mutex_lock(&lock);
	forget_locked(connection);
	pthread_mutex_unlock(&lock);
}

static void *serve_thread(void *argument)
{
	struct connection *connection = argument;

	answer(connection->socket, 0);
	connection->serve(connection->socket);
	pthread_mutex_lock(&lock);
	forget_locked(connection);
	thread_count--;
	pthread_cond_broadcast(&thread_ended);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* On success the connection belongs to its thread, which answers the hello. */
static int start_thread(struct connection *connection, void (*serve)(int))
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error = ENFILE;

	connection->serve = serve;
	connection->role = SERVED;
	epoll_ctl(epoll, EPOLL_CTL_DEL, connection->socket, NULL);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_mutex_lock(&lock);
	if (thread_count < MOST_THREADS)
		error = pthread_create(&thread, &attributes, serve_thread, connection);
	thread_count += error == 0;
	pthread_mutex_unlock(&lock);
	pthread_attr_destroy(&attributes);
	return error;
}

static int keep_device(struct connection *connection, uint64_t cookie)
{
	if (!device_open(cookie, connection->socket))
		return ENXIO;
	connection->role = DEVICE;
	connection->cookie = cookie;
	answer(connection->socket, 0);
	return 0;
}

static void hear_hello(struct connection *connection)
{
	struct zfs_userland_message hello;
	int error = message_receive(connection->socket, &hello, NULL, 0, NULL, NULL, MSG_DONTWAIT);

	if (error == 0 && hello.version != ZFS_USERLAND_VERSION)
		error = EPROTO;
	if (error == 0) {
		stranger_count--;
		switch (hello.kind) {
		case ZU_HELLO_DEVICE:
			error = keep_device(connection, hello.cookie);
			break;
		case ZU_HELLO_CHANNEL:
			error = start_thread(connection, channel_serve);
			break;
		case ZU_HELLO_DATA:
			error = start_thread(connection, data_serve);
			break;
		default:
			error = EPROTO;
		}
		if (error == 0)
			return;
		stranger_count++;
		connection->role = STRANGER;
	}
	answer(connection->socket, error);
	end(connection);
}

/* A device's connection carries nothing: whatever happens on it is its end. */
static void happen(struct connection *connection)
{
	if (connection->role == STRANGER)
		hear_hello(connection);
	else
		end(connection);
}

static void drop_silent_strangers(void)
{
	struct connection *next;

	for (struct connection *each = connections; each != NULL && stranger_count > 0; each = next) {
		next = each->next;
		if (each->role == STRANGER && now() - each->since >= HELLO_SECONDS)
			end(each);
	}
}

void listener_run(void)
{
	struct epoll_event events[64];
	static char signals_mark;
	time_t trimmed = now();
	sigset_t ending;
	int signals;

	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	signals = signalfd(-1, &ending, SFD_CLOEXEC);
	watch(signals, &signals_mark);
	watch(listening, NULL);
	for (;;) {
		int count = epoll_wait(epoll, events, 64, (stranger_count > 0 ? 1 : TRIM_SECONDS) * 1000);

		/* Cached blocks come and go all the time, and malloc keeps what they leave. */
		if (now() - trimmed >= TRIM_SECONDS) {
			malloc_trim(0);
			trimmed = now();
		}
		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == &signals_mark)
				return;
			if (events[i].data.ptr == NULL)
				accept_one();
			else
				happen(events[i].data.ptr);
		}
		drop_silent_strangers();
	}
}

bool listener_close(void)
{
	struct timespec limit;
	int error = 0;

	close(listening);
	unlink(ZFS_USERLAND_SOCKET_NAME);
	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += CLOSE_SECONDS;
	pthread_mutex_lock(&lock);
	/* The devices first: a thread may wait for the end of one. */
	for (struct connection *each = connections; each != NULL; each = each->next)
		if (each->role == DEVICE)
			device_close(each->cookie);
	for (struct connection *each = connections; each != NULL; each = each->next)
		shutdown(each->socket, SHUT_RDWR);
	while (thread_count > 0 && error == 0)
		error = pthread_cond_timedwait(&thread_ended, &lock, &limit);
	pthread_mutex_unlock(&lock);
	if (error != 0)
		return false;
	device_close_all();
	return true;
}
