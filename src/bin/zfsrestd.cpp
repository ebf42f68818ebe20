// The supervisor's main(): zfsrestd [--config FILE].
#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "config/settings.hpp"
#include "log/log.hpp"
#include "supervisor/supervisor.hpp"

namespace {

int fail(const std::string& why) {
  fmt::print(stderr, "zfsrestd: {}\n", why);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace zfsrest;
  std::string file;
  if (argc == 3 && std::strcmp(argv[1], "--config") == 0)
    file = argv[2];
  else if (argc != 1)
    return fail("usage: zfsrestd [--config FILE]");
  log::name_process("supervisor");
  auto settings = config::read_settings(file);
  if (!settings.ok()) return fail(settings.error().detail);
  auto ended = supervisor::run(settings.value());
  return ended.ok()
             ? 0
             : fail(ended.error().detail.empty() ? ended.error().subject : ended.error().detail);
}
