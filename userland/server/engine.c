#include "engine.h"

#include "heads.h"

#include <sys/arc.h>
#include <sys/arc_impl.h>
#include <sys/fm/util.h>
#include <sys/spa.h>
#include <sys/zfs_debug.h>
#include <sys/zfs_ioctl_impl.h>

extern char *spa_config_path;
extern unsigned long zfs_arc_min;
extern unsigned long zfs_arc_max;
extern unsigned long zfs_dirty_data_max;

int engine_start(uint64_t arc_bytes)
{
	spa_config_path = "zpool.cache";
	zfs_arc_max = arc_bytes;
	zfs_arc_min = arc_bytes / 2;
	/* What is written but not yet on the devices would otherwise be a tenth of the machine's memory. */
	zfs_dirty_data_max = arc_bytes / 4;
	/* libzpool is built to check itself all the time, for its own tests; the kernel is not. */
	zfs_flags = 0;
	/* libzpool starts what it has of the events, which is nothing. */
	fm_init();
	kernel_init(SPA_MODE_READ | SPA_MODE_WRITE);
	return zfs_kmod_init();
}

void engine_stop(void)
{
	/* Closing the pools is all that matters to them; the caches' own end would only take a second more. */
	heads_close();
	spa_evict_all();
}

/*
 * kernel_init has already done what the ioctl layer's start asks for a second
 * time; that file is compiled with this name in the place of spa_init.
 */
void engine_spa_is_ready(spa_mode_t mode)
{
	(void)mode;
}
