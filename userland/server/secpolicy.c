/*
 * Who may do what.  Only root and the server's own user get past the accepting
 * of connections, and to them everything is allowed, as to root by the kernel.
 */
#include <sys/policy.h>
#include <sys/zfs_context.h>

int secpolicy_sys_config(const cred_t *cr, boolean_t checkonly)
{
	(void)cr;
	(void)checkonly;
	return 0;
}

int secpolicy_zinject(const cred_t *cr)
{
	(void)cr;
	return 0;
}

int groupmember(gid_t gid, const cred_t *cr)
{
	(void)gid;
	(void)cr;
	return 1;
}

int is_system_labeled(void)
{
	return 0;
}
