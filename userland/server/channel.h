/*
 * The connection of one client thread, and what may be asked of that client
 * while its ioctl runs.  All but channel_serve are for the thread that runs the
 * ioctl: ZFS keeps state per thread, so the two stay together for life.
 */
#ifndef ZFS_USERLAND_CHANNEL_H
#define ZFS_USERLAND_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Serves the ioctls of a connection until it ends. */
void channel_serve(int socket);

/* Whether this thread runs an ioctl for a client. */
bool channel_present(void);

/* Whether that client has got a signal or is gone; then waits that may be interrupted must end. */
bool channel_interrupted(void);

/* The connection, to be waited on together with something else. */
int channel_socket(void);

/* These answer 0 or an errno: EFAULT for memory that the command does not name or that is not there. */
int channel_read(uint64_t address, void *to, size_t length);
int channel_write(uint64_t address, const void *from, size_t length);

/* A descriptor of our own for the client's descriptor `number`, or EBADF. */
int channel_descriptor(int number, int *descriptor);

/* The device that the client has open as `number`, or EBADF. */
int channel_device(int number, uint64_t *cookie);

#endif
