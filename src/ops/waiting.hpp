// Waiting in the kernel for a job that can be canceled meanwhile.
#pragma once

#include <cerrno>

#include "api/pool/pool_wait.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

// `wait` waits in the kernel until a signal comes. Nothing is changed, so it can be done twice.
template <class Wait>
Result<api::Waited> wait_for_job(const Context& context, const Wait& wait) {
  TRY(context.work->begin({}));
  const auto interruptible = context.work->interruptible();
  // Looked at first: what came before there was anything to interrupt did nothing.
  while (!context.work->is_canceled()) {
    Result<bool> waited = wait();
    if (waited.ok()) return api::Waited{.waited = waited.value()};
    if (waited.error().os_errno != EINTR) return std::move(waited).error();
  }
  return Error::of(Code::canceled, "the wait was canceled");
}

}  // namespace zfsrest::ops
