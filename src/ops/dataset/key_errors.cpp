#include "ops/dataset/key_errors.hpp"

#include <fmt/format.h>

#include <cerrno>

namespace zfsrest::ops {

std::optional<Error> find_no_root(const zfs::KeyState& state, const std::string& dataset) {
  if (state.root == dataset) return {};
  return Error{.code = Code::wrong_state,
               .subject = dataset,
               .detail = state.root.empty()
                             ? fmt::format("{} is not encrypted", dataset)
                             : fmt::format("{} is no encryption root: it shares the key of {}",
                                           dataset, state.root)};
}

Error explain_no_root(const zfs::Handle& handle, const std::string& dataset, Error refused) {
  if (refused.os_errno != EINVAL && refused.os_errno != EACCES) return refused;
  const auto state = zfs::read_key_state(handle, dataset);
  auto explained = state.ok() ? find_no_root(state.value(), dataset) : std::nullopt;
  if (!explained) return refused;
  explained->os_errno = refused.os_errno;
  return *std::move(explained);
}

}  // namespace zfsrest::ops
