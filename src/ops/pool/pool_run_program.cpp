#include "api/pool/pool_run_program.hpp"

#include <fmt/format.h>

#include "api/classify.hpp"
#include "ops/run.hpp"
#include "zfs/module.hpp"
#include "zfs/program.hpp"

namespace zfsrest::ops {
namespace {

Result<Nothing> check_limits(const Context& context, const api::PoolRunProgram::Request& request) {
  const zfs::ProgramLimits most = zfs::read_program_limits(context.module_directory);
  Error refusal = Error::of(Code::bad_request, "a limit is higher than this kernel permits");
  const auto check = [&](const char* field, std::uint64_t wanted, std::uint64_t largest) {
    if (wanted > largest)
      refusal.faults.push_back({.in = "body",
                                .pointer = fmt::format("/{}", field),
                                .code = Code::bad_request,
                                .detail = fmt::format("{} is at most {}", field, largest)});
  };
  check("instruction_limit", request.instruction_limit, most.instructions);
  check("memory_limit_bytes", request.memory_limit_bytes, most.memory_bytes);
  return refusal.faults.empty() ? Result<Nothing>(Nothing{}) : std::move(refusal);
}

// What Lua says, with what it means for the caller before it.
Error explained(Error error) {
  const api::Verdict verdict = api::classify(error.os_errno, api::PoolRunProgram::operation);
  if (verdict.code == Code::program_failed && !error.detail.empty())
    error.detail = fmt::format("{} It says: {}", verdict.meaning, error.detail);
  return error;
}

}  // namespace

template <>
Result<model::ProgramResult> run<api::PoolRunProgram>(Context& context,
                                                      const api::PoolRunProgram::Request& request) {
  TRY(check_limits(context, request));
  const zfs::Handle handle = TRY(context.device.open());
  // It changes what it likes, but all at once.
  const auto hold = TRY(context.trees.hold({{request.pool.text(), Touch::step}}));
  auto done =
      zfs::run_program(handle, request.pool.text(),
                       {.text = request.program,
                        .arguments = request.arguments,
                        .effect = request.read_only ? zfs::Effect::none : zfs::Effect::changes,
                        .instruction_limit = request.instruction_limit,
                        .memory_limit_bytes = request.memory_limit_bytes});
  return done.ok() ? std::move(done) : explained(std::move(done).error());
}

}  // namespace zfsrest::ops
