#include "device.h"

#include "channel.h"

#include <sys/fm/util.h>
#include <sys/zfs_onexit.h>

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

struct callback {
	struct callback *next;
	void (*function)(void *);
	void *argument;
};

struct device {
	struct device *next;
	uint64_t cookie;
	int socket;
	minor_t minor;
	unsigned references;
	bool closed;
	struct callback *callbacks;
	zfs_zevent_t *events;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static struct device *devices;
static minor_t last_minor;
static unsigned ending;

static struct device *find_cookie(uint64_t cookie)
{
	struct device *device = devices;

	while (device != NULL && (device->cookie != cookie || device->closed))
		device = device->next;
	return device;
}

static struct device *find_minor(minor_t minor)
{
	struct device *device = devices;

	while (device != NULL && device->minor != minor)
		device = device->next;
	return device;
}

bool device_open(uint64_t cookie, int socket)
{
	struct device *device = calloc(1, sizeof(*device));
	bool opened = false;

	if (device == NULL)
		return false;
	pthread_mutex_lock(&lock);
	if (find_cookie(cookie) == NULL) {
		do {
			last_minor++;
		} while (last_minor == 0 || find_minor(last_minor) != NULL);
		device->cookie = cookie;
		device->socket = socket;
		device->minor = last_minor;
		device->references = 1;
		device->next = devices;
		devices = device;
		opened = true;
	}
	pthread_mutex_unlock(&lock);
	if (!opened)
		free(device);
	return opened;
}

/* Takes it off the list; the lock is held. */
static void forget(struct device *device)
{
	struct device **link = &devices;

	while (*link != device)
		link = &(*link)->next;
	*link = device->next;
	if (device->events != NULL)
		zfs_zevent_destroy(device->events);
	free(device);
	pthread_cond_broadcast(&ended);
}

/* Newest first, as the kernel runs them. */
static void run_callbacks(struct device *device)
{
	while (device->callbacks != NULL) {
		struct callback *callback = device->callbacks;

		device->callbacks = callback->next;
		callback->function(callback->argument);
		free(callback);
	}
}

static void *run_callbacks_thread(void *argument)
{
	run_callbacks(argument);
	pthread_mutex_lock(&lock);
	ending--;
	forget(argument);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/*
 * Drops a reference; the lock is held, and is not any more on return.  A
 * callback waits for a transaction group, and on a suspended pool for long, so
 * that callbacks get a thread of their own.
 */
static void drop(struct device *device)
{
	pthread_t thread;

	if (--device->references > 0) {
		pthread_mutex_unlock(&lock);
		return;
	}
	if (device->callbacks == NULL) {
		forget(device);
		pthread_mutex_unlock(&lock);
		return;
	}
	ending++;
	pthread_mutex_unlock(&lock);
	if (pthread_create(&thread, NULL, run_callbacks_thread, device) == 0)
		pthread_detach(thread);
	else
		run_callbacks_thread(device);
}

static void close_locked(struct device *device)
{
	device->closed = true;
	pthread_cond_broadcast(&ended);
	drop(device);
}

void device_close(uint64_t cookie)
{
	struct device *device;

	pthread_mutex_lock(&lock);
	device = find_cookie(cookie);
	if (device != NULL)
		close_locked(device);
	else
		pthread_mutex_unlock(&lock);
}

/* Whether the client's last descriptor is gone, which the listener may not have seen yet. */
static bool has_hung_up(const struct device *device)
{
	struct pollfd one = {.fd = device->socket, .events = POLLRDHUP};

	return poll(&one, 1, 0) > 0 && (one.revents & (POLLHUP | POLLRDHUP)) != 0;
}

static bool is_ending(uint64_t cookie)
{
	struct device *device = devices;

	while (device != NULL && device->cookie != cookie)
		device = device->next;
	if (device == NULL)
		return false;
	return device->closed ? device->references == 0 : has_hung_up(device);
}

void device_await_end(uint64_t cookie)
{
	pthread_mutex_lock(&lock);
	while (is_ending(cookie))
		pthread_cond_wait(&ended, &lock);
	pthread_mutex_unlock(&lock);
}

void device_close_all(void)
{
	struct device *device;

	pthread_mutex_lock(&lock);
	while (devices != NULL) {
		for (device = devices; device != NULL && device->closed; device = device->next)
			;
		if (device == NULL)
			break;
		close_locked(device);
		pthread_mutex_lock(&lock);
	}
	while (ending > 0)
		pthread_cond_wait(&ended, &lock);
	pthread_mutex_unlock(&lock);
}

struct device *device_hold(uint64_t cookie)
{
	struct device *device;

	pthread_mutex_lock(&lock);
	device = find_cookie(cookie);
	if (device != NULL)
		device->references++;
	pthread_mutex_unlock(&lock);
	return device;
}

void device_release(struct device *device)
{
	pthread_mutex_lock(&lock);
	drop(device);
}

/*
 * The same for the ioctl layer, which names a descriptor of its client, passes
 * the minor on to whom it calls, and gives the "file" back at the end.
 */
static struct device *hold_descriptor(int fd, minor_t *minor)
{
	struct device *device;
	uint64_t cookie;

	if (!channel_present() || channel_device(fd, &cookie) != 0)
		return NULL;
	device = device_hold(cookie);
	if (device != NULL)
		*minor = device->minor;
	return device;
}

zfs_file_t *zfs_onexit_fd_hold(int fd, minor_t *minor)
{
	return (zfs_file_t *)hold_descriptor(fd, minor);
}

void zfs_onexit_fd_rele(zfs_file_t *file)
{
	device_release((struct device *)file);
}

/*
 * And for events, whose reader has its place in the ring with the description.
 * Most descriptions never read any, so that the place is made when it is needed.
 */
zfs_file_t *zfs_zevent_fd_hold(int fd, minor_t *minor, zfs_zevent_t **events)
{
	struct device *device = hold_descriptor(fd, minor);

	if (device == NULL)
		return NULL;
	pthread_mutex_lock(&lock);
	if (device->events == NULL)
		zfs_zevent_init(&device->events);
	*events = device->events;
	pthread_mutex_unlock(&lock);
	return (zfs_file_t *)device;
}

void zfs_zevent_fd_rele(zfs_file_t *file)
{
	device_release((struct device *)file);
}

int zfs_onexit_add_cb(minor_t minor, void (*function)(void *), void *argument,
    uint64_t *action_handle)
{
	struct callback *callback = malloc(sizeof(*callback));
	struct device *device;

	if (callback == NULL)
		return ENOMEM;
	callback->function = function;
	callback->argument = argument;
	pthread_mutex_lock(&lock);
	device = find_minor(minor);
	if (device != NULL) {
		callback->next = device->callbacks;
		device->callbacks = callback;
	}
	pthread_mutex_unlock(&lock);
	if (device == NULL) {
		free(callback);
		return EBADF;
	}
	if (action_handle != NULL)
		*action_handle = (uint64_t)(uintptr_t)callback;
	return 0;
}

/* The ioctl layer's own list of descriptions stays empty. */
void zfs_onexit_destroy(zfs_onexit_t *onexit)
{
	(void)onexit;
}
