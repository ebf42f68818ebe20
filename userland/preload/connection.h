/* The connections that this process has to the server. */
#ifndef ZFS_USERLAND_CONNECTION_H
#define ZFS_USERLAND_CONNECTION_H

#include <stdint.h>

/* Opens a device with some of the flags of open(2); a descriptor, or -1 with errno. */
int connection_open_device(int flags);

/*
 * What the server knows the device by that this library has opened as that descriptor, in this
 * process or an earlier one; 0 if it is something else.
 */
uint64_t connection_device(int descriptor);

/*
 * Opens the device behind a descriptor anew, when the server has been started
 * again since.  The number stays; answers 0 or an errno.
 */
int connection_renew_device(int descriptor);

/*
 * The channel of this thread for one ioctl, made at the first and closed at the
 * thread's end; a socket, or -1 with errno.
 */
int connection_channel(void);

/* The ioctl is over.  If a signal handler jumps out of it instead, the channel is not used again. */
void connection_release_channel(void);

/* Closes it, when it cannot be used any more. */
void connection_drop_channel(void);

#endif
