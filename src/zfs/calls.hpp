// How each call of the kernel is made, and why: the table that a new call gets its row in.
//
// A function of libzfs_core is called where its wrapper loses nothing and its signature is the same
// in every release from 2.1 on; all else is an ioctl of ours (Handle::call). tests/zfs compares
// both ways of every row that has a function, whichever the product takes.
#pragma once

#include <array>
#include <string_view>

#include "zfs/command.hpp"

namespace zfsrest::zfs {

enum class By { library, ioctl };

struct Call {
  Ioctl number;
  std::string_view function;  // of libzfs_core; empty where it has none
  By by;
  std::string_view reason;
};

// clang-format off
inline constexpr auto calls = std::to_array<Call>({
    {Ioctl::snapshot,           "lzc_snapshot",         By::library, "passes everything through"},
    {Ioctl::destroy_snapshots,  "lzc_destroy_snaps",    By::library, "passes everything through"},
    {Ioctl::rollback,           "lzc_rollback",         By::library, "passes everything through"},
    {Ioctl::rollback,           "lzc_rollback_to",      By::library, "passes everything through"},
    {Ioctl::space_snapshots,    "lzc_snaprange_space",  By::library, "passes everything through"},
    {Ioctl::hold,               "lzc_hold",             By::library, "passes everything through"},
    {Ioctl::release,            "lzc_release",          By::library, "passes everything through"},
    {Ioctl::get_holds,          "lzc_get_holds",        By::library, "passes everything through"},
    {Ioctl::get_bookmarks,      "lzc_get_bookmarks",    By::library, "passes everything through"},
    {Ioctl::get_bookmark_props, "lzc_get_bookmark_props", By::library, "passes everything through"},
    {Ioctl::bookmark,           "lzc_bookmark",         By::library, "passes everything through"},
    {Ioctl::destroy_bookmarks,  "lzc_destroy_bookmarks", By::library, "passes everything through"},
    {Ioctl::pool_sync,          "lzc_sync",             By::library, "passes everything through"},
    {Ioctl::pool_trim,          "lzc_trim",             By::library, "passes everything through"},
    {Ioctl::redact,             "lzc_redact",           By::library, "passes everything through"},
    {Ioctl::wait,               "lzc_wait",             By::library, "passes everything through"},
    {Ioctl::wait,               "lzc_wait_tag",         By::library, "passes everything through"},
    {Ioctl::wait_fs,            "lzc_wait_fs",          By::library, "passes everything through"},
    {Ioctl::pool_checkpoint,    "lzc_pool_checkpoint",  By::library, "passes everything through"},
    {Ioctl::pool_discard_checkpoint, "lzc_pool_checkpoint_discard", By::library, "passes everything through"},
    {Ioctl::pool_reopen,        "lzc_reopen",           By::library, "passes everything through"},
    {Ioctl::get_bootenv,        "lzc_get_bootenv",      By::library, "passes everything through"},
    {Ioctl::set_bootenv,        "lzc_set_bootenv",      By::library, "passes everything through"},
    {Ioctl::channel_program,    "lzc_channel_program",  By::library, "passes everything through, and makes room for the answer at once: a second try would run the program again"},
    {Ioctl::channel_program,    "lzc_channel_program_nosync", By::library, "likewise"},
    {Ioctl::promote,            "lzc_promote",          By::library, "passes everything through"},
    {Ioctl::rename,             "lzc_rename",           By::library, "passes everything through"},
    {Ioctl::destroy,            "lzc_destroy",          By::library, "passes everything through"},
    {Ioctl::unload_key,         "lzc_unload_key",       By::library, "passes everything through"},
    {Ioctl::load_key,           "lzc_load_key",         By::ioctl,   "the library does not wipe its copies of the key"},
    {Ioctl::change_key,         "lzc_change_key",       By::ioctl,   "the library does not wipe its copies of the key"},
    {Ioctl::create,             "lzc_create",           By::ioctl,   "the wrapper drops the error of each property, and does not wipe its copies of a key"},
    {Ioctl::clone,              "lzc_clone",            By::ioctl,   "the wrapper drops the error of each property"},
    {Ioctl::send,               "lzc_send_resume_redacted", By::library, "passes everything through, and covers the three that follow"},
    {Ioctl::send,               "lzc_send",             By::library, "by lzc_send_resume_redacted"},
    {Ioctl::send,               "lzc_send_resume",      By::library, "likewise"},
    {Ioctl::send,               "lzc_send_redacted",    By::library, "likewise"},
    {Ioctl::send_space,         "lzc_send_space_resume_redacted", By::library, "passes everything through that the kernel knows"},
    {Ioctl::send_space,         "lzc_send_space",       By::library, "by lzc_send_space_resume_redacted"},
    {Ioctl::send_progress,      "",                     By::ioctl,   "lzc_send_progress is not in any release"},
    {Ioctl::receive,            "lzc_receive_with_cmdprops", By::ioctl, "the library does not wipe its copies of the key, and lzc_receive_with_heal came with 2.2"},
    {Ioctl::receive,            "lzc_receive",          By::ioctl,   "likewise"},
    {Ioctl::receive,            "lzc_receive_resumable", By::ioctl,  "likewise"},
    {Ioctl::receive,            "lzc_receive_with_header", By::ioctl, "likewise"},
    {Ioctl::receive,            "lzc_receive_one",      By::ioctl,   "likewise"},
    {Ioctl::objset_stats,       "lzc_exists",           By::ioctl,   "the wrapper cannot tell an absent object from a pool that does not answer"},
    {Ioctl::rename,             "",                     By::ioctl,   "of the snapshots of a whole tree: lzc_rename cannot ask for it"},
    {Ioctl::pool_get_props,     "",                     By::ioctl,   "lzc_get_props came with 2.3"},
    {Ioctl::pool_initialize,    "lzc_initialize",       By::ioctl,   "its signature is about to change"},
    {Ioctl::pool_scrub,         "",                     By::ioctl,   "lzc_scrub came with 2.2"},
    {Ioctl::pool_scan,          "",                     By::ioctl,   "no function; it scrubs where lzc_scrub does not, and tells what that forgets to look for"},
    {Ioctl::pool_prefetch,      "",                     By::ioctl,   "lzc_pool_prefetch came with 2.3"},
    {Ioctl::ddt_prune,          "",                     By::ioctl,   "lzc_ddt_prune came with 2.3"},
    {Ioctl::vdev_get_props,     "",                     By::ioctl,   "lzc_get_vdev_prop came with 2.2"},
    {Ioctl::vdev_set_props,     "",                     By::ioctl,   "lzc_set_vdev_prop came with 2.2"},
    {Ioctl::pool_create,        "",                     By::ioctl,   "no function"},
    {Ioctl::pool_destroy,       "",                     By::ioctl,   "no function"},
    {Ioctl::clear,              "",                     By::ioctl,   "no function"},
    {Ioctl::pool_configs,       "",                     By::ioctl,   "no function"},
    {Ioctl::pool_stats,         "",                     By::ioctl,   "no function"},
    {Ioctl::dataset_name,       "",                     By::ioctl,   "no function"},
    {Ioctl::objset_zplprops,    "",                     By::ioctl,   "no function"},
    {Ioctl::dataset_list_next,  "",                     By::ioctl,   "no function"},
    {Ioctl::snapshot_list_next, "",                     By::ioctl,   "no function"},
    {Ioctl::set_prop,           "",                     By::ioctl,   "no function"},
    {Ioctl::inherit_prop,       "",                     By::ioctl,   "no function"},
});
// clang-format on

}  // namespace zfsrest::zfs
