#include "api/property/property_get.hpp"

#include <fmt/format.h>

#include "ops/property/described.hpp"
#include "ops/run.hpp"
#include "zfs/module.hpp"

namespace zfsrest::ops {

template <>
Result<model::PropertyDescription> run<api::PropertyGet>(Context& context,
                                                         const api::PropertyGet::Request& request) {
  const Release release = TRY(zfs::read_module(context.module_directory)).release;
  auto described = describe_properties(context, release, request.kind);
  const auto found =
      std::ranges::find(described, request.property.name, &model::PropertyDescription::name);
  if (found == described.end())
    return Error::of(Code::not_found,
                     fmt::format("There is no property `{}` of this kind.", request.property.name));
  return std::move(*found);
}

}  // namespace zfsrest::ops
