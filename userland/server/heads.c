/*
 * The file systems that were read last stay open, as a kernel has those open that
 * are mounted.  Otherwise every ioctl that looks at one would open it anew, which
 * takes several times as long as looking.
 *
 * They are held as a send holds its snapshot.  Nothing may be held where a file
 * system goes, is renamed, is received into or changes its key, and where a pool
 * ends: before every ioctl that is not known to get along with mounted file
 * systems those in its way are given up, and none is taken while one runs.
 */
#include "heads.h"

#include <sys/dmu_objset.h>
#include <sys/dsl_dataset.h>
#include <sys/dsl_dir.h>
#include <sys/dsl_pool.h>
#include <sys/fs/zfs.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/*
 * A kernel has no limits.  Once something inside one was read, its way there stays
 * in memory, which is most of a megabyte; one that was only looked at takes little.
 */
#define MOST_HEADS 4096
#define MOST_READ 64

struct head {
	LIST_ENTRY(head) named;
	TAILQ_ENTRY(head) used;
	struct kind *kind;
	dsl_dataset_t *dataset;
	char name[ZFS_MAX_DATASET_NAME_LEN];
};

LIST_HEAD(names, head);
TAILQ_HEAD(uses, head);

struct kind {
	struct uses heads; /* the one that was used last is the last */
	unsigned count;
	unsigned most;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct names names[MOST_HEADS]; /* by what the name hashes to */
static struct kind looked_at = {.heads = TAILQ_HEAD_INITIALIZER(looked_at.heads), .most = MOST_HEADS};
static struct kind read_inside = {.heads = TAILQ_HEAD_INITIALIZER(read_inside.heads), .most = MOST_READ};
static unsigned changes; /* ioctls under way that something had to be given up for */

enum effect {
	EFFECT_READS,  /* one file system, named in the command, or what hangs on it */
	EFFECT_NONE,   /* on file systems that are open, and those need not wait for it */
	EFFECT_ON_ONE, /* the one that is named in the command, and those below */
	EFFECT_ON_ANY,
	EFFECT_ON_POOL, /* on any, and on a pool that must be used by nothing */
};

/*
 * The ioctls of accounting are in the way of one that is open: an upgrade that one of them starts
 * is begun anew only where a file system is opened anew.
 */
static enum effect effect_of(uint32_t request)
{
	switch (request) {
	case ZFS_IOC_OBJSET_STATS:
	case ZFS_IOC_OBJSET_ZPLPROPS:
	case ZFS_IOC_DATASET_LIST_NEXT:
	case ZFS_IOC_SNAPSHOT_LIST_NEXT:
		return EFFECT_READS;
	case ZFS_IOC_BOOKMARK:
	case ZFS_IOC_CLONE:
	case ZFS_IOC_CREATE:
	case ZFS_IOC_DESTROY_BOOKMARKS:
	case ZFS_IOC_DESTROY_SNAPS:
	case ZFS_IOC_ERROR_LOG:
	case ZFS_IOC_EVENTS_CLEAR:
	case ZFS_IOC_EVENTS_NEXT:
	case ZFS_IOC_EVENTS_SEEK:
	case ZFS_IOC_GET_BOOKMARKS:
	case ZFS_IOC_GET_BOOKMARK_PROPS:
	case ZFS_IOC_GET_FSACL:
	case ZFS_IOC_GET_HOLDS:
	case ZFS_IOC_HOLD:
	case ZFS_IOC_INHERIT_PROP:
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
	case ZFS_IOC_SET_PROP:
	case ZFS_IOC_SNAPSHOT:
	case ZFS_IOC_SPACE_SNAPS:
	case ZFS_IOC_SPACE_WRITTEN:
	case ZFS_IOC_WAIT:
	case ZFS_IOC_WAIT_FS:
		return EFFECT_NONE;
	case ZFS_IOC_DESTROY:
	case ZFS_IOC_PROMOTE:
	case ZFS_IOC_RENAME:
	case ZFS_IOC_ROLLBACK:
	case ZFS_IOC_USERSPACE_MANY:
	case ZFS_IOC_USERSPACE_ONE:
	case ZFS_IOC_USERSPACE_UPGRADE:
		return EFFECT_ON_ONE;
	case ZFS_IOC_POOL_DESTROY:
	case ZFS_IOC_POOL_EXPORT:
		return EFFECT_ON_POOL;
	default:
		return EFFECT_ON_ANY;
	}
}

static struct names *names_like(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return &names[hash % MOST_HEADS];
}

/* The lock is held, here and where nothing else is said. */
static struct head *find(const char *name)
{
	struct head *head;

	LIST_FOREACH(head, names_like(name), named) {
		if (strcmp(head->name, name) == 0)
			break;
	}
	return head;
}

static void leave_kind(struct head *head)
{
	TAILQ_REMOVE(&head->kind->heads, head, used);
	head->kind->count--;
}

/* Under the lock, so that whoever then finds it no more finds it held no more either. */
static void let_go(struct head *head)
{
	LIST_REMOVE(head, named);
	leave_kind(head);
	dsl_dataset_long_rele(head->dataset, names);
	dsl_dataset_rele(head->dataset, names);
	free(head);
}

/* Puts it last, in the place of the first where there are too many. */
static void put_last(struct head *head, struct kind *kind)
{
	if (kind->count == kind->most)
		let_go(TAILQ_FIRST(&kind->heads));
	head->kind = kind;
	TAILQ_INSERT_TAIL(&kind->heads, head, used);
	kind->count++;
}

static boolean_t is_within(const char *name, const char *tree)
{
	size_t length = strlen(tree);

	return strncmp(name, tree, length) == 0 && (name[length] == '\0' || name[length] == '/');
}

/* Those of a tree, or all. */
static void let_go_of_tree(const char *tree, struct kind *kind)
{
	struct head *next;

	for (struct head *head = TAILQ_FIRST(&kind->heads); head != NULL; head = next) {
		next = TAILQ_NEXT(head, used);
		if (tree == NULL || is_within(head->name, tree))
			let_go(head);
	}
}

/* From then on none is taken.  Without the lock. */
static void begin_change(const char *tree)
{
	pthread_mutex_lock(&lock);
	changes++;
	let_go_of_tree(tree, &looked_at);
	let_go_of_tree(tree, &read_inside);
	pthread_mutex_unlock(&lock);
}

/* One in which something was read once stays of that kind.  Without the lock. */
static boolean_t is_open(const char *name, struct kind *kind)
{
	struct head *head;

	pthread_mutex_lock(&lock);
	head = find(name);
	if (head != NULL) {
		leave_kind(head);
		put_last(head, head->kind == &read_inside ? &read_inside : kind);
	}
	pthread_mutex_unlock(&lock);
	return head != NULL;
}

/*
 * The pool's configuration is held, so that whoever changes something sees the
 * dataset among the others or finds it not held at all.  Without the lock.
 */
static boolean_t put(const char *name, dsl_dataset_t *dataset, struct kind *kind)
{
	struct head *head = malloc(sizeof(*head));
	boolean_t is_put;

	pthread_mutex_lock(&lock);
	is_put = head != NULL && changes == 0 && find(name) == NULL;
	if (is_put) {
		dsl_dataset_long_hold(dataset, names);
		head->dataset = dataset;
		strcpy(head->name, name);
		LIST_INSERT_HEAD(names_like(name), head, named);
		put_last(head, kind);
	}
	pthread_mutex_unlock(&lock);
	if (!is_put)
		free(head);
	return is_put;
}

/* What a kernel could mount at once; keys and what is half received are left to the ioctls themselves. */
static boolean_t could_be_mounted(dsl_dataset_t *dataset)
{
	objset_t *os;

	return !dataset->ds_is_snapshot && !DS_IS_INCONSISTENT(dataset) &&
	    dataset->ds_dir->dd_crypto_obj == 0 && dmu_objset_from_ds(dataset, &os) == 0 &&
	    dmu_objset_type(os) == DMU_OST_ZFS;
}

static void open_head(const char *name, struct kind *kind)
{
	dsl_dataset_t *dataset;
	dsl_pool_t *pool;

	if (dsl_pool_hold(name, FTAG, &pool) != 0)
		return;
	if (dsl_dataset_hold(pool, name, names, &dataset) == 0 &&
	    (!could_be_mounted(dataset) || !put(name, dataset, kind)))
		dsl_dataset_rele(dataset, names);
	dsl_pool_rele(pool, FTAG);
}

/* What is read in a snapshot stays as long as the file system is open that it is the last of. */
static void read_one(const char *name, struct kind *kind)
{
	char head[ZFS_MAX_DATASET_NAME_LEN];
	size_t length = strcspn(name, "@#");

	if (name[length] == '\0') {
		if (!is_open(name, kind))
			open_head(name, kind);
	} else if (kind == &read_inside) {
		memcpy(head, name, length);
		head[length] = '\0';
		(void)is_open(head, kind);
	}
}

void heads_before(uint32_t request, const char *name)
{
	/* A name without an end is the ioctl layer's to refuse. */
	boolean_t is_name = strnlen(name, ZFS_MAX_DATASET_NAME_LEN) < ZFS_MAX_DATASET_NAME_LEN;
	struct kind *kind = request == ZFS_IOC_OBJSET_ZPLPROPS ? &read_inside : &looked_at;

	switch (effect_of(request)) {
	case EFFECT_READS:
		if (is_name)
			read_one(name, kind);
		break;
	case EFFECT_NONE:
		break;
	case EFFECT_ON_ONE:
		begin_change(is_name ? name : NULL);
		break;
	case EFFECT_ON_ANY:
		begin_change(NULL);
		break;
	case EFFECT_ON_POOL:
		begin_change(NULL);
		/* What was let go still counts until it left memory; ZFS waits for that only in pools that can be written. */
		dmu_buf_user_evict_wait();
		break;
	}
}

void heads_after(uint32_t request)
{
	if (effect_of(request) < EFFECT_ON_ONE)
		return;
	pthread_mutex_lock(&lock);
	changes--;
	pthread_mutex_unlock(&lock);
}

void heads_close(void)
{
	begin_change(NULL);
}
