/*
 * What a client looks for in /sys/module: the module's version, and what it says of the properties
 * and features that it knows.
 */
#ifndef ZFS_USERLAND_MODULE_H
#define ZFS_USERLAND_MODULE_H

#include <stdbool.h>

/* Writes the directory `module` of the state directory; the engine must have started.  Says on stderr why not. */
bool module_describe(void);

#endif
