/*
 * What OpenZFS asks the system in which it runs, answered as its kernel module answers it.  These
 * stand before libzpool's own, which is made for tests: it is short of memory now and then, by
 * chance, whatever there is, so that its cache never keeps what it may; and it asks the system for
 * every random number and for the processors, dozens of times in an ioctl.
 */
#include <sys/zfs_context.h>

#include <sys/arc_impl.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* What is left of the machine's memory when the cache begins to shrink: a part of 64. */
#define RESERVED_SHIFT 6
#define LOOK_SECONDS 1

/* In bytes, negative if there is too little. */
static int64_t look_for_memory(void)
{
	const int64_t all = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	FILE *file = fopen("/proc/meminfo", "re");
	char line[128];
	long long kib;
	int64_t available = all;

	if (file == NULL)
		return all;
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "MemAvailable: %lld kB", &kib) == 1)
			available = kib * 1024;
	fclose(file);
	return available - (all >> RESERVED_SHIFT);
}

int64_t arc_available_memory(void)
{
	static _Atomic(int64_t) available;
	static _Atomic(time_t) looked;
	struct timespec now;
	time_t last = looked;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	/* One of those who find it old looks again; time begins at 1 here. */
	if ((last == 0 || now.tv_sec + 1 - last >= LOOK_SECONDS) &&
	    atomic_compare_exchange_strong(&looked, &last, now.tv_sec + 1))
		available = look_for_memory();
	return available;
}

/* Numbers that nobody needs to be unable to guess: SplitMix64, from a seed of each thread's own. */
int random_get_pseudo_bytes(uint8_t *bytes, size_t count)
{
	static _Thread_local uint64_t state;

	while (state == 0)
		(void)random_get_bytes((uint8_t *)&state, sizeof(state));
	while (count > 0) {
		const size_t piece = count < sizeof(uint64_t) ? count : sizeof(uint64_t);
		uint64_t number = state += 0x9e3779b97f4a7c15;

		number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
		number = (number ^ number >> 27) * 0x94d049bb133111eb;
		number ^= number >> 31;
		memcpy(bytes, &number, piece);
		bytes += piece;
		count -= piece;
	}
	return 0;
}

static long (*system_sysconf)(int);
static long processors;

static void find_sysconf(void)
{
	system_sysconf = (long (*)(int))dlsym(RTLD_NEXT, "sysconf");
	processors = system_sysconf(_SC_NPROCESSORS_ONLN);
}

/* The C library counts the processors anew each time, in a file. */
long sysconf(int name)
{
	static pthread_once_t found = PTHREAD_ONCE_INIT;

	pthread_once(&found, find_sysconf);
	return name == _SC_NPROCESSORS_ONLN ? processors : system_sysconf(name);
}
