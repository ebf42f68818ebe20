/*
 * Requests that an injected fault delays.  Where the kernel lets a task run
 * later, libzpool has none, and completes them at once; this holds them back
 * until their time has come.
 */
#include <sys/zfs_context.h>
#include <sys/zio.h>

#include <pthread.h>

struct waiting {
	struct waiting *next;
	zio_t *zio;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_once_t started = PTHREAD_ONCE_INIT;
/* The one that is due first is first. */
static struct waiting *list;

static struct timespec time_of(hrtime_t nanoseconds)
{
	return (struct timespec){nanoseconds / NANOSEC, nanoseconds % NANOSEC};
}

/* Takes what is due off the list and goes on with it; the lock is held before and after. */
static void complete_first(void)
{
	struct waiting *first = list;

	list = first->next;
	pthread_mutex_unlock(&lock);
	zio_interrupt(first->zio);
	kmem_free(first, sizeof(*first));
	pthread_mutex_lock(&lock);
}

static void *complete(void *argument)
{
	(void)argument;
	pthread_mutex_lock(&lock);
	for (;;) {
		if (list == NULL) {
			pthread_cond_wait(&changed, &lock);
		} else if (list->zio->io_target_timestamp > gethrtime()) {
			struct timespec due = time_of(list->zio->io_target_timestamp);

			pthread_cond_timedwait(&changed, &lock, &due);
		} else {
			complete_first();
		}
	}
	return NULL;
}

static void start(void)
{
	pthread_condattr_t attributes;
	pthread_t thread;

	/* The clock of gethrtime. */
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &attributes);
	pthread_condattr_destroy(&attributes);
	VERIFY0(pthread_create(&thread, NULL, complete, NULL));
	pthread_detach(thread);
}

static void hold_back(zio_t *zio)
{
	struct waiting *one = kmem_alloc(sizeof(*one), KM_SLEEP);
	struct waiting **link = &list;

	one->zio = zio;
	pthread_once(&started, start);
	pthread_mutex_lock(&lock);
	while (*link != NULL && (*link)->zio->io_target_timestamp <= zio->io_target_timestamp)
		link = &(*link)->next;
	one->next = *link;
	*link = one;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

/* Replaces libzpool's: the device has done its part of the request. */
void zio_delay_interrupt(zio_t *zio)
{
	if (zio->io_target_timestamp > gethrtime())
		hold_back(zio);
	else
		zio_interrupt(zio);
}
