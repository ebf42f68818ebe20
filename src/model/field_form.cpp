#include "model/field_form.hpp"

#include <array>
#include <utility>

namespace zfsrest::model {

std::optional<PropertyForm> identity_form(std::string_view field) {
  using enum PropertyForm;
  static constexpr std::array<std::pair<std::string_view, PropertyForm>, 12> forms{{
      {"name", text},
      {"type", index},
      {"pool", text},
      {"guid", identity},
      {"createtxg", number},
      {"dataset", text},
      {"snapshot", text},
      {"bookmark", text},
      {"clones", number},
      {"created", time},
      {"redact_snaps", text},
      {"redact_complete", index},
  }};
  for (const auto& [name, form] : forms)
    if (name == field) return form;
  return {};
}

std::optional<PropertyForm> dataset_property_form(std::string_view name) {
  if (const PropertyRow* row = find_dataset_property(name))
    return row->visibility == Visibility::shown ? std::optional(row->form) : std::nullopt;
  return is_user_property(name) ? std::optional(PropertyForm::text) : std::nullopt;
}

}  // namespace zfsrest::model
