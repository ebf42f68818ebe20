/*
 * What the server, the preload library and zfs-data say to each other over
 * the server's socket.
 *
 * The socket is of type SOCK_SEQPACKET: every message is one packet, so that
 * there are no half messages and no lengths to be believed.  A packet that is
 * not of the form below ends its connection.
 *
 * A connection begins with one HELLO that says what it is for:
 *
 *   DEVICE   one open file description of /dev/zfs; the descriptor that the
 *            program got from open() is this connection.  Nothing more is said
 *            on it: its end is the last close of the description.  Whoever
 *            closes it waits, by a word on a channel, for what the end does.
 *   CHANNEL  the ioctls of one thread of the client, one at a time.  While one
 *            runs, the server asks for the client's memory and descriptors.
 *   DATA     the contents of volumes and files, for zfs-data.
 *
 * The two ends are on one machine and built together: integers are the
 * machine's own, and VERSION is raised with every change.
 */
#ifndef ZFS_USERLAND_PROTOCOL_H
#define ZFS_USERLAND_PROTOCOL_H

#include <stdint.h>

/*
 * The errno of an ioctl that works with the kernel module but not on this
 * engine.  It is outside the ranges of Linux and of OpenZFS (which counts up
 * from 1024), so that a client can tell it from every answer of ZFS itself.
 */
#define ZFS_USERLAND_ENOTHERE 2900

#define ZFS_USERLAND_SOCKET_NAME "engine.sock"
#define ZFS_USERLAND_VERSION 6
#define ZFS_USERLAND_CMD_BYTES 13744
#define ZFS_USERLAND_CHUNK_BYTES (64u * 1024)

enum zfs_userland_kind {
	/* Of the client, first on every connection; answered with ANSWER. */
	ZU_HELLO_DEVICE = 1,
	ZU_HELLO_CHANNEL,
	ZU_HELLO_DATA,

	/* Of the client on a channel. */
	ZU_IOCTL,     /* cookie: the device; request; error: the thread's nice value; payload: the zfs_cmd */
	ZU_INTERRUPT, /* a signal has reached the thread that waits for its ioctl */
	ZU_CLOSED,    /* cookie: a device; answered with ANSWER once all is done that its end does */

	/* Of the server on a channel while an ioctl runs; each but WRITE answered with ANSWER. */
	ZU_READ,       /* address, length: the payload of the answer */
	ZU_WRITE,      /* address, length; payload: what to write there */
	ZU_DESCRIPTOR, /* address: its number; it comes along with the answer */
	ZU_DEVICE,     /* address: a descriptor's number; cookie of the answer: its device */

	/*
	 * Of the server: error; payload: the zfs_cmd as the ioctl left it, and what it wrote last,
	 * for address and length.  Where anything could not be written, it has failed with EFAULT.
	 */
	ZU_DONE,
	ZU_UNKNOWN, /* of the server, instead of running an ioctl: the device is not open */
	ZU_ANSWER,  /* of either: error, and what was asked for */

	/* Of the client on a data connection; each answered with ANSWER. */
	ZU_DATA_OPEN,  /* payload: a zfs_userland_open; length of the answer: the size */
	ZU_DATA_READ,  /* address: the offset, length */
	ZU_DATA_WRITE, /* address: the offset, length; payload: the bytes */
	ZU_DATA_SYNC,  /* answered once all that was written is on the devices */
};

#define ZFS_USERLAND_NAME_BYTES 256

/* What a data connection is for.  A file is made if it is to be written and is not there. */
struct zfs_userland_open {
	uint64_t writing;
	uint64_t size; /* of a new file, as are the owners */
	uint64_t owner;
	uint64_t group;
	uint64_t project; /* 0: none of its own */
	char name[ZFS_USERLAND_NAME_BYTES];
	char file[ZFS_USERLAND_NAME_BYTES]; /* in the root directory; empty for a volume */
};

struct zfs_userland_message {
	uint32_t kind;
	int32_t error;    /* of an ANSWER or DONE */
	uint32_t version; /* in a HELLO */
	uint32_t request; /* in an IOCTL */
	uint64_t cookie;  /* SO_COOKIE of a device's connection, as its client sees it */
	uint64_t address;
	uint64_t length;
};

#endif
