/* The memory that a zfs_cmd names: the server gets at nothing else of this process. */
#ifndef ZFS_USERLAND_RANGES_H
#define ZFS_USERLAND_RANGES_H

#include <stdbool.h>
#include <stdint.h>

struct ranges {
	struct range {
		uint64_t address;
		uint64_t length;
	} each[4];
};

/* Takes them from the bytes of a zfs_cmd. */
struct ranges ranges_of(const unsigned char *cmd, unsigned request);

bool ranges_contain(const struct ranges *ranges, uint64_t address, uint64_t length);

#endif
