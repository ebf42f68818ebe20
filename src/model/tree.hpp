// Trees of names: a dataset with all that is below it. Paths of directories nest in the same way.
#pragma once

#include <string>

namespace zfsrest::model {

inline bool is_in_tree(const std::string& name, const std::string& tree) {
  return name.starts_with(tree) && (name.size() == tree.size() || name[tree.size()] == '/');
}

}  // namespace zfsrest::model
