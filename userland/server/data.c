#include "data.h"

#include "message.h"

#include <sys/dmu_objset.h>
#include <sys/dmu_tx.h>
#include <sys/dsl_dataset.h>
#include <sys/zap.h>
#include <sys/zvol.h>

struct session {
	objset_t *os;
	unsigned char buffer[ZFS_USERLAND_CHUNK_BYTES];
};

/* The volume stays owned while it is open, as by its block device in the kernel. */
static int open_volume(struct session *session, struct zfs_userland_message *message, size_t length)
{
	boolean_t readonly = message->length == 0;
	int error;

	if (session->os != NULL || length == 0 || length >= sizeof(session->buffer))
		return EINVAL;
	session->buffer[length] = '\0';
	error = dmu_objset_own((char *)session->buffer, DMU_OST_ZVOL, readonly, B_TRUE, session,
	    &session->os);
	if (error != 0) {
		session->os = NULL;
		return error;
	}
	return zap_lookup(session->os, ZVOL_ZAP_OBJ, "size", 8, 1, &message->length);
}

static int read_volume(struct session *session, const struct zfs_userland_message *message)
{
	if (session->os == NULL || message->length > sizeof(session->buffer))
		return EINVAL;
	return dmu_read(session->os, ZVOL_OBJ, message->address, message->length, session->buffer,
	    DMU_READ_PREFETCH);
}

static int write_volume(struct session *session, const struct zfs_userland_message *message,
    size_t length)
{
	dmu_tx_t *tx;
	int error;

	if (session->os == NULL || message->length != length)
		return EINVAL;
	tx = dmu_tx_create(session->os);
	dmu_tx_hold_write(tx, ZVOL_OBJ, message->address, (int)length);
	error = dmu_tx_assign(tx, TXG_WAIT);
	if (error != 0) {
		dmu_tx_abort(tx);
		return error;
	}
	dmu_write(session->os, ZVOL_OBJ, message->address, length, session->buffer, tx);
	dmu_tx_commit(tx);
	return 0;
}

static int sync_volume(struct session *session)
{
	if (session->os == NULL)
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
			message.error = open_volume(session, &message, received);
			break;
		case ZU_DATA_READ:
			message.error = read_volume(session, &message);
			answered = message.error == 0 ? message.length : 0;
			break;
		case ZU_DATA_WRITE:
			message.error = write_volume(session, &message, received);
			break;
		case ZU_DATA_SYNC:
			message.error = sync_volume(session);
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
