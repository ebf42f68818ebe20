/*
 * The file systems that were read last stay open, as a kernel has those open that
 * are mounted.  Otherwise every ioctl that looks at one would open it anew, which
 * takes several times as long as looking.
 *
 * They are held as a send holds its snapshot.  Nothing may be held where a dataset
 * goes, is renamed, is received into or changes its key, and where a pool ends:
 * all are given up before every ioctl that is not known to get along with mounted
 * file systems, and none is taken while one runs.
 */
#include "heads.h"

#include <sys/dmu_objset.h>
#include <sys/dsl_dataset.h>
#include <sys/dsl_dir.h>
#include <sys/dsl_pool.h>
#include <sys/fs/zfs.h>

#include <pthread.h>
#include <string.h>

/* More are open on many a kernel; these are what the threads of a client look at by turns. */
#define MOST_HEADS 64

struct head {
	char name[ZFS_MAX_DATASET_NAME_LEN];
	dsl_dataset_t *dataset; /* NULL: free */
	uint64_t used;          /* the greatest was used last */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct head heads[MOST_HEADS];
static uint64_t uses;
static unsigned changes; /* ioctls under way that nothing may be held for */

/* Those that read one file system, named in the command, or what hangs on it. */
static boolean_t reads_head(uint32_t request)
{
	switch (request) {
	case ZFS_IOC_OBJSET_STATS:
	case ZFS_IOC_OBJSET_ZPLPROPS:
	case ZFS_IOC_DATASET_LIST_NEXT:
	case ZFS_IOC_SNAPSHOT_LIST_NEXT:
		return B_TRUE;
	default:
		return B_FALSE;
	}
}

/*
 * The frequent ones that go with file systems being open, and those that last.  The ioctls of
 * accounting do not: an upgrade that one of them starts is begun anew only where a file system
 * is opened anew.
 */
static boolean_t leaves_heads(uint32_t request)
{
	switch (request) {
	case ZFS_IOC_BOOKMARK:
	case ZFS_IOC_ERROR_LOG:
	case ZFS_IOC_EVENTS_CLEAR:
	case ZFS_IOC_EVENTS_NEXT:
	case ZFS_IOC_EVENTS_SEEK:
	case ZFS_IOC_GET_BOOKMARKS:
	case ZFS_IOC_GET_BOOKMARK_PROPS:
	case ZFS_IOC_GET_FSACL:
	case ZFS_IOC_GET_HOLDS:
	case ZFS_IOC_HOLD:
	case ZFS_IOC_LOG_HISTORY:
	case ZFS_IOC_OBJSET_RECVD_PROPS:
	case ZFS_IOC_POOL_CONFIGS:
	case ZFS_IOC_POOL_GET_HISTORY:
	case ZFS_IOC_POOL_GET_PROPS:
	case ZFS_IOC_POOL_STATS:
	case ZFS_IOC_RELEASE:
	case ZFS_IOC_SEND_NEW:
	case ZFS_IOC_SEND_PROGRESS:
	case ZFS_IOC_SEND_SPACE:
	case ZFS_IOC_SNAPSHOT:
	case ZFS_IOC_SPACE_SNAPS:
	case ZFS_IOC_SPACE_WRITTEN:
	case ZFS_IOC_WAIT:
	case ZFS_IOC_WAIT_FS:
		return B_TRUE;
	default:
		return reads_head(request);
	}
}

static void let_go(dsl_dataset_t *dataset)
{
	dsl_dataset_long_rele(dataset, heads);
	dsl_dataset_rele(dataset, heads);
}

/* Takes the dataset out of its place; the lock is held. */
static dsl_dataset_t *vacate(struct head *head)
{
	dsl_dataset_t *dataset = head->dataset;

	head->dataset = NULL;
	return dataset;
}

static void let_all_go(void)
{
	dsl_dataset_t *held[MOST_HEADS];

	for (int i = 0; i < MOST_HEADS; i++)
		held[i] = vacate(&heads[i]);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < MOST_HEADS; i++) {
		if (held[i] != NULL)
			let_go(held[i]);
	}
}

static boolean_t is_open(const char *name)
{
	boolean_t found = B_FALSE;

	pthread_mutex_lock(&lock);
	for (int i = 0; i < MOST_HEADS && !found; i++) {
		found = heads[i].dataset != NULL && strcmp(heads[i].name, name) == 0;
		if (found)
			heads[i].used = ++uses;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

static struct head *find_place(void)
{
	struct head *place = &heads[0];

	for (int i = 0; i < MOST_HEADS && place->dataset != NULL; i++) {
		if (heads[i].dataset == NULL || heads[i].used < place->used)
			place = &heads[i];
	}
	return place;
}

/*
 * The pool's configuration is held, so that whoever changes something sees the
 * dataset in its place or finds it not held at all.
 */
static boolean_t put(const char *name, dsl_dataset_t *dataset, dsl_dataset_t **displaced)
{
	struct head *place = NULL;

	pthread_mutex_lock(&lock);
	if (changes == 0) {
		place = find_place();
		*displaced = vacate(place);
		dsl_dataset_long_hold(dataset, heads);
		strcpy(place->name, name);
		place->dataset = dataset;
		place->used = ++uses;
	}
	pthread_mutex_unlock(&lock);
	return place != NULL;
}

/* What a kernel could mount at once; keys and what is half received are left to the ioctls themselves. */
static boolean_t could_be_mounted(dsl_dataset_t *dataset)
{
	objset_t *os;

	return !dataset->ds_is_snapshot && !DS_IS_INCONSISTENT(dataset) &&
	    dataset->ds_dir->dd_crypto_obj == 0 && dmu_objset_from_ds(dataset, &os) == 0 &&
	    dmu_objset_type(os) == DMU_OST_ZFS;
}

static void open_head(const char *name)
{
	dsl_dataset_t *displaced = NULL;
	dsl_dataset_t *dataset;
	dsl_pool_t *pool;

	if (dsl_pool_hold(name, FTAG, &pool) != 0)
		return;
	if (dsl_dataset_hold(pool, name, heads, &dataset) == 0 &&
	    (!could_be_mounted(dataset) || !put(name, dataset, &displaced)))
		dsl_dataset_rele(dataset, heads);
	dsl_pool_rele(pool, FTAG);
	if (displaced != NULL)
		let_go(displaced);
}

void heads_before(uint32_t request, const char *name)
{
	if (!leaves_heads(request)) {
		pthread_mutex_lock(&lock);
		changes++;
		let_all_go();
	} else if (reads_head(request) && strnlen(name, ZFS_MAX_DATASET_NAME_LEN) < ZFS_MAX_DATASET_NAME_LEN &&
	    strpbrk(name, "@#") == NULL && !is_open(name)) {
		open_head(name);
	}
}

void heads_after(uint32_t request)
{
	if (leaves_heads(request))
		return;
	pthread_mutex_lock(&lock);
	changes--;
	pthread_mutex_unlock(&lock);
}

void heads_close(void)
{
	pthread_mutex_lock(&lock);
	changes++;
	let_all_go();
}
