/* What a thread waits for from the server: the result of an ioctl, or a device's end. */
#ifndef ZFS_USERLAND_CLIENT_H
#define ZFS_USERLAND_CLIENT_H

#include <stdint.h>

/* Runs an ioctl on the device of that cookie, open as `descriptor`, with the zfs_cmd at `cmd`; answers 0 or an errno. */
int client_ioctl(int descriptor, uint64_t device, unsigned request, void *cmd);

/* The device of that cookie was closed: waits until all is done that its last close does. */
void client_await_end(uint64_t cookie);

#endif
