#include "base/code.hpp"

#include <array>
#include <cstddef>

namespace zfsrest {
namespace {

constexpr std::array rows{
    CodeRow{
        Code::bad_request, 400, "bad_request", "The request is not acceptable",
        "A field, a name or a value was refused before anything was changed; `errors` lists each."},
    CodeRow{Code::bad_framing, 400, "bad_framing", "The request is not well-formed HTTP",
            "The message could be read in two ways, or in none; the connection is closed."},
    CodeRow{Code::bad_host, 400, "bad_host", "The request names a host that is not served here",
            "`Host` or `Origin` is neither loopback nor among the configured hosts."},
    CodeRow{Code::bad_stream, 400, "bad_stream", "The body is no stream that can be received",
            "The body is not a send stream, is damaged or cut short, or is of a kind that is not "
            "received here; `detail` says which."},
    CodeRow{Code::unauthenticated, 401, "unauthenticated", "The caller is not known",
            "No valid bearer token was presented, and the connection itself proves nothing."},
    CodeRow{Code::denied, 403, "denied", "The caller may not do this",
            "The caller is known, but the role or the kernel's own permission is missing."},
    CodeRow{Code::wrong_key, 403, "wrong_key", "The key is not the right one",
            "The key or passphrase given does not open the dataset; nothing was changed."},
    CodeRow{Code::not_found, 404, "not_found", "No such object",
            "The pool, dataset or snapshot that the request names does not exist."},
    CodeRow{Code::no_such_path, 404, "no_such_path", "No such path",
            "No operation has this path; `/v1/openapi.json` lists all of them."},
    CodeRow{Code::method_not_allowed, 405, "method_not_allowed", "The path has no such method",
            "`Allow` lists the methods that the path has."},
    CodeRow{Code::not_acceptable, 406, "not_acceptable", "No acceptable form of answer",
            "The operation cannot answer in any media type that `Accept` allows."},
    CodeRow{Code::request_timeout, 408, "request_timeout", "The request took too long to arrive",
            "Headers or body arrived too slowly; nothing was done."},
    CodeRow{Code::exists, 409, "exists", "The object already exists",
            "An object of that name exists; nothing was changed."},
    CodeRow{Code::busy, 409, "busy", "The object is in use",
            "The kernel says that the object is in use; nothing was changed."},
    CodeRow{Code::held, 409, "held", "A hold protects the snapshot",
            "Release the hold first, or destroy with `defer`."},
    CodeRow{Code::has_clones, 409, "has_clones", "Clones depend on the snapshot",
            "Destroy or promote the clones first, or destroy with `defer`."},
    CodeRow{Code::has_dependents, 409, "has_dependents", "Other objects depend on this one",
            "Children, snapshots or clones are in the way; `recursive` takes them along where it "
            "is offered."},
    CodeRow{Code::device_in_use, 409, "device_in_use", "A device is in use or not empty",
            "The device or file holds something or is held by someone; `overwrite` takes it all "
            "the same."},
    CodeRow{Code::wrong_state, 409, "wrong_state", "The object is not in a state that allows this",
            "The object's present state does not permit the operation; `detail` says which it is."},
    CodeRow{Code::newer_snapshots, 409, "newer_snapshots", "Newer snapshots are in the way",
            "Rolling back further than the newest snapshot destroys the newer ones; ask for that "
            "by `destroy_newer`."},
    CodeRow{Code::canceled, 409, "canceled", "The job was canceled",
            "Somebody ended the job before its time; its `steps` say what was done."},
    CodeRow{
        Code::mount_failed, 409, "mount_failed", "A file system is not mounted as it should be",
        "The change itself was made and `applied` names it, but a mount did not follow; `errors` "
        "names each file system and why."},
    CodeRow{
        Code::request_running, 409, "request_running",
        "The first request with this key is still running",
        "A request with the same `Idempotency-Key` has not ended; ask again to get its answer."},
    CodeRow{
        Code::precondition_failed, 412, "precondition_failed",
        "The object is not as the request expects it",
        "The object's `ETag` is none that `If-Match` names: it was changed, or another took its "
        "name; nothing was changed now."},
    CodeRow{Code::body_too_large, 413, "body_too_large", "The body is too large",
            "The request body exceeds the configured limit."},
    CodeRow{Code::uri_too_long, 414, "uri_too_long", "The request target is too long",
            "The request target exceeds the limit."},
    CodeRow{
        Code::media_type, 415, "media_type", "The body has the wrong media type",
        "Bodies are `application/json`, and streams of ZFS `application/octet-stream`, without a "
        "content coding."},
    CodeRow{Code::expectation_failed, 417, "expectation_failed", "The expectation cannot be met",
            "The only expectation understood is `100-continue`."},
    CodeRow{Code::program_failed, 422, "program_failed", "The program failed",
            "The channel program ended with an error or at one of its limits; `detail` has what it "
            "said. What it did before that stays done."},
    CodeRow{Code::key_reused, 422, "key_reused", "The key was used for another request",
            "A request that differs from this one came with the same `Idempotency-Key` before; "
            "nothing was begun."},
    CodeRow{Code::narrow_filter, 422, "narrow_filter", "The list is too long to be sorted",
            "More objects than the setting `sorted_rows` permits were to be sorted at once; a "
            "`filter`, `under` or a `limit` makes them fewer."},
    CodeRow{Code::header_too_large, 431, "header_too_large", "The header is too large",
            "The header's bytes or the number of its fields exceed the limit."},
    CodeRow{Code::key_not_loaded, 423, "key_not_loaded", "An encryption key is not loaded",
            "The dataset is encrypted and its key is not loaded."},
    CodeRow{
        Code::precondition_required, 428, "precondition_required",
        "The request must say what it expects",
        "The setting `require_if_match` asks for `If-Match` here; the object's `ETag` is what to "
        "put there, and nothing was changed."},
    CodeRow{Code::bug, 500, "bug", "The daemon met a condition that it does not handle",
            "This is a defect; the log has the details under the request id."},
    CodeRow{Code::not_in_this_release, 501, "not_in_this_release", "Not in this release of OpenZFS",
            "The loaded OpenZFS lacks what the operation needs; `detail` names the release that "
            "brings it."},
    CodeRow{Code::not_on_this_engine, 501, "not_on_this_engine", "Not possible on this engine",
            "The user-space engine cannot do this; a kernel module can."},
    CodeRow{Code::agent_away, 503, "agent_away", "The agent is restarting",
            "The process that talks to ZFS is being restarted; the operation was not begun."},
    CodeRow{Code::no_module, 503, "no_module", "ZFS is not there",
            "`/dev/zfs` cannot be opened: the module is not loaded, or the user-space engine is "
            "not running."},
    CodeRow{Code::overloaded, 503, "overloaded", "Too much is waiting",
            "A queue or the table of connections is full; the operation was not begun."},
    CodeRow{Code::deadline, 503, "deadline", "The deadline passed",
            "A read took too long, or a write was withdrawn before it began; nothing was changed."},
    CodeRow{Code::suspended, 503, "suspended", "The pool is suspended",
            "The pool has stopped because of I/O failures; its status says why."},
    CodeRow{Code::io_error, 503, "io_error", "It could not be read",
            "A device failed, or what answers for ZFS went away, while something was read; nothing "
            "was changed, and the pool's status may say more."},
    CodeRow{Code::journal_failed, 503, "journal_failed", "The job cannot be written down",
            "What the daemon keeps in its state directory cannot be written, for want of space for "
            "instance; the operation was not begun."},
    CodeRow{Code::outcome_unknown, 504, "outcome_unknown", "The outcome is not known yet",
            "The operation was begun and has not ended in time; look at the object before trying "
            "again."},
    CodeRow{Code::interrupted, 504, "interrupted", "The daemon was interrupted",
            "The process that carried out the job ended meanwhile; the job's `steps` say what was "
            "done, and asking again does the rest."},
    CodeRow{Code::no_space, 507, "no_space", "No space",
            "The pool, a quota or a reservation leaves no room."},
};

consteval bool rows_follow_the_enumeration() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].code) != i) return false;
  return rows.size() == static_cast<std::size_t>(Code::no_space) + 1;
}
static_assert(rows_follow_the_enumeration());

}  // namespace

std::span<const CodeRow> codes() {
  return rows;
}

const CodeRow& row_of(Code code) {
  return rows[static_cast<std::size_t>(code)];
}

Code find_code(std::string_view word) {
  for (const CodeRow& row : rows)
    if (row.word == word) return row.code;
  return Code::bug;
}

}  // namespace zfsrest
