/*
 * zfs-userland-server: OpenZFS in a process that owns its pools.  Clients reach
 * it over the socket in its state directory, through the preload library.
 */
#include "engine.h"
#include "listener.h"
#include "module.h"
#include "state.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* However a pool hangs, a server that was told to end does so within this time. */
#define STOP_SECONDS 6
#define DEFAULT_ARC_MIB 256

static const char usage[] =
    "usage: zfs-userland-server --state DIR [--arc-mib N]\n"
    "  --state DIR   where the socket, the pool cache and the lock are; made if need be\n"
    "  --arc-mib N   the most memory for cached data, at least 64 (default 256)\n";

static void prepare_process(void)
{
	struct rlimit files;
	sigset_t ending;

	/* Every connection is a descriptor. */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	/* Every thread with a heap of its own would keep the most it ever had. */
	mallopt(M_ARENA_MAX, 4);
	/*
	 * Blocks of 16 to 128 KiB come and go with every ioctl.  Given back to the system each time,
	 * their pages were a fifth of what an ioctl took; the listener gives back what stays free.
	 */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
	/* A client's pipe that nobody reads any more is EPIPE for that client. */
	signal(SIGPIPE, SIG_IGN);
	/* All threads begin with these blocked; the listener waits for them. */
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ending, NULL);
}

/*
 * Leaving without closing the pools is what a power failure does to them: they
 * are consistent, and are found again.
 */
static void leave_at_once(int signal)
{
	(void)signal;
	_exit(EXIT_SUCCESS);
}

static void stop(void)
{
	signal(SIGALRM, leave_at_once);
	alarm(STOP_SECONDS);
	if (listener_close())
		engine_stop();
	_exit(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"state", required_argument, NULL, 's'},
	    {"arc-mib", required_argument, NULL, 'a'},
	    {"help", no_argument, NULL, 'h'},
	    {NULL, 0, NULL, 0},
	};
	const char *state = NULL;
	unsigned long arc_mib = DEFAULT_ARC_MIB;
	int error;

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (option) {
		case 's':
			state = optarg;
			break;
		case 'a':
			arc_mib = strtoul(optarg, NULL, 10);
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		default:
			return EXIT_FAILURE;
		}
	}
	if (state == NULL || optind != argc || arc_mib < 64) {
		fputs(usage, stderr);
		return EXIT_FAILURE;
	}
	prepare_process();
	if (!state_enter(state))
		return EXIT_FAILURE;
	error = engine_start((uint64_t)arc_mib << 20);
	if (error != 0) {
		fprintf(stderr, "zfs-userland-server: OpenZFS did not start: %s\n", strerror(error));
		return EXIT_FAILURE;
	}
	if (!module_describe() || !listener_open())
		return EXIT_FAILURE;
	puts("ready");
	fflush(stdout);
	listener_run();
	stop();
}
