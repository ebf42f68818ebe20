#include "files.h"

#include "attributes.h"

#include <sys/dmu_tx.h>
#include <sys/sa.h>
#include <sys/stat.h>
#include <sys/zap.h>
#include <sys/zfs_sa.h>
#include <sys/zfs_znode.h>

#include <time.h>

#define FILE_MODE (S_IFREG | 0644)
#define FILE_FLAGS (ZFS_AV_MODIFIED | ZFS_ARCHIVE | ZFS_ACL_AUTO_INHERIT | ZFS_ACL_TRIVIAL)

#define LOOK                                                                                  \
	(ACE_READ_DATA | ACE_READ_ACL | ACE_READ_ATTRIBUTES | ACE_READ_NAMED_ATTRS |              \
	    ACE_SYNCHRONIZE)
#define CHANGE                                                                                \
	(ACE_WRITE_DATA | ACE_APPEND_DATA | ACE_WRITE_ATTRIBUTES | ACE_WRITE_NAMED_ATTRS |        \
	    ACE_WRITE_ACL | ACE_WRITE_OWNER)

static const zfs_ace_hdr_t file_aces[TRIVIAL_ACES] = {
    {ACE_ACCESS_ALLOWED_ACE_TYPE, ACE_OWNER, LOOK | CHANGE},
    {ACE_ACCESS_ALLOWED_ACE_TYPE, ACE_GROUP | ACE_IDENTIFIER_GROUP, LOOK},
    {ACE_ACCESS_ALLOWED_ACE_TYPE, ACE_EVERYONE, LOOK},
};

/* Where the attributes and the files of a file system are. */
struct place {
	objset_t *os;
	uint64_t registry;
	uint64_t root;
	sa_attr_type_t *types;
};

/* File systems of old versions have no system attributes. */
static int find_place(objset_t *os, struct place *place)
{
	int error = zap_lookup(os, MASTER_NODE_OBJ, ZFS_SA_ATTRS, 8, 1, &place->registry);

	if (error == ENOENT)
		return ENOTSUP;
	if (error == 0)
		error = zap_lookup(os, MASTER_NODE_OBJ, ZFS_ROOT_OBJ, 8, 1, &place->root);
	if (error == 0)
		error = sa_setup(os, place->registry, zfs_attr_table, ZPL_END, &place->types);
	place->os = os;
	return error;
}

int file_find(objset_t *os, const char *name, uint64_t *object, uint64_t *size)
{
	struct place place;
	sa_handle_t *handle;
	uint64_t entry;
	int error = find_place(os, &place);

	if (error == 0)
		error = zap_lookup(os, place.root, name, 8, 1, &entry);
	if (error != 0)
		return error;
	*object = ZFS_DIRENT_OBJ(entry);
	error = sa_handle_get(os, *object, NULL, SA_HDL_PRIVATE, &handle);
	if (error != 0)
		return error;
	error = sa_lookup(handle, place.types[ZPL_SIZE], size, 8);
	sa_handle_destroy(handle);
	return error;
}

/* The size of a directory is the number of its entries. */
static void add_entry(const struct place *place, sa_handle_t *root, const char *name,
    uint64_t object, dmu_tx_t *tx)
{
	uint64_t entry = object | (uint64_t)IFTODT(FILE_MODE) << 60;
	uint64_t now[2] = {(uint64_t)time(NULL), 0};
	uint64_t size;

	VERIFY0(zap_add(place->os, place->root, name, 8, 1, &entry, tx));
	VERIFY0(sa_lookup(root, place->types[ZPL_SIZE], &size, 8));
	size++;
	VERIFY0(sa_update(root, place->types[ZPL_SIZE], &size, 8, tx));
	VERIFY0(sa_update(root, place->types[ZPL_MTIME], now, 16, tx));
	VERIFY0(sa_update(root, place->types[ZPL_CTIME], now, 16, tx));
}

/* A file of one block has a block of its own size, a larger one blocks of the record size. */
static int block_size(objset_t *os, uint64_t size)
{
	uint64_t whole = P2ROUNDUP(MAX(size, 1), SPA_MINBLOCKSIZE);

	return (int)MIN(whole, (uint64_t)os->os_recordsize);
}

static uint64_t create_object(const struct place *place, const struct zfs_userland_open *wanted,
    dmu_tx_t *tx)
{
	struct attributes attributes = {
	    .mode = FILE_MODE,
	    .size = wanted->size,
	    .links = 1,
	    .owner = wanted->owner,
	    .group = wanted->group,
	    .project = wanted->project,
	    .parent = place->root,
	    .flags = FILE_FLAGS | (wanted->project != 0 ? ZFS_PROJID : 0),
	    .aces = file_aces,
	};
	int dnode_size = dmu_objset_dnodesize(place->os);
	uint64_t object = dmu_object_alloc_dnsize(place->os, DMU_OT_PLAIN_FILE_CONTENTS,
	    block_size(place->os, wanted->size), DMU_OT_SA, DN_BONUS_SIZE(dnode_size), dnode_size, tx);

	attributes_write(place->os, place->registry, object, &attributes, tx);
	return object;
}

int file_create(objset_t *os, const struct zfs_userland_open *wanted, uint64_t *object)
{
	struct place place;
	sa_handle_t *root;
	dmu_tx_t *tx;
	int error = find_place(os, &place);

	if (error == 0 && wanted->project != 0 && !dmu_objset_projectquota_enabled(os))
		error = ENOTSUP;
	if (error == 0)
		error = sa_handle_get(os, place.root, NULL, SA_HDL_PRIVATE, &root);
	if (error != 0)
		return error;
	tx = dmu_tx_create(os);
	dmu_tx_hold_sa_create(tx, ZFS_SA_BASE_ATTR_SIZE);
	dmu_tx_hold_zap(tx, place.root, B_TRUE, wanted->file);
	dmu_tx_hold_sa(tx, root, B_FALSE);
	error = dmu_tx_assign(tx, TXG_WAIT);
	if (error == 0) {
		*object = create_object(&place, wanted, tx);
		add_entry(&place, root, wanted->file, *object, tx);
		dmu_tx_commit(tx);
	} else {
		dmu_tx_abort(tx);
	}
	sa_handle_destroy(root);
	return error;
}
