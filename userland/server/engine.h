/* OpenZFS in this process: its start and its end. */
#ifndef ZFS_USERLAND_ENGINE_H
#define ZFS_USERLAND_ENGINE_H

#include <stdint.h>

/* Starts it with the pools that the cache file in the working directory names; 0 or an errno. */
int engine_start(uint64_t arc_bytes);

/* Writes out and closes all pools, which stay in the cache file; no ioctl may run any more. */
void engine_stop(void);

#endif
