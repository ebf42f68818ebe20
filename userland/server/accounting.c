/*
 * Space and objects by user, group and project.  The counting and the quotas are
 * OpenZFS's own, from files that are compiled as in the kernel; what stands here
 * opens an unmounted file system for them.
 */
#include "channel.h"

#include <sys/dmu_objset.h>
#include <sys/spa.h>
#include <sys/zap.h>
#include <sys/zfs_fuid.h>
#include <sys/zfs_ioctl_impl.h>
#include <sys/zfs_quota.h>
#include <sys/zfs_znode.h>

#include <zfs_comutil.h>
#include <zfs_prop.h>

#include <pthread.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static zfsvfs_t *owners;

/* From here on every file that changes is counted for those who own it. */
void zfs_init(void)
{
	dmu_objset_register_type(DMU_OST_ZFS, zpl_get_file_info);
}

void zfs_fini(void)
{
}

/* An object that the master node may name; 0 if it does not. */
static int find_entry(objset_t *os, const char *name, uint64_t *object)
{
	int error = zap_lookup(os, MASTER_NODE_OBJ, name, 8, 1, object);

	if (error != ENOENT)
		return error;
	*object = 0;
	return 0;
}

static int read_master_node(zfsvfs_t *zfsvfs, objset_t *os)
{
	const struct {
		const char *name;
		uint64_t *object;
	} entries[] = {
	    {zfs_userquota_prop_prefixes[ZFS_PROP_USERQUOTA], &zfsvfs->z_userquota_obj},
	    {zfs_userquota_prop_prefixes[ZFS_PROP_GROUPQUOTA], &zfsvfs->z_groupquota_obj},
	    {zfs_userquota_prop_prefixes[ZFS_PROP_PROJECTQUOTA], &zfsvfs->z_projectquota_obj},
	    {zfs_userquota_prop_prefixes[ZFS_PROP_USEROBJQUOTA], &zfsvfs->z_userobjquota_obj},
	    {zfs_userquota_prop_prefixes[ZFS_PROP_GROUPOBJQUOTA], &zfsvfs->z_groupobjquota_obj},
	    {zfs_userquota_prop_prefixes[ZFS_PROP_PROJECTOBJQUOTA], &zfsvfs->z_projectobjquota_obj},
	    {ZFS_FUID_TABLES, &zfsvfs->z_fuid_obj},
	};
	int error = zfs_get_zplprop(os, ZFS_PROP_VERSION, &zfsvfs->z_version);

	/* A later release has made this file system. */
	if (error == 0 &&
	    zfsvfs->z_version > (uint64_t)zfs_zpl_version_map((int)spa_version(dmu_objset_spa(os))))
		error = ENOTSUP;
	for (size_t i = 0; error == 0 && i < ARRAY_SIZE(entries); i++)
		error = find_entry(os, entries[i].name, entries[i].object);
	zfsvfs->z_os = os;
	zfsvfs->z_use_fuids = USE_FUIDS(zfsvfs->z_version, os);
	return error;
}

/* Takes the structure over even when it fails, as in the kernel. */
int zfsvfs_create_impl(zfsvfs_t **result, zfsvfs_t *zfsvfs, objset_t *os)
{
	int error;

	mutex_init(&zfsvfs->z_lock, NULL, MUTEX_DEFAULT, NULL);
	rw_init(&zfsvfs->z_fuid_lock, NULL, RW_DEFAULT, NULL);
	error = read_master_node(zfsvfs, os);
	if (error != 0)
		zfsvfs_free(zfsvfs);
	*result = error == 0 ? zfsvfs : NULL;
	return error;
}

static boolean_t is_ours(const char *name)
{
	zfsvfs_t *each = owners;

	while (each != NULL && strcmp(each->name, name) != 0)
		each = each->next;
	return each != NULL;
}

static int wait_for_release(void)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec++;
	pthread_cond_timedwait(&released, &lock, &limit);
	return channel_present() && channel_interrupted() ? EINTR : 0;
}

/*
 * Owns a file system.  In the kernel it is most often mounted, and then any
 * number look at it at once; here they take turns, so that none hears EBUSY but
 * for what would be in its way there.
 */
static int own(zfsvfs_t *zfsvfs, const char *name, boolean_t readonly, objset_t **os)
{
	int error;

	pthread_mutex_lock(&lock);
	for (;;) {
		error = dmu_objset_own(name, DMU_OST_ZFS, readonly, B_TRUE, zfsvfs, os);
		if (error != EBUSY || !is_ours(name))
			break;
		error = wait_for_release();
		if (error != 0)
			break;
	}
	if (error == 0) {
		(void)strlcpy(zfsvfs->name, name, sizeof(zfsvfs->name));
		zfsvfs->next = owners;
		owners = zfsvfs;
	}
	pthread_mutex_unlock(&lock);
	return error;
}

static void disown(zfsvfs_t *zfsvfs)
{
	zfsvfs_t **link = &owners;

	pthread_mutex_lock(&lock);
	while (*link != zfsvfs)
		link = &(*link)->next;
	*link = zfsvfs->next;
	pthread_cond_broadcast(&released);
	pthread_mutex_unlock(&lock);
}

int zfsvfs_create(const char *name, boolean_t readonly, zfsvfs_t **result)
{
	zfsvfs_t *zfsvfs = kmem_zalloc(sizeof(*zfsvfs), KM_SLEEP);
	objset_t *os;
	int error = own(zfsvfs, name, readonly || strchr(name, '@') != NULL, &os);

	if (error != 0) {
		kmem_free(zfsvfs, sizeof(*zfsvfs));
		return error;
	}
	error = zfsvfs_create_impl(result, zfsvfs, os);
	/* The pointer is only the name of the owner. */
	if (error != 0)
		dmu_objset_disown(os, B_TRUE, zfsvfs);
	return error;
}

/*
 * Comes after the object set was disowned.  Channel programs make some that own
 * nothing, while they hold what an owner to be may wait for: those must not wait
 * for the lock.
 */
void zfsvfs_free(zfsvfs_t *zfsvfs)
{
	if (zfsvfs->name[0] != '\0')
		disown(zfsvfs);
	if (zfsvfs->z_fuid_loaded)
		zfs_fuid_destroy(zfsvfs);
	rw_destroy(&zfsvfs->z_fuid_lock);
	mutex_destroy(&zfsvfs->z_lock);
	kmem_free(zfsvfs, sizeof(*zfsvfs));
}
