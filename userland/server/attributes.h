/* The system attributes of a file or directory, as the kernel lays them out. */
#ifndef ZFS_USERLAND_ATTRIBUTES_H
#define ZFS_USERLAND_ATTRIBUTES_H

#include <sys/dmu_objset.h>
#include <sys/zfs_acl.h>

/* Access lists that say no more than a mode have an entry for the owner, the group and everybody. */
#define TRIVIAL_ACES 3

struct attributes {
	uint64_t mode;
	uint64_t size;
	uint64_t links;
	uint64_t owner;
	uint64_t group;
	uint64_t project; /* counts if ZFS_PROJID is among the flags */
	uint64_t parent;
	uint64_t flags;
	const zfs_ace_hdr_t *aces;
};

/* Gives them to a new object; the registry of attributes is the one that the master node names. */
void attributes_write(objset_t *os, uint64_t registry, uint64_t object,
    const struct attributes *attributes, dmu_tx_t *tx);

#endif
