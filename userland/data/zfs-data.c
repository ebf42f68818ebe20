/*
 * The compiled half of zfs-data: writes to a volume or a file and reads from it
 * or its snapshots, through the server.
 */
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
	struct zfs_userland_open open;
	uint64_t offset;
	uint64_t length; /* 0: up to the end */
	uint64_t seed;
	const char *from;
};

static void die(const char *what, int error)
{
	fprintf(stderr, "zfs-data: %s: %s\n", what, strerror(error));
	exit(EXIT_FAILURE);
}

/* Asks the server and ends the program if it refuses; payloads of the answer go to `payload`. */
static uint64_t ask(int server, const char *what, struct zfs_userland_message message,
    const void *sent, size_t sent_length, void *payload, size_t capacity)
{
	int error = message_send(server, &message, sent, sent_length, -1);

	if (error == 0)
		error = message_receive(server, &message, payload, capacity, NULL, NULL, 0);
	if (error == 0)
		error = message.error;
	if (error != 0)
		die(what, error);
	return message.length;
}

static int open_data(struct request *request, bool writing)
{
	const char *path = getenv("ZFS_USERLAND_SOCKET");
	struct zfs_userland_message hello = {.kind = ZU_HELLO_DATA, .version = ZFS_USERLAND_VERSION};
	struct zfs_userland_message open = {.kind = ZU_DATA_OPEN};
	uint64_t size;
	int server;

	if (path == NULL)
		die("ZFS_USERLAND_SOCKET", ENOENT);
	server = message_connect(path, SOCK_CLOEXEC);
	if (server < 0)
		die(path, errno);
	request->open.writing = writing;
	request->open.size = request->offset + request->length;
	ask(server, path, hello, NULL, 0, NULL, 0);
	size = ask(server, request->open.name, open, &request->open, sizeof(request->open), NULL, 0);
	if (request->offset > size || request->length > size - request->offset)
		die("offset and length", ERANGE);
	if (request->length == 0)
		request->length = size - request->offset;
	return server;
}

/* The eight bytes at a position depend on it and the seed alone (the finaliser of splitmix64). */
static uint64_t word_at(uint64_t seed, uint64_t position)
{
	uint64_t word = seed * 0x9e3779b97f4a7c15u + position / 8;

	word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
	word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
	return word ^ (word >> 31);
}

static void invent(unsigned char *bytes, size_t length, uint64_t seed, uint64_t position)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)(word_at(seed, position + i) >> ((position + i) % 8 * 8));
}

static size_t part_of(uint64_t left)
{
	return left < ZFS_USERLAND_CHUNK_BYTES ? left : ZFS_USERLAND_CHUNK_BYTES;
}

static void write_data(struct request *request)
{
	static unsigned char bytes[ZFS_USERLAND_CHUNK_BYTES];
	FILE *from = request->from == NULL ? NULL : fopen(request->from, "rb");
	struct zfs_userland_message message = {.kind = ZU_DATA_WRITE};
	int server;

	if (request->from != NULL && from == NULL)
		die(request->from, errno);
	server = open_data(request, true);
	for (uint64_t done = 0; done < request->length; done += message.length) {
		message.address = request->offset + done;
		message.length = part_of(request->length - done);
		if (from == NULL)
			invent(bytes, message.length, request->seed, message.address);
		else
			message.length = fread(bytes, 1, message.length, from);
		if (message.length == 0)
			break;
		ask(server, request->open.name, message, bytes, message.length, NULL, 0);
	}
	message.kind = ZU_DATA_SYNC;
	ask(server, request->open.name, message, NULL, 0, NULL, 0);
}

static void read_data(struct request *request)
{
	static unsigned char bytes[ZFS_USERLAND_CHUNK_BYTES];
	struct zfs_userland_message message = {.kind = ZU_DATA_READ};
	int server = open_data(request, false);

	for (uint64_t done = 0; done < request->length; done += message.length) {
		message.address = request->offset + done;
		message.length = part_of(request->length - done);
		ask(server, request->open.name, message, NULL, 0, bytes, message.length);
		if (fwrite(bytes, 1, message.length, stdout) != message.length)
			die("standard output", errno);
	}
	if (fflush(stdout) != 0)
		die("standard output", errno);
}

static uint64_t number(const char *option, const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || text[0] == '-')
		die(option, EINVAL);
	return value;
}

static void copy_name(const char *what, char *to, const char *name)
{
	if (strlen(name) >= ZFS_USERLAND_NAME_BYTES)
		die(what, ENAMETOOLONG);
	strcpy(to, name);
}

/* False for what is no option. */
static bool take_option(struct request *request, int option)
{
	switch (option) {
	case 'o':
		request->offset = number("--offset", optarg);
		return true;
	case 'l':
		request->length = number("--length", optarg);
		return true;
	case 's':
		request->seed = number("--seed", optarg);
		return true;
	case 'f':
		request->from = optarg;
		return true;
	case 'F':
		copy_name("--file", request->open.file, optarg);
		return true;
	case 'u':
		request->open.owner = number("--owner", optarg);
		return true;
	case 'g':
		request->open.group = number("--group", optarg);
		return true;
	case 'p':
		request->open.project = number("--project", optarg);
		return true;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"offset", required_argument, NULL, 'o'},
	    {"length", required_argument, NULL, 'l'},
	    {"seed", required_argument, NULL, 's'},
	    {"from", required_argument, NULL, 'f'},
	    {"file", required_argument, NULL, 'F'},
	    {"owner", required_argument, NULL, 'u'},
	    {"group", required_argument, NULL, 'g'},
	    {"project", required_argument, NULL, 'p'},
	    {NULL, 0, NULL, 0},
	};
	struct request request = {.seed = 1};

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
		if (!take_option(&request, option))
			return EXIT_FAILURE;
	if (argc - optind != 2)
		die("usage: zfs-data write|read DATASET [options]", EINVAL);
	copy_name("its name", request.open.name, argv[optind + 1]);
	if (strcmp(argv[optind], "write") == 0)
		write_data(&request);
	else if (strcmp(argv[optind], "read") == 0)
		read_data(&request);
	else
		die(argv[optind], EINVAL);
	return EXIT_SUCCESS;
}
