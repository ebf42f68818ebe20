/* FKIOCTL marks an ioctl that the kernel makes itself; the ioctl layer masks it out of the caller's flags. */
#ifndef SHIM_FILE_H
#define SHIM_FILE_H

#include_next <sys/file.h>

#define FKIOCTL 0x80000000

#endif
