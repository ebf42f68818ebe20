// Channel programs: Lua that the kernel executes.
#pragma once

#include <cstdint>
#include <string>

#include "model/program.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

// The highest limits that the running module permits.
struct ProgramLimits {
  std::uint64_t instructions = 100'000'000;
  std::uint64_t memory_bytes = std::uint64_t{100} * 1024 * 1024;
};

// What the parameters of the module in `directory` say, and the usual where they cannot be read.
ProgramLimits read_program_limits(const std::string& directory);

enum class Effect { none, changes };

// Of `memory_limit_bytes` as much is allocated for the result, so it must have been checked.
struct Program {
  std::string text;
  model::ProgramArguments arguments;
  Effect effect = Effect::changes;
  std::uint64_t instruction_limit = model::usual_instruction_limit;
  std::uint64_t memory_limit_bytes = model::usual_memory_limit_bytes;
};

// Runs it once, whatever becomes of it. A failure has what Lua says, line and all, as its detail.
Result<model::ProgramResult> run_program(const Handle& handle, const std::string& pool,
                                         const Program& program);

}  // namespace zfsrest::zfs
