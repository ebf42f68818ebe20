#include "api/availability.hpp"

#include <fmt/format.h>

namespace zfsrest::api {

Result<Nothing> check_available(const Operation& operation,
                                const std::vector<describe::Need>& needs,
                                const model::Running& running) {
  if (const auto lack = find_lack(operation, running)) {
    if (*lack == model::Lack::not_on_this_engine) return Error::of(Code::not_on_this_engine, "");
    return Error::of(Code::not_in_this_release, fmt::format("{} needs OpenZFS {}", operation.id,
                                                            model::to_string(operation.since)));
  }
  Error error;
  for (const describe::Need& need : needs)
    if (need.since > running.release)
      error.faults.push_back({.in = need.in,
                              .pointer = need.pointer,
                              .code = Code::not_in_this_release,
                              .detail = fmt::format("`{}` needs OpenZFS {}", need.what,
                                                    model::to_string(need.since))});
  if (error.faults.empty()) return Nothing{};
  error.code = Code::not_in_this_release;
  error.detail = error.faults.front().detail;
  return error;
}

}  // namespace zfsrest::api
