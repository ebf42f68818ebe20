// What is asked for of each object of a list, so that no more is read.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace zfsrest::model {

struct Selection {
  using Names = std::set<std::string, std::less<>>;

  // Fields of the object and names of its properties, which share one space of names, or
  // `properties` for all of those; none for all that there is.
  std::optional<Names> names{};
  bool wants_properties = true;  // whether one of the names is a property's

  bool wants(std::string_view name) const {
    return !names || names->contains(name) || names->contains("properties");
  }
  // Whether the names alone will do.
  bool wants_only_names() const {
    return names && std::ranges::all_of(*names, [](std::string_view name) {
             return name == "name" || name == "pool" || name == "dataset" || name == "snapshot";
           });
  }
};

}  // namespace zfsrest::model
