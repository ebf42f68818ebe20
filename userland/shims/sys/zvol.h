/* The real header has the block device's functions for the kernel only; they are answered in zvol.c. */
#ifndef SHIM_ZVOL_H
#define SHIM_ZVOL_H

#include <sys/dmu.h>
#include <sys/dsl_prop.h>

#include_next <sys/zvol.h>

/* libzpool has a string of this name, which our function must not stand before. */
#define zvol_tag userland_zvol_tag

typedef struct zvol_state_handle zvol_state_handle_t;

int zvol_init(void);
void zvol_fini(void);
int zvol_check_volsize(uint64_t volsize, uint64_t blocksize);
int zvol_check_volblocksize(const char *name, uint64_t blocksize);
void zvol_create_cb(objset_t *os, void *arg, cred_t *cr, dmu_tx_t *tx);
int zvol_get_stats(objset_t *os, nvlist_t *nv);
int zvol_set_volsize(const char *name, uint64_t volsize);
int zvol_set_snapdev(const char *name, zprop_source_t source, uint64_t snapdev);
int zvol_set_volmode(const char *name, zprop_source_t source, uint64_t volmode);
/* From 2.3 on, one function for the two before; and what of the device follows other properties. */
int zvol_set_common(const char *name, zfs_prop_t prop, zprop_source_t source, uint64_t value);
int zvol_set_volthreading(const char *name, boolean_t value);
int zvol_set_ro(const char *name, boolean_t value);
zvol_state_handle_t *zvol_suspend(const char *name);
int zvol_resume(zvol_state_handle_t *zv);
void *zvol_tag(zvol_state_handle_t *zv);

#endif
