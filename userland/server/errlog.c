/*
 * The list of damaged blocks for ZFS_IOC_ERROR_LOG: libzpool keeps it, but its
 * function that reports it does nothing in user space.
 */
#include "channel.h"

#include <sys/spa.h>
#include <sys/spa_impl.h>
#include <sys/zap.h>

#include <stdio.h>

struct report {
	zbookmark_phys_t *blocks;
	size_t room;
	size_t count;
};

static int add(struct report *report, const zbookmark_phys_t *block)
{
	if (report->count == report->room)
		return ENOMEM;
	report->blocks[report->count++] = *block;
	return 0;
}

/* Blocks on disk are named by their four numbers in hexadecimal, with colons between. */
static int add_stored(struct report *report, spa_t *spa, uint64_t log)
{
	zap_attribute_t entry;
	zap_cursor_t cursor;
	int error = 0;

	if (log == 0)
		return 0;
	for (zap_cursor_init(&cursor, spa->spa_meta_objset, log);
	     error == 0 && zap_cursor_retrieve(&cursor, &entry) == 0; zap_cursor_advance(&cursor)) {
		unsigned long long objset, object, level, block;

		if (sscanf(entry.za_name, "%llx:%llx:%llx:%llx", &objset, &object, &level, &block) == 4) {
			zbookmark_phys_t bookmark = {objset, object, (int64_t)level, block};

			error = add(report, &bookmark);
		}
	}
	zap_cursor_fini(&cursor);
	return error;
}

static int add_remembered(struct report *report, avl_tree_t *list)
{
	int error = 0;

	for (spa_error_entry_t *entry = avl_first(list); error == 0 && entry != NULL;
	     entry = AVL_NEXT(list, entry))
		error = add(report, &entry->se_bookmark);
	return error;
}

/*
 * Replaces libzpool's.  `count` is the room in entries and becomes what is left
 * of it; the entries fill the room from its end.
 */
int spa_get_errlog(spa_t *spa, void *address, size_t *count)
{
	size_t size = MIN(*count, spa_get_errlog_size(spa) + 64) * sizeof(zbookmark_phys_t);
	struct report report = {.room = size / sizeof(zbookmark_phys_t)};
	int error;

	if (size == 0)
		return spa_get_errlog_size(spa) == 0 ? 0 : ENOMEM;
	report.blocks = kmem_alloc(size, KM_SLEEP);
	mutex_enter(&spa->spa_errlog_lock);
	error = add_stored(&report, spa, spa->spa_errlog_scrub);
	if (error == 0 && !spa->spa_scrub_finished)
		error = add_stored(&report, spa, spa->spa_errlog_last);
	mutex_enter(&spa->spa_errlist_lock);
	if (error == 0)
		error = add_remembered(&report, &spa->spa_errlist_scrub);
	if (error == 0)
		error = add_remembered(&report, &spa->spa_errlist_last);
	mutex_exit(&spa->spa_errlist_lock);
	mutex_exit(&spa->spa_errlog_lock);
	if (error == 0) {
		*count -= report.count;
		error = channel_write((uint64_t)(uintptr_t)address + *count * sizeof(zbookmark_phys_t),
		    report.blocks, report.count * sizeof(zbookmark_phys_t));
	}
	kmem_free(report.blocks, size);
	return error;
}
