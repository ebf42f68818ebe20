#include "client.h"

#include "connection.h"
#include "message.h"
#include "ranges.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the server may ask, for the ioctl that runs. */
struct call {
	int channel;
	struct ranges ranges;
	void *cmd;
	sigset_t signals;
	bool interrupted;
	bool faulted; /* something could not be written */
};

/* Not an errno: the server has not got the device open. */
#define UNKNOWN_DEVICE (-1)

/* Answers with the client's memory as payload; a bad address is the client's fault, not a crash. */
static int serve_read(const struct call *call, const struct zfs_userland_message *question)
{
	struct zfs_userland_message answer = {.kind = ZU_ANSWER};
	int error = EFAULT;

	if (question->length <= ZFS_USERLAND_CHUNK_BYTES &&
	    ranges_contain(&call->ranges, question->address, question->length))
		error = message_send(call->channel, &answer, (void *)(uintptr_t)question->address,
		    question->length, -1);
	if (error != EFAULT)
		return error;
	answer.error = EFAULT;
	return message_send(call->channel, &answer, NULL, 0, -1);
}

/* The packet still waits, here and below: its payload goes straight to where it belongs, or nowhere. */
static int serve_write(struct call *call, struct zfs_userland_message *packet)
{
	bool allowed = ranges_contain(&call->ranges, packet->address, packet->length);
	int error = message_receive(call->channel, packet, (void *)(uintptr_t)packet->address,
	    allowed ? packet->length : 0, NULL, NULL, 0);

	/* Both failures have taken the packet off the queue; a connection that is gone shows next. */
	if (error != 0)
		call->faulted = true;
	return 0;
}

/* What cannot be written is the client's fault, but the ioctl is done. */
static int take_result(struct call *call, struct zfs_userland_message *packet)
{
	bool allowed = ranges_contain(&call->ranges, packet->address, packet->length);
	const struct iovec places[2] = {
	    {call->cmd, ZFS_USERLAND_CMD_BYTES},
	    {(void *)(uintptr_t)packet->address, allowed ? packet->length : 0},
	};
	int error = message_receive_in_two(call->channel, packet, places);

	if (error == 0 || (allowed && error != EFAULT))
		return error;
	call->faulted = true;
	return 0;
}

static int serve_descriptor(const struct call *call, const struct zfs_userland_message *question)
{
	struct zfs_userland_message answer = {.kind = ZU_ANSWER};
	int number = (int)question->address;
	int error = number < 0 ? EBADF
	                       : message_send(call->channel, &answer, NULL, 0, number);

	if (error != EBADF)
		return error;
	answer.error = EBADF;
	return message_send(call->channel, &answer, NULL, 0, -1);
}

static int serve_device(const struct call *call, const struct zfs_userland_message *question)
{
	struct zfs_userland_message answer = {.kind = ZU_ANSWER};
	int number = (int)question->address;

	answer.cookie = connection_device(number);
	if (answer.cookie == 0)
		answer.error = EBADF;
	return message_send(call->channel, &answer, NULL, 0, -1);
}

/* Serves one question, or takes the result, which its kind tells. */
static int serve(struct call *call, struct zfs_userland_message *message)
{
	int error = message_receive(call->channel, message, NULL, 0, NULL, NULL, MSG_PEEK);

	if (error != 0)
		return error;
	switch (message->kind) {
	case ZU_WRITE:
		return serve_write(call, message);
	case ZU_DONE:
		return take_result(call, message);
	}
	error = message_receive(call->channel, message, NULL, 0, NULL, NULL, 0);
	if (error != 0)
		return error;
	switch (message->kind) {
	case ZU_READ:
		return serve_read(call, message);
	case ZU_DESCRIPTOR:
		return serve_descriptor(call, message);
	case ZU_DEVICE:
		return serve_device(call, message);
	case ZU_UNKNOWN:
		return 0;
	default:
		return EPROTO;
	}
}

/*
 * Waits for the server while signals may come, as only here they do: one whose
 * handler runs (restarting or not) ends an ioctl in the kernel, where that can
 * be ended, and does so here by a word to the server.
 */
static int wait_for_server(struct call *call)
{
	struct pollfd one = {.fd = call->channel, .events = POLLIN};
	struct zfs_userland_message interrupt = {.kind = ZU_INTERRUPT};

	while (syscall(SYS_ppoll, &one, 1, NULL, &call->signals, _NSIG / 8) < 0) {
		int error = errno == EINTR ? 0 : errno;

		if (error == 0 && !call->interrupted)
			error = message_send(call->channel, &interrupt, NULL, 0, -1);
		if (error != 0)
			return error;
		call->interrupted = true;
	}
	return 0;
}

/*
 * Sends the command.  If the server went away before, nothing was begun, and the
 * command may be given to a server that has come since.
 */
static int begin(struct call *call, uint64_t device, unsigned request)
{
	int error;

	for (int attempt = 0;; attempt++) {
		struct zfs_userland_message message = {
		    .kind = ZU_IOCTL,
		    .request = request,
		    .error = getpriority(PRIO_PROCESS, 0),
		    .cookie = device};

		call->channel = connection_channel();
		if (call->channel < 0)
			return ENXIO;
		error = message_send(call->channel, &message, call->cmd, ZFS_USERLAND_CMD_BYTES, -1);
		if ((error != EPIPE && error != ECONNRESET) || attempt > 0)
			return error;
		connection_drop_channel();
	}
}

static int run(struct call *call, uint64_t device, unsigned request)
{
	struct zfs_userland_message message;
	int error = begin(call, device, request);

	if (error != 0)
		return error;
	/* Sending it has shown that the command can be read. */
	call->ranges = ranges_of(call->cmd, request);
	message.kind = 0;
	while (error == 0 && message.kind != ZU_DONE && message.kind != ZU_UNKNOWN) {
		error = wait_for_server(call);
		if (error == 0)
			error = serve(call, &message);
	}
	if (error == EFAULT || (error == 0 && call->faulted))
		return EFAULT;
	/* The server has died, and nobody knows how far it had got: EIO. */
	if (error != 0) {
		connection_drop_channel();
		return EIO;
	}
	return message.kind == ZU_UNKNOWN ? UNKNOWN_DEVICE : message.error;
}

/*
 * A device that was opened before the server was started again is not known to
 * the new one.  The program cannot see that: the device is opened anew under
 * its number.  What hung on it (temporary holds) is gone, as after a crash.
 */
static int run_on_known_device(struct call *call, int descriptor, uint64_t device, unsigned request)
{
	int error = run(call, device, request);

	if (error == UNKNOWN_DEVICE && connection_renew_device(descriptor) == 0)
		error = run(call, connection_device(descriptor), request);
	return error == UNKNOWN_DEVICE ? ENXIO : error;
}

int client_ioctl(int descriptor, uint64_t device, unsigned request, void *cmd)
{
	struct call call = {.cmd = cmd};
	sigset_t all;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &call.signals);
	error = run_on_known_device(&call, descriptor, device, request);
	connection_release_channel();
	pthread_sigmask(SIG_SETMASK, &call.signals, NULL);
	return error;
}

/* As in the kernel, no signal ends it.  A server that has died does no more at the device's end. */
void client_await_end(uint64_t cookie)
{
	struct zfs_userland_message message = {.kind = ZU_CLOSED, .cookie = cookie};
	sigset_t all;
	sigset_t before;
	int channel;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	channel = connection_channel();
	if (channel >= 0 && (message_send(channel, &message, NULL, 0, -1) != 0 ||
	                        message_receive(channel, &message, NULL, 0, NULL, NULL, 0) != 0))
		connection_drop_channel();
	connection_release_channel();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
