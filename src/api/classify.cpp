#include "api/classify.hpp"

#include <cerrno>

#include "base/errno_name.hpp"

namespace zfsrest::api {
namespace {

constexpr int first_zfs_errno = 1024;
constexpr int last_zfs_errno = 1060;

Code usual_code(int os_errno, const Operation& operation) {
  switch (os_errno) {
    case ENOENT:
    case ESRCH:
      return Code::not_found;
    case EEXIST:
      return Code::exists;
    case EBUSY:
      return Code::busy;
    case EAGAIN:
      return Code::suspended;
    case ENOSPC:
    case EDQUOT:
      return Code::no_space;
    case EPERM:
    case ECANCELED:
      return Code::denied;
    case EACCES:
      return Code::key_not_loaded;
    case ENAMETOOLONG:
      return Code::bad_request;
    case EROFS:
      return Code::wrong_state;
    // The device was opened before, and nobody is behind it any more.
    case ENXIO:
      return Code::no_module;
    // Something was lost on the way, be it a block or the engine itself; whether a change took
    // effect is not known.
    case EIO:
      return is_read(operation) ? Code::io_error : Code::outcome_unknown;
    case engine_lacks_it:
      return Code::not_on_this_engine;
    case zfs_err_ioc_cmd_unavail:
    case zfs_err_ioc_arg_unavail:
      return Code::not_in_this_release;
    default:
      return os_errno >= first_zfs_errno && os_errno < last_zfs_errno ? Code::wrong_state
                                                                      : Code::bug;
  }
}

}  // namespace

Verdict classify(int os_errno, const Operation& operation) {
  for (const ErrnoRule& rule : operation.errors)
    if (rule.os_errno == os_errno) return {.code = rule.code, .meaning = rule.meaning};
  return {.code = usual_code(os_errno, operation), .meaning = ""};
}

Code code_of(const Error& error, const Operation& operation) {
  if (error.code) return *error.code;
  // A batch fails as its members do; where they differ, the kernel's number for the whole is one of
  // theirs.
  if (error.faults.size() == 1 && error.faults.front().code) return *error.faults.front().code;
  return classify(error.os_errno, operation).code;
}

}  // namespace zfsrest::api
