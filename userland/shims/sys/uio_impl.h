/* The real header has two functions that zfs_context.h's sys/uio.h defines as well. */
