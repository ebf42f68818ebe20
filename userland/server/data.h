/* The contents of volumes, files and their snapshots, for zfs-data. */
#ifndef ZFS_USERLAND_DATA_H
#define ZFS_USERLAND_DATA_H

/* Serves a data connection until it ends; it has at most one of them open. */
void data_serve(int socket);

#endif
