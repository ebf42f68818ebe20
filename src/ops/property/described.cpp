#include "ops/property/described.hpp"

#include "zfs/module.hpp"

namespace zfsrest::ops {
namespace {

bool is_known(model::PropertyKind kind, const std::string& name) {
  return std::ranges::find(model::properties_of(kind), name, &model::PropertyRow::name) !=
         model::properties_of(kind).end();
}

}  // namespace

std::vector<model::PropertyDescription> describe_properties(const Context& context, Release release,
                                                            model::PropertyKind kind) {
  const model::Running running{.engine = context.engine, .release = release};
  auto module = zfs::read_properties(context.module_directory, kind);
  std::vector<model::PropertyDescription> list;
  for (const model::PropertyRow& row : model::properties_of(kind))
    if (row.visibility == model::Visibility::shown)
      list.push_back(model::describe_property(kind, row, running, module));
  if (!module) return list;
  for (model::ModuleProperty& property : *module)
    if (property.visible && !is_known(kind, property.name))
      list.push_back(model::describe_unknown(kind, std::move(property)));
  return list;
}

}  // namespace zfsrest::ops
