/* What the kernel's header has besides: copying from and to a client, a number from a string. */
#ifndef SHIM_SUNDDI_H
#define SHIM_SUNDDI_H

#include <stddef.h>
#include <sys/types.h>
#include_next <sys/sunddi.h>

int ddi_copyin(const void *from, void *to, size_t length, int flags);
int ddi_copyout(const void *from, void *to, size_t length, int flags);
int xcopyout(const void *from, void *to, size_t length);
int copyinstr(const void *from, void *to, size_t length, size_t *copied);
int ddi_strtoll(const char *text, char **end, int base, longlong_t *value);
boolean_t zfs_proc_is_caller(void *process);

#endif
