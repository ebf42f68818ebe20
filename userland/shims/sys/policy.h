/* The privilege checks of the ioctl layer; answered in secpolicy.c. */
#ifndef SHIM_POLICY_H
#define SHIM_POLICY_H

#include <sys/cred.h>
#include <sys/types.h>

int secpolicy_sys_config(const cred_t *cr, boolean_t checkonly);
int secpolicy_zfs(const cred_t *cr);
int secpolicy_zinject(const cred_t *cr);
int groupmember(gid_t gid, const cred_t *cr);
int is_system_labeled(void);

#endif
