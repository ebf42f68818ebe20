/*
 * The state directory, which becomes the working directory: everything in it
 * is then reached by a short name, however long its path is.
 */
#ifndef ZFS_USERLAND_STATE_H
#define ZFS_USERLAND_STATE_H

#include <stdbool.h>

/* Makes the directory if need be, enters and locks it.  Says on stderr why not. */
bool state_enter(const char *directory);

#endif
