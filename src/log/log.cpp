#include "log/log.hpp"

#include <fmt/chrono.h>
#include <unistd.h>

#include <ctime>
#include <string>

#include "os/fd.hpp"

namespace zfsrest::log {
namespace {

std::string& process_name() {
  static std::string name = "zfsrest";
  return name;
}

std::string_view word_of(Level level) {
  switch (level) {
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "";
}

}  // namespace

void name_process(std::string_view name) {
  process_name() = name;
}

void line(Level level, std::string_view id, json::Object facts) {
  json::Object object{
      {"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
      {"level", word_of(level)},
      {"process", process_name()},
      {"message", id}};
  for (auto& [key, value] : facts) object[key] = std::move(value);
  // A log that cannot be written is no reason to fail.
  [[maybe_unused]] const auto written =
      os::write_all(STDERR_FILENO, json::serialize(object) + "\n");
}

}  // namespace zfsrest::log
