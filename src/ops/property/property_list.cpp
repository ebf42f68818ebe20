#include "api/property/property_list.hpp"

#include <iterator>

#include "ops/property/described.hpp"
#include "ops/run.hpp"
#include "zfs/module.hpp"

namespace zfsrest::ops {

template <>
Result<api::PropertyList::Response> run<api::PropertyList>(
    Context& context, const api::PropertyList::Request& request) {
  const Release release = TRY(zfs::read_module(context.module_directory)).release;
  api::PropertyList::Response response;
  for (const auto& kind : words_of(model::PropertyKind{})) {
    if (request.kind.value_or(kind.value) != kind.value) continue;
    auto described = describe_properties(context, release, kind.value);
    std::ranges::move(described, std::back_inserter(response.items));
  }
  return response;
}

}  // namespace zfsrest::ops
