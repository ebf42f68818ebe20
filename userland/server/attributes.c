#include "attributes.h"

#include <sys/dmu_tx.h>
#include <sys/sa.h>
#include <sys/zfs_sa.h>
#include <sys/zfs_znode.h>

#include <time.h>

static void locate_aces(void **data, uint32_t *length, uint32_t total, boolean_t start, void *aces)
{
	(void)total;
	(void)start;
	*data = aces;
	*length = TRIVIAL_ACES * sizeof(zfs_ace_hdr_t);
}

/*
 * In the order of the layout that the kernel registers.  Accounting finds owner,
 * group and project by their distance from the beginning.
 */
void attributes_write(objset_t *os, uint64_t registry, uint64_t object,
    const struct attributes *attributes, dmu_tx_t *tx)
{
	struct attributes of = *attributes;
	uint64_t generation = dmu_tx_get_txg(tx), ace_count = TRIVIAL_ACES;
	uint64_t now[2] = {(uint64_t)time(NULL), 0};
	sa_bulk_attr_t bulk[ZPL_END];
	sa_attr_type_t *types;
	sa_handle_t *handle;
	int count = 0;

	VERIFY0(sa_setup(os, registry, zfs_attr_table, ZPL_END, &types));
	VERIFY0(sa_handle_get(os, object, NULL, SA_HDL_PRIVATE, &handle));
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_MODE], NULL, &of.mode, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_SIZE], NULL, &of.size, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_GEN], NULL, &generation, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_UID], NULL, &of.owner, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_GID], NULL, &of.group, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_PARENT], NULL, &of.parent, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_FLAGS], NULL, &of.flags, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_ATIME], NULL, now, 16);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_MTIME], NULL, now, 16);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_CTIME], NULL, now, 16);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_CRTIME], NULL, now, 16);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_LINKS], NULL, &of.links, 8);
	if ((of.flags & ZFS_PROJID) != 0)
		SA_ADD_BULK_ATTR(bulk, count, types[ZPL_PROJID], NULL, &of.project, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_DACL_COUNT], NULL, &ace_count, 8);
	SA_ADD_BULK_ATTR(bulk, count, types[ZPL_DACL_ACES], locate_aces, (void *)of.aces,
	    TRIVIAL_ACES * sizeof(zfs_ace_hdr_t));
	VERIFY0(sa_replace_all_by_template(handle, bulk, count, tx));
	sa_handle_destroy(handle);
}
