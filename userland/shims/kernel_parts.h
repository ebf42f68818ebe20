/*
 * Read before files of OpenZFS that leave parts of themselves out in user space
 * although they work there: reading every property in channel programs, the
 * feature flags of streams, the list of damaged blocks, events, and accounting
 * by owner.  The headers are read in their user-space form; then the file itself
 * is compiled as in the kernel.
 */
#ifndef SHIM_KERNEL_PARTS_H
#define SHIM_KERNEL_PARTS_H

#include <sys/arc.h>
#include <sys/avl.h>
#include <sys/blkptr.h>
#include <sys/bqueue.h>
#include <sys/ddt.h>
#include <sys/dmu.h>
#include <sys/dmu_impl.h>
#include <sys/dmu_objset.h>
#include <sys/dmu_recv.h>
#include <sys/dmu_send.h>
#include <sys/dmu_traverse.h>
#include <sys/dmu_tx.h>
#include <sys/dnode.h>
#include <sys/dsl_bookmark.h>
#include <sys/dsl_dataset.h>
#include <sys/dsl_dir.h>
#include <sys/dsl_pool.h>
#include <sys/dsl_prop.h>
#include <sys/dsl_synctask.h>
#include <sys/fm/fs/zfs.h>
#include <sys/fm/protocol.h>
#include <sys/fm/util.h>
#include <sys/kstat.h>
#include <sys/lua/lauxlib.h>
#include <sys/lua/lua.h>
#include <sys/lua/lualib.h>
#include <sys/mntent.h>
#include <sys/objlist.h>
#include <sys/policy.h>
#include <sys/range_tree.h>
#include <sys/sa.h>
#include <sys/sa_impl.h>
#include <sys/spa_impl.h>
#include <sys/sunddi.h>
#include <sys/sysevent.h>
#include <sys/systeminfo.h>
#include <sys/vdev_impl.h>
#include <sys/zap.h>
#include <sys/zcp.h>
#include <sys/zcp_global.h>
#include <sys/zcp_iter.h>
#include <sys/zcp_prop.h>
#include <sys/zfeature.h>
#include <sys/zfs_acl.h>
#include <sys/zfs_fuid.h>
#include <sys/zfs_ioctl.h>
#include <sys/zfs_onexit.h>
#include <sys/zfs_project.h>
#include <sys/zfs_quota.h>
#include <sys/zfs_sa.h>
#include <sys/zfs_vfsops.h>
#include <sys/zfs_znode.h>
#include <sys/zio.h>
#include <sys/zio_checksum.h>
#include <sys/zvol.h>
#include <zfs_fletcher.h>
#include <zfs_prop.h>

/* A signal is pending if the client says so or has gone. */
#undef issig
#define issig(why) client_has_signal()
#define signal_pending(task) client_has_signal()

/* Lets others run, as the kernel's does. */
#define schedule() sched_yield()

#define mutex_owned(mutex) MUTEX_HELD(mutex)

boolean_t client_has_signal(void);

/* The list is reported entry by entry and under locks, so that entries go to its client later; see errlog.c. */
#define spa_get_errlog kernel_get_errlog
#define copyout(from, to, length) errlog_keep(from, length)

int errlog_keep(const void *entry, size_t length);

#define _KERNEL

#endif
