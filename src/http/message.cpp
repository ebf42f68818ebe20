#include "http/message.hpp"

#include "http/ascii.hpp"

namespace zfsrest::http {

std::optional<std::string_view> RequestHead::find(std::string_view name) const {
  for (const Field& field : fields)
    if (equal_ignoring_case(field.name, name)) return field.value;
  return std::nullopt;
}

std::vector<std::string_view> RequestHead::values(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const Field& field : fields)
    if (equal_ignoring_case(field.name, name)) found.emplace_back(field.value);
  return found;
}

bool RequestHead::lists(std::string_view name, std::string_view element) const {
  for (std::string_view rest : values(name)) {
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      if (equal_ignoring_case(trim_blanks(rest.substr(0, comma)), element)) return true;
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
  return false;
}

}  // namespace zfsrest::http
