/* What of the interface has other names or types in some releases; the server uses the names of 2.1. */
#ifndef SHIM_DMU_H
#define SHIM_DMU_H

#include_next <sys/dmu.h>

#ifndef TXG_WAIT
#define TXG_WAIT DMU_TX_WAIT
#endif

#endif
