#include "zfs/program.hpp"

#include <cerrno>
#include <fstream>

#include "base/utf8.hpp"
#include "zfs/errors.hpp"
#include "zfs/library.hpp"
#include "zfs/nvlist_json.hpp"

namespace zfsrest::zfs {
namespace {

std::uint64_t read_parameter(const std::string& directory, const char* name,
                             std::uint64_t otherwise) {
  std::ifstream file(directory + "/parameters/" + name);
  std::uint64_t value = 0;
  return file >> value ? value : otherwise;
}

// What the program, or Lua about it, says of a failure: a text as a rule. Empty if nothing.
std::string complaint_of(NvView output) {
  const auto error = output.pair("error");
  if (!error) return "";
  if (const auto text = error->text(); text && is_utf8(*text)) return std::string(*text);
  return json::serialize(to_json(*error).value);
}

Error failure_of(int os_errno, const std::string& pool, NvView output) {
  Error error = failure(os_errno, pool);
  error.detail = complaint_of(output);
  // With a complaint it is the program that cannot be read, not its limits.
  if (os_errno == EINVAL && !error.detail.empty())
    error.faults = {
        {.in = "body", .pointer = "/program", .code = Code::bad_request, .detail = error.detail}};
  return error;
}

}  // namespace

ProgramLimits read_program_limits(const std::string& directory) {
  const ProgramLimits usual;
  return {.instructions = read_parameter(directory, "zfs_lua_max_instrlimit", usual.instructions),
          .memory_bytes = read_parameter(directory, "zfs_lua_max_memlimit", usual.memory_bytes)};
}

Result<model::ProgramResult> run_program(const Handle&, const std::string& pool,
                                         const Program& program) {
  const NvList arguments = to_nvlist(program.arguments.members);
  const library::Limits limits{.instructions = program.instruction_limit,
                               .memory_bytes = program.memory_limit_bytes};
  NvList output = NvList::slot();
  const int rc =
      program.effect == Effect::changes
          ? library::channel_program(pool, program.text, limits, arguments.raw(), output.out())
          : library::channel_program_nosync(pool, program.text, limits, arguments.raw(),
                                            output.out());
  if (rc != 0) return failure_of(rc, pool, output.view());
  const auto returned = output.view().pair("return");
  if (!returned) return model::ProgramResult{};
  AsJson json = to_json(*returned);
  return model::ProgramResult{.result = std::move(json.value),
                              .encoded_strings = std::move(json.encoded_strings),
                              .encoded_names = std::move(json.encoded_names)};
}

}  // namespace zfsrest::zfs
