// print-reference DIRECTORY: writes the reference that is made from the declarations.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "api/openapi.hpp"
#include "config/settings.hpp"
#include "json/value.hpp"

namespace {

using namespace zfsrest;

std::string settings_page() {
  std::string page =
      "<!-- Printed from the declarations by tools/print-reference; do not edit. -->\n\n# "
      "Settings\n\n"
      "`zfsrestd --config FILE` reads them from a TOML file; a variable of the environment goes "
      "before the file.\n\n"
      "| setting | variable | default | |\n| --- | --- | --- | --- |\n";
  const config::Settings defaults;
  describe::each_field<config::Settings>([&](const auto& field) {
    page +=
        fmt::format("| `{}` | `{}` | `{}` | {} |\n", field.name, config::variable_of(field.name),
                    json::serialize(describe::encode(defaults.*field.member)), field.doc);
  });
  return page;
}

bool write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: print-reference DIRECTORY\n");
    return 2;
  }
  const std::string directory = std::string(argv[1]) + "/";
  const bool good =
      write(directory + "openapi.json", json::serialize_pretty(api::openapi_document())) &&
      write(directory + "operations.md", api::operations_page()) &&
      write(directory + "errors.md", api::errors_page()) &&
      write(directory + "settings.md", settings_page());
  return good ? 0 : 1;
}
