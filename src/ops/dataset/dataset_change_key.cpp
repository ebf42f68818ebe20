#include "api/dataset/dataset_change_key.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "ops/dataset/key_errors.hpp"
#include "ops/dataset/new_key.hpp"
#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {
namespace {

using Request = api::DatasetChangeKey::Request;

// The kernel says of all these that an argument is invalid.
Error explain(const zfs::Handle& handle, const Request& request, const model::Dataset& dataset,
              Error refused) {
  if (refused.os_errno != EINVAL) return refused;
  const std::string& name = request.dataset.text();
  const auto wrong_state = [&](std::string detail) {
    return Error{.code = Code::wrong_state, .subject = name, .detail = std::move(detail)};
  };
  const auto state = zfs::read_key_state(handle, name);
  if (!state.ok()) return refused;
  if (state.value().root.empty()) return wrong_state(fmt::format("{} is not encrypted", name));
  if (const std::string origin = model::text_of(dataset.properties, "origin"); !origin.empty())
    return wrong_state(fmt::format("{} is a clone and has the key of its origin {}", name, origin));
  if (!request.inherit) return refused;
  if (auto error = find_no_root(state.value(), name)) return *std::move(error);
  return wrong_state(fmt::format("{} has no parent that is encrypted", name));
}

Result<Nothing> change(const zfs::Handle& handle, const Context& context, const Request& request) {
  const std::string& name = request.dataset.text();
  if (request.inherit) return zfs::inherit_key(handle, name);
  const bool is_root = TRY(zfs::read_key_state(handle, name)).root == name;
  return zfs::change_key(
      handle, name, *context.key,
      request.keylocation || is_root ? request.keylocation : std::optional<std::string>("prompt"));
}

}  // namespace

template <>
Result<zfs::Stretching> read_stretching<api::DatasetChangeKey>(Context&, const Request& request) {
  return new_stretching(*request.key, api::DatasetChangeKey::new_key_settings(request));
}

template <>
Result<model::Dataset> run<api::DatasetChangeKey>(Context& context, const Request& request) {
  const std::string& name = request.dataset.text();
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{name, Touch::step}}));
  if (auto changed = change(handle, context, request); !changed.ok())
    return explain(handle, request, TRY(zfs::read_dataset(handle, name, context.release)),
                   std::move(changed).error());
  return zfs::read_dataset(handle, name, context.release);
}

}  // namespace zfsrest::ops
