#include "data.h"

#include "files.h"
#include "message.h"

#include <sys/dmu_objset.h>
#include <sys/dmu_tx.h>
#include <sys/dsl_dataset.h>
#include <sys/zap.h>
#include <sys/zvol.h>

struct session {
	objset_t *os;
	uint64_t object; /* 0 until it is found */
	unsigned char buffer[ZFS_USERLAND_CHUNK_BYTES];
};

static int open_file(struct session *session, const struct zfs_userland_open *wanted,
    uint64_t *size)
{
	int error = file_find(session->os, wanted->file, &session->object, size);

	if (error != ENOENT || wanted->writing == 0)
		return error;
	*size = wanted->size;
	return file_create(session->os, wanted, &session->object);
}

/* The data set stays owned while it is open, as by its block device or its mount in the kernel. */
static int open_data(struct session *session, struct zfs_userland_message *message, size_t length)
{
	struct zfs_userland_open wanted;
	boolean_t is_file;
	int error;

	if (session->os != NULL || length != sizeof(wanted))
		return EINVAL;
	memcpy(&wanted, session->buffer, sizeof(wanted));
	wanted.name[sizeof(wanted.name) - 1] = '\0';
	wanted.file[sizeof(wanted.file) - 1] = '\0';
	is_file = wanted.file[0] != '\0';
	error = dmu_objset_own(wanted.name, is_file ? DMU_OST_ZFS : DMU_OST_ZVOL,
	    wanted.writing == 0, B_TRUE, session, &session->os);
	if (error != 0) {
		session->os = NULL;
		return error;
	}
	if (is_file)
		return open_file(session, &wanted, &message->length);
	session->object = ZVOL_OBJ;
	return zap_lookup(session->os, ZVOL_ZAP_OBJ, "size", 8, 1, &message->length);
}

static int read_data(struct session *session, const struct zfs_userland_message *message)
{
	if (session->object == 0 || message->length > sizeof(session->buffer))
		return EINVAL;
	return dmu_read(session->os, session->object, message->address, message->length, session->buffer,
	    DMU_READ_PREFETCH);
}

static int write_data(struct session *session, const struct zfs_userland_message *message,
    size_t length)
{
	dmu_tx_t *tx;
	int error;

	if (session->object == 0 || message->length != length)
		return EINVAL;
	tx = dmu_tx_create(session->os);
	dmu_tx_hold_write(tx, session->object, message->address, (int)length);
	error = dmu_tx_assign(tx, TXG_WAIT);
	if (error != 0) {
		dmu_tx_abort(tx);
		return error;
	}
	dmu_write(session->os, session->object, message->address, length, session->buffer, tx);
	dmu_tx_commit(tx);
	return 0;
}

static int sync_data(struct session *session)
{
	if (session->object == 0)
		return EINVAL;
	txg_wait_synced(dmu_objset_pool(session->os), 0);
	return 0;
}

void data_serve(int socket)
{
	struct session *session = kmem_zalloc(sizeof(*session), KM_SLEEP);
	struct zfs_userland_message message;
	size_t received;

	while (message_receive(socket, &message, session->buffer, sizeof(session->buffer), &received,
	           NULL, 0) == 0) {
		size_t answered = 0;

		switch (message.kind) {
		case ZU_DATA_OPEN:
			message.error = open_data(session, &message, received);
			break;
		case ZU_DATA_READ:
			message.error = read_data(session, &message);
			answered = message.error == 0 ? message.length : 0;
			break;
		case ZU_DATA_WRITE:
			message.error = write_data(session, &message, received);
			break;
		case ZU_DATA_SYNC:
			message.error = sync_data(session);
			break;
		default:
			message.error = EINVAL;
		}
		message.kind = ZU_ANSWER;
		if (message_send(socket, &message, session->buffer, answered, -1) != 0)
			break;
	}
	if (session->os != NULL)
		dmu_objset_disown(session->os, B_TRUE, session);
	kmem_free(session, sizeof(*session));
}
