#include "ranges.h"

#include <string.h>

/* Where the fields are in a zfs_cmd, the same in all releases from 2.0 on. */
enum {
	NVLIST_SRC = 4096,
	NVLIST_SRC_SIZE = 4104,
	NVLIST_DST = 4112,
	NVLIST_DST_SIZE = 4120,
	HISTORY = 4136,
	NVLIST_CONF = 12600,
	NVLIST_CONF_SIZE = 12608,
	HISTORY_LEN = 12640,
};

/* Its nvlist_dst is room for entries of this size, counted in entries. */
#define ERROR_LOG_REQUEST 0x5a20
#define ERROR_LOG_ENTRY_BYTES 32

/* A command line for the pool's history, which names no length: it ends with NUL, at most here. */
#define HISTORY_RECORD_BYTES (128u * 1024)

static uint64_t field(const unsigned char *cmd, unsigned offset)
{
	uint64_t value;

	memcpy(&value, cmd + offset, sizeof(value));
	return value;
}

struct ranges ranges_of(const unsigned char *cmd, unsigned request)
{
	struct ranges ranges = {{
	    {field(cmd, NVLIST_SRC), field(cmd, NVLIST_SRC_SIZE)},
	    {field(cmd, NVLIST_DST), field(cmd, NVLIST_DST_SIZE)},
	    {field(cmd, NVLIST_CONF), field(cmd, NVLIST_CONF_SIZE)},
	    {field(cmd, HISTORY), field(cmd, HISTORY_LEN)},
	}};

	if (request == ERROR_LOG_REQUEST &&
	    __builtin_mul_overflow(ranges.each[1].length, ERROR_LOG_ENTRY_BYTES, &ranges.each[1].length))
		ranges.each[1].length = 0;
	if (ranges.each[3].length < HISTORY_RECORD_BYTES)
		ranges.each[3].length = HISTORY_RECORD_BYTES;
	return ranges;
}

bool ranges_contain(const struct ranges *ranges, uint64_t address, uint64_t length)
{
	for (unsigned i = 0; i < sizeof(ranges->each) / sizeof(ranges->each[0]); i++) {
		const struct range *range = &ranges->each[i];

		if (range->address != 0 && address >= range->address && length <= range->length &&
		    address - range->address <= range->length - length)
			return true;
	}
	return false;
}
