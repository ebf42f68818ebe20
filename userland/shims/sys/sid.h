/* Domains come with zfs_context.h in user space, which every file has read before. */
