/* One message of the protocol to or from a socket. */
#ifndef ZFS_USERLAND_MESSAGE_H
#define ZFS_USERLAND_MESSAGE_H

#include "protocol.h"

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/*
 * Sends a message with its payload, which may be memory that the caller does
 * not trust: what cannot be read gives EFAULT and nothing is sent.  A
 * descriptor of -1 sends none.  Answers 0 or an errno.
 */
int message_send(int socket, const struct zfs_userland_message *message, const void *payload,
    size_t length, int descriptor);

/*
 * Receives a message with at most `capacity` bytes of payload and reports how
 * many came.  A longer packet, one shorter than a message and the end of the
 * connection are all ECONNRESET: nothing more is to be had from such a peer.
 * `descriptor` is -1 if none came along; it may be NULL where none is expected.
 * `flags` are those of recvmsg.  Answers 0 or an errno.
 */
int message_receive(int socket, struct zfs_userland_message *message, void *payload,
    size_t capacity, size_t *received, int *descriptor, int flags);

/*
 * Receives a message whose payload belongs to two places, the second of which may be memory
 * that the caller does not trust: what cannot be written gives EFAULT, and the packet is gone.
 */
int message_receive_in_two(int socket, struct zfs_userland_message *message,
    const struct iovec places[2]);

/* Connects to the server's socket, however long its path is; a descriptor, or -1 with errno. */
int message_connect(const char *path, int flags);

#endif
