/*
 * Waits that libzpool does not do as the kernel.  Those that a signal would end
 * never end early there, and a client that died would leave its thread in one
 * for good.
 */
#include "channel.h"

#include <sys/sunddi.h>
#include <sys/zfs_context.h>

/*
 * Replaces libzpool's.  Some callers go on waiting whatever this answers, so
 * that it always waits a while before it looks at the client.
 */
int cv_wait_sig(kcondvar_t *cv, kmutex_t *mutex)
{
	if (!channel_present()) {
		cv_wait(cv, mutex);
		return 1;
	}
	(void)cv_timedwait(cv, mutex, ddi_get_lbolt() + MSEC_TO_TICK(50));
	return channel_interrupted() ? 0 : 1;
}

/*
 * Replaces libzpool's, which answers that the task was not there and does not
 * wait for it: whoever cancels one then frees what it works on, the upgrade of a
 * file system's accounting for one.  All tasks have the same number in libzpool,
 * so that it is those of the whole queue that are waited for; 0 is no task.
 */
int taskq_cancel_id(taskq_t *queue, taskqid_t task)
{
	if (task != 0)
		taskq_wait(queue);
	return ENOENT;
}

boolean_t client_has_signal(void);

/* What issig() is for the files of OpenZFS that are compiled with kernel_parts.h. */
boolean_t client_has_signal(void)
{
	return channel_present() && channel_interrupted();
}

boolean_t zfs_proc_is_caller(void *process)
{
	/* All clients are one process to libzpool: the sender of a stream cannot be told from others. */
	(void)process;
	return B_TRUE;
}
