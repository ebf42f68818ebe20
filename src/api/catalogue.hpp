// All operations: the product's table of contents.
#pragma once

#include <span>

#include "api/bookmark/bookmark_create.hpp"
#include "api/bookmark/bookmark_destroy.hpp"
#include "api/bookmark/bookmark_destroy_many.hpp"
#include "api/bookmark/bookmark_get.hpp"
#include "api/bookmark/bookmark_list.hpp"
#include "api/dataset/dataset_abort_receive.hpp"
#include "api/dataset/dataset_change_key.hpp"
#include "api/dataset/dataset_change_keys.hpp"
#include "api/dataset/dataset_create.hpp"
#include "api/dataset/dataset_destroy.hpp"
#include "api/dataset/dataset_get.hpp"
#include "api/dataset/dataset_get_partial_receive.hpp"
#include "api/dataset/dataset_inherit.hpp"
#include "api/dataset/dataset_list.hpp"
#include "api/dataset/dataset_load_key.hpp"
#include "api/dataset/dataset_mount.hpp"
#include "api/dataset/dataset_promote.hpp"
#include "api/dataset/dataset_rename.hpp"
#include "api/dataset/dataset_rollback.hpp"
#include "api/dataset/dataset_send_saved.hpp"
#include "api/dataset/dataset_set.hpp"
#include "api/dataset/dataset_unload_key.hpp"
#include "api/dataset/dataset_unmount.hpp"
#include "api/dataset/dataset_wait.hpp"
#include "api/feature/feature_get.hpp"
#include "api/feature/feature_list.hpp"
#include "api/hold/hold_create.hpp"
#include "api/hold/hold_list.hpp"
#include "api/hold/hold_release.hpp"
#include "api/job/job_cancel.hpp"
#include "api/job/job_get.hpp"
#include "api/job/job_list.hpp"
#include "api/job/job_pause.hpp"
#include "api/job/job_resume.hpp"
#include "api/lease/lease_end.hpp"
#include "api/lease/lease_get.hpp"
#include "api/lease/lease_list.hpp"
#include "api/lease/lease_renew.hpp"
#include "api/operation.hpp"
#include "api/pool/pool_checkpoint.hpp"
#include "api/pool/pool_clear.hpp"
#include "api/pool/pool_create.hpp"
#include "api/pool/pool_ddt_prune.hpp"
#include "api/pool/pool_destroy.hpp"
#include "api/pool/pool_discard_checkpoint.hpp"
#include "api/pool/pool_get.hpp"
#include "api/pool/pool_get_bootenv.hpp"
#include "api/pool/pool_initialize.hpp"
#include "api/pool/pool_initialize_cancel.hpp"
#include "api/pool/pool_initialize_suspend.hpp"
#include "api/pool/pool_list.hpp"
#include "api/pool/pool_prefetch.hpp"
#include "api/pool/pool_reopen.hpp"
#include "api/pool/pool_run_program.hpp"
#include "api/pool/pool_scrub.hpp"
#include "api/pool/pool_scrub_pause.hpp"
#include "api/pool/pool_scrub_stop.hpp"
#include "api/pool/pool_set_bootenv.hpp"
#include "api/pool/pool_status.hpp"
#include "api/pool/pool_sync.hpp"
#include "api/pool/pool_trim.hpp"
#include "api/pool/pool_trim_cancel.hpp"
#include "api/pool/pool_trim_suspend.hpp"
#include "api/pool/pool_uninitialize.hpp"
#include "api/pool/pool_wait.hpp"
#include "api/property/property_get.hpp"
#include "api/property/property_list.hpp"
#include "api/receive/receive_abort.hpp"
#include "api/receive/receive_create.hpp"
#include "api/receive/receive_get.hpp"
#include "api/receive/receive_list.hpp"
#include "api/receive/receive_upload.hpp"
#include "api/snapshot/snapshot_clone.hpp"
#include "api/snapshot/snapshot_create.hpp"
#include "api/snapshot/snapshot_destroy.hpp"
#include "api/snapshot/snapshot_destroy_many.hpp"
#include "api/snapshot/snapshot_estimate_send.hpp"
#include "api/snapshot/snapshot_get.hpp"
#include "api/snapshot/snapshot_list.hpp"
#include "api/snapshot/snapshot_receive.hpp"
#include "api/snapshot/snapshot_redact.hpp"
#include "api/snapshot/snapshot_rename.hpp"
#include "api/snapshot/snapshot_send.hpp"
#include "api/snapshot/snapshot_space.hpp"
#include "api/system/capabilities.hpp"
#include "api/system/health.hpp"
#include "api/system/openapi.hpp"
#include "api/vdev/vdev_get.hpp"
#include "api/vdev/vdev_set.hpp"

namespace zfsrest::api {

template <class... Op>
struct List {};

// What the agent answers. The gateway answers the first operation of all by itself.
using AgentCatalogue =
    List<SystemOpenapi, SystemCapabilities, PropertyList, PropertyGet, FeatureList, FeatureGet,
         PoolList, PoolCreate, PoolGet, PoolStatusGet, PoolClear, PoolDestroy, PoolSync, PoolReopen,
         PoolCheckpoint, PoolDiscardCheckpoint, PoolGetBootenv, PoolSetBootenv, PoolRunProgram,
         VdevGet, VdevSet, PoolScrub, PoolScrubPause, PoolScrubStop, PoolTrim, PoolTrimSuspend,
         PoolTrimCancel, PoolInitialize, PoolInitializeSuspend, PoolInitializeCancel,
         PoolUninitialize, PoolPrefetch, PoolDdtPrune, PoolWait, DatasetList, DatasetCreate,
         DatasetGet, DatasetSet, DatasetInherit, DatasetRename, DatasetPromote, DatasetDestroy,
         DatasetRollback, DatasetMount, DatasetUnmount, DatasetLoadKey, DatasetUnloadKey,
         DatasetChangeKey, DatasetChangeKeys, DatasetWait, DatasetSendSaved,
         DatasetGetPartialReceive, DatasetAbortReceive, SnapshotList, SnapshotCreate, SnapshotGet,
         SnapshotDestroy, SnapshotDestroyMany, SnapshotRename, SnapshotClone, SnapshotSpace,
         SnapshotRedact, SnapshotSend, SnapshotEstimateSend, SnapshotReceive, ReceiveList,
         ReceiveCreate, ReceiveGet, ReceiveUpload, ReceiveAbort, HoldList, HoldCreate, HoldRelease,
         LeaseList, LeaseGet, LeaseRenew, LeaseEnd, BookmarkList, BookmarkCreate, BookmarkGet,
         BookmarkDestroy, BookmarkDestroyMany, JobList, JobGet, JobCancel, JobPause, JobResume>;

template <class First, class... Op>
List<First, Op...> put_before(List<Op...>);
using Catalogue = decltype(put_before<SystemHealth>(AgentCatalogue{}));

// Calls `visit.template operator()<Op>()` for each operation, in the catalogue's order. Through
// pointers, because a compiler takes long to make one function of what is done for all of them.
template <class... Op, class Visit>
void each_operation(List<Op...>, Visit&& visit) {
  using Call = void (*)(Visit&);
  for (const Call call : {Call([](Visit& one) { one.template operator()<Op>(); })...}) call(visit);
}

// The declarations without their types, for those that route and do not decode.
std::span<const Operation* const> operations();

const Operation* find_operation(std::string_view id);

}  // namespace zfsrest::api
