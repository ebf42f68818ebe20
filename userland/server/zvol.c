/*
 * Volumes without their block device: an object for the data, an object for
 * the size.
 */
#include <sys/dmu_objset.h>
#include <sys/dmu_tx.h>
#include <sys/dsl_dataset.h>
#include <sys/spa.h>
#include <sys/zap.h>
#include <sys/zfeature.h>
#include <sys/zfs_ioctl.h>
#include <sys/zvol.h>

#include <zfs_prop.h>

#define SIZE_ENTRY "size"

void *zvol_tag(zvol_state_handle_t *zv)
{
	return zv;
}

int zvol_init(void)
{
	return 0;
}

void zvol_fini(void)
{
}

int zvol_check_volsize(uint64_t volsize, uint64_t blocksize)
{
	return volsize == 0 || volsize % blocksize != 0 ? EINVAL : 0;
}

int zvol_check_volblocksize(const char *name, uint64_t blocksize)
{
	if (blocksize > SPA_OLD_MAXBLOCKSIZE) {
		boolean_t large;
		spa_t *spa;
		int error = spa_open(name, &spa, FTAG);

		if (error != 0)
			return error;
		large = spa_feature_is_enabled(spa, SPA_FEATURE_LARGE_BLOCKS);
		spa_close(spa, FTAG);
		if (!large)
			return ENOTSUP;
		if (blocksize > (uint64_t)zfs_max_recordsize)
			return EDOM;
	}
	if (blocksize < SPA_MINBLOCKSIZE || blocksize > SPA_MAXBLOCKSIZE || !ISP2(blocksize))
		return EDOM;
	return 0;
}

void zvol_create_cb(objset_t *os, void *arg, cred_t *cr, dmu_tx_t *tx)
{
	const char *size_name = zfs_prop_to_name(ZFS_PROP_VOLSIZE);
	const char *block_name = zfs_prop_to_name(ZFS_PROP_VOLBLOCKSIZE);
	nvlist_t *properties = ((zfs_creat_t *)arg)->zct_props;
	uint64_t size = fnvlist_lookup_uint64(properties, size_name);
	uint64_t block = zfs_prop_default_numeric(ZFS_PROP_VOLBLOCKSIZE);

	(void)cr;
	(void)nvlist_lookup_uint64(properties, block_name, &block);
	VERIFY0(dmu_object_claim(os, ZVOL_OBJ, DMU_OT_ZVOL, (int)block, DMU_OT_NONE, 0, tx));
	VERIFY0(zap_create_claim(os, ZVOL_ZAP_OBJ, DMU_OT_ZVOL_PROP, DMU_OT_NONE, 0, tx));
	VERIFY0(zap_update(os, ZVOL_ZAP_OBJ, SIZE_ENTRY, 8, 1, &size, tx));

	/* They are in the objects now and must not be set as properties as well. */
	(void)nvlist_remove_all(properties, size_name);
	(void)nvlist_remove_all(properties, block_name);
}

int zvol_get_stats(objset_t *os, nvlist_t *nv)
{
	dmu_object_info_t info;
	uint64_t size;
	int error = zap_lookup(os, ZVOL_ZAP_OBJ, SIZE_ENTRY, 8, 1, &size);

	if (error != 0)
		return error;
	dsl_prop_nvlist_add_uint64(nv, ZFS_PROP_VOLSIZE, size);
	error = dmu_object_info(os, ZVOL_OBJ, &info);
	if (error == 0)
		dsl_prop_nvlist_add_uint64(nv, ZFS_PROP_VOLBLOCKSIZE, info.doi_data_block_size);
	return error;
}

static int resize(objset_t *os, uint64_t size)
{
	dmu_object_info_t info;
	dmu_tx_t *tx;
	uint64_t txg;
	int error = dmu_object_info(os, ZVOL_OBJ, &info);

	if (error == 0)
		error = zvol_check_volsize(size, info.doi_data_block_size);
	if (error != 0)
		return error;
	tx = dmu_tx_create(os);
	dmu_tx_hold_zap(tx, ZVOL_ZAP_OBJ, TRUE, NULL);
	dmu_tx_mark_netfree(tx);
	error = dmu_tx_assign(tx, TXG_WAIT);
	if (error != 0) {
		dmu_tx_abort(tx);
		return error;
	}
	txg = dmu_tx_get_txg(tx);
	error = zap_update(os, ZVOL_ZAP_OBJ, SIZE_ENTRY, 8, 1, &size, tx);
	dmu_tx_commit(tx);
	txg_wait_synced(dmu_objset_pool(os), txg);
	return error == 0 ? dmu_free_long_range(os, ZVOL_OBJ, size, DMU_OBJECT_END) : error;
}

int zvol_set_volsize(const char *name, uint64_t volsize)
{
	uint64_t readonly;
	objset_t *os;
	int error = dsl_prop_get_integer(name, zfs_prop_to_name(ZFS_PROP_READONLY), &readonly, NULL);

	if (error != 0)
		return error;
	if (readonly)
		return EROFS;
	error = dmu_objset_own(name, DMU_OST_ZVOL, B_FALSE, B_TRUE, FTAG, &os);
	if (error != 0)
		return error;
	error = resize(os, volsize);
	dmu_objset_disown(os, B_TRUE, FTAG);
	return error;
}

/* Nothing but the property itself: there are no device nodes to come and go. */
int zvol_set_snapdev(const char *name, zprop_source_t source, uint64_t snapdev)
{
	return dsl_prop_set_int(name, zfs_prop_to_name(ZFS_PROP_SNAPDEV), source, snapdev);
}

int zvol_set_volmode(const char *name, zprop_source_t source, uint64_t volmode)
{
	return dsl_prop_set_int(name, zfs_prop_to_name(ZFS_PROP_VOLMODE), source, volmode);
}

int zvol_set_common(const char *name, zfs_prop_t prop, zprop_source_t source, uint64_t value)
{
	return dsl_prop_set_int(name, zfs_prop_to_name(prop), source, value);
}

/* The device of a volume would follow; what has none refuses. */
int zvol_set_volthreading(const char *name, boolean_t value)
{
	objset_t *os;
	int error = dmu_objset_hold(name, FTAG, &os);

	(void)value;
	if (error != 0)
		return error;
	if (dmu_objset_type(os) != DMU_OST_ZVOL)
		error = ENOENT;
	dmu_objset_rele(os, FTAG);
	return error;
}

/* That there is no device is no error here: the property is set all the same. */
int zvol_set_ro(const char *name, boolean_t value)
{
	(void)name;
	(void)value;
	return -1;
}

/* No volume is in use by a block device, so that none needs to be stopped for a rollback or receive. */
zvol_state_handle_t *zvol_suspend(const char *name)
{
	(void)name;
	return NULL;
}

int zvol_resume(zvol_state_handle_t *zv)
{
	(void)zv;
	return 0;
}
