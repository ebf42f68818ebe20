/*
 * The socket: accepts connections, hears what each is for, keeps those of
 * devices and gives the others a thread.
 */
#ifndef ZFS_USERLAND_LISTENER_H
#define ZFS_USERLAND_LISTENER_H

#include <stdbool.h>

/* Binds the socket in the working directory; says on stderr why not. */
bool listener_open(void);

/* Serves until SIGTERM or SIGINT, which the caller has blocked in all threads. */
void listener_run(void);

/*
 * Ends all connections, releases what hung on them and waits for their threads;
 * false if one has not ended in time.
 */
bool listener_close(void);

#endif
