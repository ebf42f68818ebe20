#include "model/property_setting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "model/feature_table.hpp"

namespace zfsrest::model {
namespace {

Error refused(std::string detail) {
  return Error::of(Code::bad_request, std::move(detail));
}

Error needs_release(std::string_view what, Release release) {
  return Error::of(Code::not_in_this_release,
                   fmt::format("{} needs OpenZFS {}.", what, to_string(release)));
}

std::string_view with_article(Target target) {
  switch (target) {
    case Target::filesystem:
      return "a file system";
    case Target::volume:
      return "a volume";
    case Target::snapshot:
      return "a snapshot";
    case Target::bookmark:
      return "a bookmark";
    case Target::pool:
      return "a pool";
    case Target::vdev:
      return "a vdev";
  }
  return "this";
}

// The moments at which the property may be set, for a sentence; empty where this is one of them.
std::string_view other_moment(PropertyAccess access, Moment moment) {
  switch (access) {
    case PropertyAccess::read_only:
    case PropertyAccess::settable:
      return "";
    case PropertyAccess::at_creation:
      return moment == Moment::creation ? "" : "at creation";
    case PropertyAccess::at_import:
      return moment == Moment::importing ? "" : "at import";
    case PropertyAccess::at_creation_or_import:
      return moment == Moment::change ? "at creation or import" : "";
  }
  return "";
}

// What speaks against setting the property at all, whatever the value.
std::optional<Error> find_obstacle(const PropertyRow& row, const PropertySetting& setting) {
  if (!exists_in(row, setting.release))
    return needs_release(fmt::format("`{}`", row.name), row.since);
  if (row.access == PropertyAccess::read_only)
    return refused(fmt::format("`{}` is read-only.", row.name));
  if (setting.target == Target::snapshot || setting.target == Target::bookmark)
    return refused(
        fmt::format("`{}` cannot be set on {}.", row.name, with_article(setting.target)));
  if (!targets_in(row, setting.release).has(setting.target)) {
    const auto what = fmt::format("`{}` on {}", row.name, with_article(setting.target));
    return row.later.targets.has(setting.target) ? needs_release(what, row.later.since)
                                                 : refused(what + " does not exist.");
  }
  if (const auto moment = other_moment(row.access, setting.moment); !moment.empty())
    return refused(fmt::format("`{}` can only be set {}.", row.name, moment));
  return std::nullopt;
}

Result<KernelValue> check_native(const PropertyRow& row, const PropertyValue& value,
                                 const PropertySetting& setting) {
  if (auto obstacle = find_obstacle(row, setting)) return *std::move(obstacle);
  return to_kernel(row, value, setting.release);
}

Result<KernelValue> check_user(std::string_view name, const PropertyValue& value,
                               const PropertySetting& setting) {
  if (setting.target == Target::bookmark)
    return refused(fmt::format("`{}` cannot be set on a bookmark.", name));
  if (setting.target == Target::pool || setting.target == Target::vdev)
    if (setting.release < other_user_properties_since)
      return needs_release(fmt::format("`{}` on {}", name, with_article(setting.target)),
                           other_user_properties_since);
  // Commands would take it for an option.
  if (name.starts_with('-')) return refused(fmt::format("`{}` begins with a dash.", name));
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || text->size() > most_user_property_value_bytes ||
      text->find('\0') != text->npos)
    return refused(fmt::format("`{}` must be a text of at most {} bytes.", name,
                               most_user_property_value_bytes));
  return KernelValue(*text);
}

// In kernel form, 0 means `enabled`; a feature that shall stay disabled is left out.
Result<KernelValue> check_feature(std::string_view name, const PropertyValue& value,
                                  const PropertySetting& setting) {
  const auto* feature = find_feature(name.substr(feature_property_prefix.size()));
  if (feature == nullptr) return refused(fmt::format("There is no feature `{}`.", name));
  if (setting.release < feature->since)
    return needs_release(fmt::format("`{}`", name), feature->since);
  const auto* word = std::get_if<std::string>(&value);
  if (word == nullptr || *word != "enabled")
    return refused(fmt::format("`{}` must be `enabled`.", name));
  return KernelValue(std::uint64_t{0});
}

}  // namespace

bool is_user_property(std::string_view name) {
  const auto is_permitted = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '.' || c == '_' ||
           c == '-';
  };
  return name.size() <= most_user_property_name_bytes && name.find(':') != name.npos &&
         std::ranges::all_of(name, is_permitted);
}

Result<KernelValue> check_property(std::string_view name, const PropertyValue& value,
                                   const PropertySetting& setting) {
  if (is_user_property(name)) return check_user(name, value, setting);
  const bool on_pool = setting.target == Target::pool;
  if (on_pool && name.starts_with(feature_property_prefix))
    return check_feature(name, value, setting);
  const auto* row = on_pool                          ? find_pool_property(name)
                    : setting.target == Target::vdev ? find_vdev_property(name)
                                                     : find_dataset_property(name);
  if (row == nullptr || row->visibility == Visibility::hidden)
    return refused(fmt::format("There is no property `{}`.", name));
  return check_native(*row, value, setting);
}

}  // namespace zfsrest::model
