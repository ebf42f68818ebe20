#include "api/dataset/dataset_load_key.hpp"

#include <fmt/format.h>

#include "ops/dataset/key_errors.hpp"
#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {
namespace {

Error wrong_format(const std::string& dataset, model::KeyFormat wanted) {
  const std::string detail =
      fmt::format("the key of {} is to be given as type \"{}\"", dataset, model::word_of(wanted));
  return {.code = Code::bad_request,
          .subject = dataset,
          .detail = detail,
          .faults = {{.in = "body", .pointer = "/key/type", .detail = detail}}};
}

}  // namespace

// The kernel takes any 32 bytes for a key, so that what does not fit is told before they are made.
template <>
Result<zfs::Stretching> read_stretching<api::DatasetLoadKey>(
    Context& context, const api::DatasetLoadKey::Request& request) {
  const std::string& name = request.dataset.text();
  const zfs::Handle handle = TRY(context.device.open());
  const zfs::KeyState state = TRY(zfs::read_key_state(handle, name));
  if (auto error = find_no_root(state, name)) return *std::move(error);
  if (model::format_of(request.key) != state.format) return wrong_format(name, state.format);
  if (state.stretching.iterations > zfs::most_iterations)
    return Error{.code = Code::wrong_state,
                 .subject = name,
                 .detail = fmt::format("{} has {} iterations, more than can be done", name,
                                       state.stretching.iterations)};
  return state.stretching;
}

template <>
Result<model::Dataset> run<api::DatasetLoadKey>(Context& context,
                                                const api::DatasetLoadKey::Request& request) {
  const std::string& name = request.dataset.text();
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{name, Touch::step}}));
  auto loaded = zfs::load_key(handle, name, *context.key,
                              request.verify_only ? zfs::Load::only_verify : zfs::Load::yes);
  if (!loaded.ok()) return std::move(loaded).error();
  return zfs::read_dataset(handle, name, context.release);
}

}  // namespace zfsrest::ops
