/*
 * Events of pools and devices.  The ring, its readers and the reports of errors
 * are OpenZFS's own, from files that are compiled as in the kernel; what stands
 * here is what libzpool leaves empty in files that cannot be compiled a second
 * time.  Its code reaches these functions through its table of symbols.
 */
#include <sys/fm/protocol.h>
#include <sys/fm/util.h>
#include <sys/spa.h>
#include <sys/sysevent.h>
#include <sys/zfs_context.h>

/*
 * An event is built where its cause is still there to be described, and posted
 * once that is known to have happened; there is none while a pool is only tried.
 */
sysevent_t *spa_event_create(spa_t *spa, vdev_t *vd, nvlist_t *more, const char *name)
{
	nvlist_t *resource = zfs_event_create(spa, vd, FM_SYSEVENT_CLASS, name, more);
	sysevent_t *event;

	if (resource == NULL)
		return NULL;
	event = kmem_alloc(sizeof(*event), KM_SLEEP);
	event->resource = resource;
	return event;
}

void spa_event_post(sysevent_t *event)
{
	if (event == NULL)
		return;
	/* The ring owns the list from here on, whether it takes it or not. */
	(void)zfs_zevent_post(event->resource, NULL, zfs_zevent_post_cb);
	kmem_free(event, sizeof(*event));
}
