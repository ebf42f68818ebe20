#ifndef ZFS_USERLAND_HEADS_H
#define ZFS_USERLAND_HEADS_H

#include <stdint.h>

/* Stand around every ioctl: the file systems that it reads stay open, and none is while it changes any. */
void heads_before(uint32_t request, const char *name);
void heads_after(uint32_t request);

/* Closes them all, for the end of the pools. */
void heads_close(void);

#endif
