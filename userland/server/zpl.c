/*
 * What a new file system has in it before it is mounted for the first time: the
 * master node with the properties fixed at creation, the registry of system
 * attributes, the queue of unlinked files, and an empty root directory that
 * belongs to root and has mode 0755.
 */
#include "attributes.h"

#include <sys/acl.h>
#include <sys/dmu_objset.h>
#include <sys/dmu_tx.h>
#include <sys/dsl_dataset.h>
#include <sys/dsl_dir.h>
#include <sys/dsl_pool.h>
#include <sys/spa.h>
#include <sys/stat.h>
#include <sys/u8_textprep.h>
#include <sys/zap.h>
#include <sys/zfs_ioctl.h>
#include <sys/zfs_sa.h>
#include <sys/zfs_vfsops.h>
#include <sys/zfs_znode.h>

#include <dlfcn.h>
#include <time.h>
#include <zfs_comutil.h>
#include <zfs_prop.h>

#define ROOT_MODE (S_IFDIR | 0755)
#define ROOT_FLAGS                                                                            \
	(ZFS_AV_MODIFIED | ZFS_ARCHIVE | ZFS_NO_EXECS_DENIED | ZFS_ACL_AUTO_INHERIT | ZFS_ACL_TRIVIAL)

/* Everybody may look at a file and its attributes, whatever else. */
#define LOOK (ACE_READ_ACL | ACE_READ_ATTRIBUTES | ACE_READ_NAMED_ATTRS | ACE_SYNCHRONIZE)
#define ENTER (ACE_LIST_DIRECTORY | ACE_TRAVERSE)
#define CHANGE                                                                                \
	(ACE_ADD_FILE | ACE_ADD_SUBDIRECTORY | ACE_DELETE_CHILD | ACE_WRITE_ATTRIBUTES |          \
	    ACE_WRITE_NAMED_ATTRS | ACE_WRITE_ACL | ACE_WRITE_OWNER)

/* The access list that says no more than the mode. */
static const zfs_ace_hdr_t root_aces[TRIVIAL_ACES] = {
    {ACE_ACCESS_ALLOWED_ACE_TYPE, ACE_OWNER, LOOK | ENTER | CHANGE},
    {ACE_ACCESS_ALLOWED_ACE_TYPE, ACE_GROUP | ACE_IDENTIFIER_GROUP, LOOK | ENTER},
    {ACE_ACCESS_ALLOWED_ACE_TYPE, ACE_EVERYONE, LOOK | ENTER},
};

struct creation {
	uint64_t version;
	uint64_t normalization;
	uint64_t sense;
};

static struct creation write_properties(objset_t *os, nvlist_t *zplprops, dmu_tx_t *tx)
{
	struct creation creation = {
	    .version = (uint64_t)zfs_zpl_version_map((int)spa_version(dmu_objset_spa(os))),
	    .sense = ZFS_CASE_SENSITIVE,
	};

	for (nvpair_t *pair = nvlist_next_nvpair(zplprops, NULL); pair != NULL;
	     pair = nvlist_next_nvpair(zplprops, pair)) {
		const char *name = nvpair_name(pair);
		uint64_t value = fnvpair_value_uint64(pair);

		if (strcmp(name, zfs_prop_to_name(ZFS_PROP_VERSION)) == 0) {
			creation.version = MIN(creation.version, value);
			continue;
		}
		if (strcmp(name, zfs_prop_to_name(ZFS_PROP_NORMALIZE)) == 0)
			creation.normalization = value;
		if (strcmp(name, zfs_prop_to_name(ZFS_PROP_CASE)) == 0)
			creation.sense = value;
		VERIFY0(zap_update(os, MASTER_NODE_OBJ, name, 8, 1, &value, tx));
	}
	VERIFY0(zap_update(os, MASTER_NODE_OBJ, ZPL_VERSION_STR, 8, 1, &creation.version, tx));
	return creation;
}

/* An object that the master node points to. */
static uint64_t create_entry(objset_t *os, const char *name, dmu_object_type_t type, dmu_tx_t *tx)
{
	uint64_t object = zap_create(os, type, DMU_OT_NONE, 0, tx);

	VERIFY0(zap_add(os, MASTER_NODE_OBJ, name, 8, 1, &object, tx));
	return object;
}

static void write_attributes(objset_t *os, uint64_t registry, uint64_t root, dmu_tx_t *tx)
{
	const struct attributes attributes = {
	    .mode = ROOT_MODE,
	    .size = 2,
	    .links = 2,
	    .parent = root,
	    .flags = ROOT_FLAGS,
	    .aces = root_aces,
	};

	attributes_write(os, registry, root, &attributes, tx);
}

/* File systems of versions before 5 have a fixed structure in place of attributes. */
static void write_znode(objset_t *os, uint64_t root, dmu_tx_t *tx)
{
	dmu_buf_t *bonus;
	znode_phys_t *znode;

	VERIFY0(dmu_bonus_hold(os, root, FTAG, &bonus));
	dmu_buf_will_dirty(bonus, tx);
	znode = bonus->db_data;
	memset(znode, 0, sizeof(*znode));
	znode->zp_crtime[0] = (uint64_t)time(NULL);
	znode->zp_atime[0] = znode->zp_mtime[0] = znode->zp_ctime[0] = znode->zp_crtime[0];
	znode->zp_gen = dmu_tx_get_txg(tx);
	znode->zp_mode = ROOT_MODE;
	znode->zp_size = 2;
	znode->zp_links = 2;
	znode->zp_parent = root;
	znode->zp_flags = ROOT_FLAGS;
	znode->zp_acl.z_acl_version = ZFS_ACL_VERSION_FUID;
	znode->zp_acl.z_acl_count = ARRAY_SIZE(root_aces);
	znode->zp_acl.z_acl_size = sizeof(root_aces);
	memcpy(znode->zp_acl.z_ace_data, root_aces, sizeof(root_aces));
	dmu_buf_rele(bonus, FTAG);
}

void zfs_create_fs(objset_t *os, cred_t *cr, nvlist_t *zplprops, dmu_tx_t *tx)
{
	struct creation creation;
	boolean_t attributes;
	uint64_t registry = 0;
	uint64_t root;
	int dnode_size = dmu_objset_dnodesize(os);
	int norm;

	(void)cr;
	VERIFY0(zap_create_claim(os, MASTER_NODE_OBJ, DMU_OT_MASTER_NODE, DMU_OT_NONE, 0, tx));
	creation = write_properties(os, zplprops, tx);
	if (creation.version >= ZPL_VERSION_SA)
		registry = create_entry(os, ZFS_SA_ATTRS, DMU_OT_SA_MASTER_NODE, tx);
	(void)create_entry(os, ZFS_UNLINKED_SET, DMU_OT_UNLINKED_SET, tx);

	norm = (int)creation.normalization;
	if (creation.sense == ZFS_CASE_INSENSITIVE || creation.sense == ZFS_CASE_MIXED)
		norm |= U8_TEXTPREP_TOUPPER;
	attributes = USE_SA(creation.version, os);
	root = zap_create_norm_dnsize(os, norm, DMU_OT_DIRECTORY_CONTENTS,
	    attributes ? DMU_OT_SA : DMU_OT_ZNODE,
	    attributes ? DN_BONUS_SIZE(dnode_size) : (int)sizeof(znode_phys_t), dnode_size, tx);
	if (attributes)
		write_attributes(os, registry, root, tx);
	else
		write_znode(os, root, tx);
	VERIFY0(zap_add(os, MASTER_NODE_OBJ, ZFS_ROOT_OBJ, 8, 1, &root, tx));
}

int zfs_get_zplprop(objset_t *os, zfs_prop_t prop, uint64_t *value)
{
	const char *name = prop == ZFS_PROP_VERSION ? ZPL_VERSION_STR : zfs_prop_to_name(prop);
	int error = os == NULL ? ENOENT : zap_lookup(os, MASTER_NODE_OBJ, name, 8, 1, value);

	if (error != ENOENT)
		return error;
	switch (prop) {
	case ZFS_PROP_VERSION:
		*value = ZPL_VERSION;
		return 0;
	case ZFS_PROP_NORMALIZE:
	case ZFS_PROP_UTF8ONLY:
		*value = 0;
		return 0;
	case ZFS_PROP_CASE:
		*value = ZFS_CASE_SENSITIVE;
		return 0;
	case ZFS_PROP_ACLTYPE:
		*value = ZFS_ACLTYPE_OFF;
		return 0;
	default:
		return error;
	}
}

/* The registry of system attributes is there from that version on; what is older stays as it is. */
static void raise_version(objset_t *os, uint64_t from, uint64_t to, dmu_tx_t *tx)
{
	VERIFY0(zap_update(os, MASTER_NODE_OBJ, ZPL_VERSION_STR, 8, 1, &to, tx));
	if (from < ZPL_VERSION_SA && to >= ZPL_VERSION_SA)
		(void)create_entry(os, ZFS_SA_ATTRS, DMU_OT_SA_MASTER_NODE, tx);
	spa_history_log_internal_ds(dmu_objset_ds(os), "upgrade", tx, "from %llu to %llu",
	    (u_longlong_t)from, (u_longlong_t)to);
}

int zfs_set_version(zfsvfs_t *zfsvfs, uint64_t version)
{
	objset_t *os = zfsvfs->z_os;
	dmu_tx_t *tx;
	int error;

	if (version < ZPL_VERSION_INITIAL || version > ZPL_VERSION || version < zfsvfs->z_version)
		return EINVAL;
	if ((uint64_t)zfs_spa_version_map((int)version) > spa_version(dmu_objset_spa(os)))
		return ENOTSUP;
	tx = dmu_tx_create(os);
	dmu_tx_hold_zap(tx, MASTER_NODE_OBJ, B_TRUE, ZFS_SA_ATTRS);
	dmu_tx_hold_zap(tx, DMU_NEW_OBJECT, B_FALSE, NULL);
	error = dmu_tx_assign(tx, TXG_WAIT);
	if (error != 0) {
		dmu_tx_abort(tx);
		return error;
	}
	raise_version(os, zfsvfs->z_version, version, tx);
	dmu_tx_commit(tx);
	zfsvfs->z_version = version;
	os->os_version = version;
	return 0;
}

/*
 * Stands before libzpool's function of this name, which leaves the root file
 * system of a new pool empty where the kernel's fills it.  Both happen in the
 * pool's first transaction group.
 */
dsl_pool_t *dsl_pool_create(spa_t *spa, nvlist_t *zplprops, dsl_crypto_params_t *dcp, uint64_t txg)
{
	dsl_pool_t *(*create)(spa_t *, nvlist_t *, dsl_crypto_params_t *, uint64_t);
	dsl_pool_t *pool;
	dsl_dataset_t *ds;
	objset_t *os;
	dmu_tx_t *tx;

	*(void **)&create = dlsym(RTLD_NEXT, "dsl_pool_create");
	pool = create(spa, zplprops, dcp, txg);
	tx = dmu_tx_create_assigned(pool, txg);
	rrw_enter(&pool->dp_config_rwlock, RW_WRITER, FTAG);
	VERIFY0(dsl_dataset_hold_obj_flags(pool,
	    dsl_dir_phys(pool->dp_root_dir)->dd_head_dataset_obj, DS_HOLD_FLAG_DECRYPT, FTAG, &ds));
	VERIFY0(dmu_objset_from_ds(ds, &os));
	zfs_create_fs(os, NULL, zplprops, tx);
	dsl_dataset_rele_flags(ds, DS_HOLD_FLAG_DECRYPT, FTAG);
	rrw_exit(&pool->dp_config_rwlock, FTAG);
	dmu_tx_commit(tx);
	return pool;
}
