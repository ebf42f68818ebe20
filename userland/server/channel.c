#include "channel.h"

#include "device.h"
#include "ioctl.h"
#include "message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the ioctl wrote last is kept, to go along with its result. */
struct channel {
	int socket;
	bool interrupted;
	bool broken;
	int nice;
	uint64_t address;
	size_t length;
	struct {
		_Alignas(8) unsigned char cmd[ZFS_USERLAND_CMD_BYTES];
		unsigned char written[ZFS_USERLAND_CHUNK_BYTES];
	} result;
};

static __thread struct channel *current;

bool channel_present(void)
{
	return current != NULL;
}

int channel_socket(void)
{
	return current->socket;
}

bool channel_interrupted(void)
{
	struct zfs_userland_message message;
	int error;

	if (current->interrupted || current->broken)
		return true;
	/*
	 * Between two questions of ours a client says nothing but INTERRUPT.
	 * Whatever else is there ends the connection when it is read.
	 */
	error = message_receive(current->socket, &message, NULL, 0, NULL, NULL,
	    MSG_PEEK | MSG_DONTWAIT);
	if (error == EAGAIN)
		return false;
	if (error == 0)
		current->interrupted = true;
	else
		current->broken = true;
	return true;
}

static void send_written(void)
{
	struct zfs_userland_message message = {
	    .kind = ZU_WRITE, .address = current->address, .length = current->length};

	if (current->length > 0 && !current->broken &&
	    message_send(current->socket, &message, current->result.written, current->length, -1) != 0)
		current->broken = true;
	current->length = 0;
}

/*
 * Asks the client and waits for its answer.  A client that does not follow the
 * protocol is treated as gone: the ioctl sees EFAULT and ends.
 */
static int ask(const struct zfs_userland_message *question, struct zfs_userland_message *answer,
    void *payload, size_t capacity, int *descriptor)
{
	size_t received;

	send_written();
	if (current->broken)
		return EFAULT;
	if (message_send(current->socket, question, NULL, 0, -1) != 0) {
		current->broken = true;
		return EFAULT;
	}
	do {
		if (message_receive(current->socket, answer, payload, capacity, &received,
		        descriptor, 0) != 0) {
			current->broken = true;
			return EFAULT;
		}
		if (answer->kind == ZU_INTERRUPT)
			current->interrupted = true;
	} while (answer->kind == ZU_INTERRUPT);
	if (answer->kind != ZU_ANSWER || (answer->error == 0 && received != capacity)) {
		current->broken = true;
		return EFAULT;
	}
	return answer->error;
}

int channel_read(uint64_t address, void *to, size_t length)
{
	unsigned char *next = to;
	int error = 0;

	while (length > 0 && error == 0) {
		size_t part = length < ZFS_USERLAND_CHUNK_BYTES ? length : ZFS_USERLAND_CHUNK_BYTES;
		struct zfs_userland_message question = {
		    .kind = ZU_READ, .address = address, .length = part};
		struct zfs_userland_message answer;

		error = ask(&question, &answer, next, part, NULL);
		address += part;
		next += part;
		length -= part;
	}
	return error == 0 ? 0 : EFAULT;
}

/* The client says nothing to it: one that has no such memory makes EFAULT of the result. */
int channel_write(uint64_t address, const void *from, size_t length)
{
	const unsigned char *next = from;

	while (length > 0 && !current->broken) {
		size_t part = length < ZFS_USERLAND_CHUNK_BYTES ? length : ZFS_USERLAND_CHUNK_BYTES;

		send_written();
		memcpy(current->result.written, next, part);
		current->address = address;
		current->length = part;
		address += part;
		next += part;
		length -= part;
	}
	return current->broken ? EFAULT : 0;
}

int channel_descriptor(int number, int *descriptor)
{
	struct zfs_userland_message question = {
	    .kind = ZU_DESCRIPTOR, .address = (uint64_t)(int64_t)number};
	struct zfs_userland_message answer;
	int error = ask(&question, &answer, NULL, 0, descriptor);

	return error == 0 && *descriptor >= 0 ? 0 : EBADF;
}

int channel_device(int number, uint64_t *cookie)
{
	struct zfs_userland_message question = {
	    .kind = ZU_DEVICE, .address = (uint64_t)(int64_t)number};
	struct zfs_userland_message answer;
	int error = ask(&question, &answer, NULL, 0, NULL);

	*cookie = answer.cookie;
	return error == 0 ? 0 : EBADF;
}

static bool run_ioctl(struct channel *channel, struct zfs_userland_message *message)
{
	struct device *device = device_hold(message->cookie);
	size_t length = 0;

	message->kind = ZU_UNKNOWN;
	if (device != NULL) {
		message->kind = ZU_DONE;
		message->error = ioctl_run(message->request, channel->result.cmd);
		message->address = channel->address;
		message->length = channel->length;
		length = sizeof(channel->result.cmd) + channel->length;
		channel->length = 0;
		device_release(device);
	}
	return message_send(channel->socket, message, &channel->result, length, -1) == 0;
}

/*
 * The kernel does what an ioctl asks for with the priority of the thread that asks.  Where this
 * process may not raise its own again, it stays as low as it was.
 */
static void take_priority(struct channel *channel, int nice)
{
	if (nice == channel->nice || nice < 0)
		return;
	(void)setpriority(PRIO_PROCESS, 0, nice);
	channel->nice = nice;
}

void channel_serve(int socket)
{
	struct channel *channel = calloc(1, sizeof(*channel));
	struct zfs_userland_message message;
	size_t received;

	if (channel == NULL)
		return;
	channel->socket = socket;
	while (!channel->broken && message_receive(socket, &message, channel->result.cmd,
	                               sizeof(channel->result.cmd), &received, NULL, 0) == 0) {
		/* An interrupt that crossed the end of the ioctl it was meant for. */
		if (message.kind == ZU_INTERRUPT)
			continue;
		if (message.kind == ZU_CLOSED) {
			device_await_end(message.cookie);
			message.kind = ZU_ANSWER;
			if (message_send(socket, &message, NULL, 0, -1) != 0)
				break;
			continue;
		}
		if (message.kind != ZU_IOCTL || received != sizeof(channel->result.cmd))
			break;
		channel->interrupted = false;
		current = channel;
		take_priority(channel, message.error);
		if (!run_ioctl(channel, &message))
			break;
		current = NULL;
	}
	current = NULL;
	free(channel);
}
