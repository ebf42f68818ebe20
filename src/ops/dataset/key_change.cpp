#include "ops/dataset/key_change.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "ops/dataset/key_errors.hpp"
#include "ops/dataset/new_key.hpp"

namespace zfsrest::ops {
namespace {

Error wrong_state(const std::string& dataset, std::string detail) {
  return {.code = Code::wrong_state, .subject = dataset, .detail = std::move(detail)};
}

Result<std::optional<Error>> find_inheriting_obstacle(const zfs::Handle& handle,
                                                      const std::string& dataset,
                                                      const std::string& parent) {
  const zfs::KeyState state = TRY(zfs::read_key_state(handle, parent));
  if (state.root.empty())
    return std::optional(
        wrong_state(dataset, fmt::format("{} has no parent that is encrypted", dataset)));
  if (!state.is_loaded) return std::optional(Error::of_errno(EACCES, parent));
  return std::optional<Error>();
}

// The kernel says of most of this only that an argument is invalid.
Error explain(const zfs::Handle& handle, const api::KeyChange& change, Error refused) {
  if (refused.os_errno != EINVAL && refused.os_errno != EACCES) return refused;
  auto obstacle = find_key_obstacle(handle, change);
  return obstacle.ok() && obstacle.value() ? *std::move(obstacle).value() : refused;
}

Result<Nothing> try_change(const zfs::Handle& handle, const api::KeyChange& change,
                           const std::optional<zfs::WrappingKey>& key) {
  const std::string& name = change.dataset.text();
  if (change.inherit) return zfs::inherit_key(handle, name);
  const bool is_root = TRY(zfs::read_key_state(handle, name)).root == name;
  return zfs::change_key(
      handle, name, *key,
      change.keylocation || is_root ? change.keylocation : std::optional<std::string>("prompt"));
}

}  // namespace

Result<std::optional<Error>> find_key_obstacle(const zfs::Handle& handle,
                                               const api::KeyChange& change) {
  const std::string& name = change.dataset.text();
  const zfs::KeyState state = TRY(zfs::read_key_state(handle, name));
  if (state.root.empty())
    return std::optional(wrong_state(name, fmt::format("{} is not encrypted", name)));
  if (!state.origin.empty())
    return std::optional(wrong_state(
        name, fmt::format("{} is a clone and has the key of its origin {}", name, state.origin)));
  if (change.inherit)
    if (auto error = find_no_root(state, name)) return error;
  if (!state.is_loaded) return std::optional(Error::of_errno(EACCES, name));
  if (change.inherit) return find_inheriting_obstacle(handle, name, change.dataset.parent());
  return std::optional<Error>();
}

zfs::Stretching new_stretching(const api::KeyChange& change) {
  return change.key ? new_stretching(*change.key, api::new_key_settings(change))
                    : zfs::Stretching{};
}

Result<Nothing> change_key(const zfs::Handle& handle, const api::KeyChange& change,
                           const std::optional<zfs::WrappingKey>& key) {
  if (auto changed = try_change(handle, change, key); !changed.ok())
    return explain(handle, change, std::move(changed).error());
  return Nothing{};
}

}  // namespace zfsrest::ops
