/*
 * The open file descriptions of /dev/zfs.  Each is a connection, known to its
 * client and to us by the cookie of the client's end; at its end the callbacks
 * run that ZFS has tied to it: temporary holds and snapshots go.
 */
#ifndef ZFS_USERLAND_DEVICE_H
#define ZFS_USERLAND_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

struct device;

/* Registers a description; false if its cookie is taken or memory is short.  The socket stays open until device_close. */
bool device_open(uint64_t cookie, int socket);

/* The last close on the client's side. */
void device_close(uint64_t cookie);

/*
 * Returns when the callbacks of a description have run if its client has closed
 * it; at once if it is open elsewhere, in use by an ioctl, or unknown.
 */
void device_await_end(uint64_t cookie);

/* A description in use by an ioctl, which keeps its callbacks from running; NULL if unknown. */
struct device *device_hold(uint64_t cookie);
void device_release(struct device *device);

/* Closes them all and returns when every callback has run. */
void device_close_all(void);

#endif
