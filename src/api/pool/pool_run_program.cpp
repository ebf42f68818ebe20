#include "api/pool/pool_run_program.hpp"

#include <fmt/format.h>

namespace zfsrest::api {

void PoolRunProgram::check(const Request& request, const Spots& spots) {
  if (request.program.size() > model::most_program_bytes)
    spots.body.key("program").fault(
        fmt::format("a program may have at most {} bytes", model::most_program_bytes));
  if (request.program.find('\0') != std::string::npos)
    spots.body.key("program").fault(
        "a program may not hold a NUL, at which the kernel would end it");
  if (request.instruction_limit == 0)
    spots.body.key("instruction_limit").fault("a program needs at least one instruction");
  if (request.memory_limit_bytes == 0)
    spots.body.key("memory_limit_bytes").fault("a program needs memory");
}

}  // namespace zfsrest::api
