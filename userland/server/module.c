/*
 * The directory /sys/module/zfs as files: one directory per property and per feature, in it one file per fact.  The
 * kernel makes the same of the same tables.  What another release has left there is removed first, since a
 * directory says that the property exists.
 */
#include "module.h"

#include <sys/zfs_context.h>
#include <zfeature_common.h>
#include <zfs_prop.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char directory[] = "module/zfs";

static bool make_directory(const char *path)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST;
}

static bool write_line(const char *parent, const char *name, const char *line)
{
	char path[PATH_MAX];
	FILE *file;
	bool written;

	(void)snprintf(path, sizeof(path), "%s/%s", parent, name);
	file = fopen(path, "we");
	if (file == NULL)
		return false;
	written = fprintf(file, "%s\n", line) >= 0;
	return fclose(file) == 0 && written;
}

static bool write_flag(const char *parent, const char *name, bool value)
{
	return write_line(parent, name, value ? "1" : "0");
}

/* The word of an index property's default; there is none for a number that the table does not name. */
static const char *default_word(const zprop_desc_t *property)
{
	for (size_t i = 0; i < property->pd_table_size; i++)
		if (property->pd_table[i].pi_name != NULL && property->pd_table[i].pi_value == property->pd_numdefault)
			return property->pd_table[i].pi_name;
	return "";
}

static bool write_default(const char *parent, const zprop_desc_t *property)
{
	char number[32];

	switch (property->pd_proptype) {
	case PROP_TYPE_NUMBER:
		(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)property->pd_numdefault);
		return write_line(parent, "default", number);
	case PROP_TYPE_STRING:
		return write_line(parent, "default", property->pd_strdefault != NULL ? property->pd_strdefault : "");
	case PROP_TYPE_INDEX:
		return write_line(parent, "default", default_word(property));
	}
	return false;
}

static bool write_datasets(const char *parent, const zprop_desc_t *property)
{
	static const struct {
		int type;
		const char *name;
	} types[] = {
	    {ZFS_TYPE_FILESYSTEM, "filesystem "},
	    {ZFS_TYPE_SNAPSHOT, "snapshot "},
	    {ZFS_TYPE_VOLUME, "volume "},
	    {ZFS_TYPE_BOOKMARK, "bookmark "},
	};
	char line[64] = "";

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (property->pd_types & types[i].type)
			(void)strcat(line, types[i].name);
	return write_line(parent, "datasets", line);
}

static bool write_property(const char *path, const zprop_desc_t *property)
{
	static const char *const types[] = {"number", "string", "index"};

	return make_directory(path) && write_line(path, "type", types[property->pd_proptype]) &&
	    write_flag(path, "readonly", property->pd_attr == PROP_READONLY) &&
	    write_flag(path, "setonce", property->pd_attr == PROP_ONETIME) &&
	    write_flag(path, "visible", property->pd_visible) &&
	    write_line(path, "values", property->pd_values != NULL ? property->pd_values : "") &&
	    write_default(path, property);
}

static bool write_properties(const char *kind, const zprop_desc_t *table, int count, bool of_datasets)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/properties.%s", directory, kind);
	if (!make_directory(path))
		return false;
	for (int i = 0; i < count; i++) {
		/* Numbers that no property has any more. */
		if (table[i].pd_name == NULL)
			continue;
		(void)snprintf(path, sizeof(path), "%s/properties.%s/%s", directory, kind, table[i].pd_name);
		if (!write_property(path, &table[i]) || (of_datasets && !write_datasets(path, &table[i])))
			return false;
	}
	return true;
}

static bool write_features(void)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/features.pool", directory);
	if (!make_directory(path))
		return false;
	for (int i = 0; i < SPA_FEATURES; i++) {
		const zfeature_info_t *feature = &spa_feature_table[i];

		(void)snprintf(path, sizeof(path), "%s/features.pool/%s", directory, feature->fi_guid);
		if (!make_directory(path) || !write_line(path, "description", feature->fi_desc) ||
		    !write_line(path, "guid", feature->fi_guid) || !write_line(path, "uname", feature->fi_uname) ||
		    !write_flag(path, "readonly_compatible", feature->fi_flags & ZFEATURE_FLAG_READONLY_COMPAT) ||
		    !write_flag(path, "required_for_mos", feature->fi_flags & ZFEATURE_FLAG_MOS) ||
		    !write_flag(path, "activate_on_enable", feature->fi_flags & ZFEATURE_FLAG_ACTIVATE_ON_ENABLE) ||
		    !write_flag(path, "per_dataset", feature->fi_flags & ZFEATURE_FLAG_PER_DATASET))
			return false;
	}
	return true;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

static bool remove_all(void)
{
	return nftw("module", remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT;
}

static bool write_tables(void)
{
	return write_properties("dataset", zfs_prop_get_table(), ZFS_NUM_PROPS, true) &&
	    write_properties("pool", zpool_prop_get_table(), ZPOOL_NUM_PROPS, false) &&
#ifdef ZPOOL_VDEV_PROPS_GET_VDEV
	    write_properties("vdev", vdev_prop_get_table(), VDEV_NUM_PROPS, false) &&
#endif
	    write_features();
}

bool module_describe(void)
{
	/* Who finds the version finds the rest. */
	if (remove_all() && make_directory("module") && make_directory(directory) && write_tables() &&
	    write_line(directory, "version", ENGINE_OPENZFS))
		return true;
	fprintf(stderr, "zfs-userland-server: the directory module cannot be written: %s\n", strerror(errno));
	return false;
}
