/* The real header has what creates and reads a file system's master node for the kernel only; see zpl.c. */
#ifndef SHIM_ZFS_ZNODE_H
#define SHIM_ZFS_ZNODE_H

#include <sys/dmu_objset.h>
#include <sys/fs/zfs.h>

#include_next <sys/zfs_znode.h>

#define ZFS_NO_OBJECT 0

/* An open file.  There is none here; the names are for functions that nobody calls. */
typedef struct znode znode_t;
#define ZTOZSB(znode) ((zfsvfs_t *)(znode))
#define ZTOUID(znode) ((void)(znode), 0)
#define ZTOGID(znode) ((void)(znode), 0)
#define KUID_TO_SUID(id) (id)
#define KGID_TO_SGID(id) (id)

void zfs_create_fs(objset_t *os, cred_t *cr, nvlist_t *zplprops, dmu_tx_t *tx);
int zfs_get_zplprop(objset_t *os, zfs_prop_t prop, uint64_t *value);

#endif
