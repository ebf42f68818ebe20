#pragma once

#include "api/fields.hpp"
#include "model/names.hpp"
#include "model/program.hpp"

namespace zfsrest::api {

struct PoolRunProgram {
  struct Request {
    model::PoolName pool;
    std::string program;
    model::ProgramArguments arguments;
    bool read_only = false;
    std::uint64_t instruction_limit = model::usual_instruction_limit;
    std::uint64_t memory_limit_bytes = model::usual_memory_limit_bytes;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool; the program can reach no other."),
          required("program", &Request::program,
                   "The program, in the kernel's Lua 5.2, at most 262144 bytes."),
          optional("arguments", &Request::arguments,
                   "What the program finds in `...`: a table. Objects become tables, arrays of "
                   "only strings or only integers become tables that count from 1, integers have "
                   "64 bits and a sign; at most 12 levels. The stock tool passes its arguments as "
                   "`{\"argv\": [\"…\"]}`. Fractions, null and other arrays cannot be passed."),
          optional("read_only", &Request::read_only,
                   "Run it so that it can change nothing; the pool must be one that can be "
                   "written all the same."),
          optional("instruction_limit", &Request::instruction_limit,
                   "After how many instructions of Lua it is stopped, usually at most 100 million; "
                   "10 million without it."),
          optional("memory_limit_bytes", &Request::memory_limit_bytes,
                   "How much memory it may use, and how large its result may be, usually at most "
                   "100 MiB; 10 MiB without it."),
      };
    }
  };
  using Response = model::ProgramResult;
  static constexpr Operation operation{
      .id = "pool.run_program",
      .method = Method::post,
      .path = "/v1/pools/{pool}/program",
      .role = Role::admin,
      .lane = Lane::write,
      .summary = "Run a channel program: Lua that the kernel executes.",
      .description =
          "All that a program does happens at one moment, in one transaction group, and while it "
          "runs the pool's other changes wait. It is not undone by a failure: what the program did "
          "before it failed stays done. It mounts and unmounts nothing. The pool's "
          "history keeps its text and arguments, so keys have no place in them.",
      .errors = {{ECHRNG, Code::program_failed,
                  "The program failed; what it did before that stays done."},
                 {ETIME, Code::program_failed,
                  "The program reached its limit of instructions; what it did before that stays "
                  "done."},
                 {ENOSPC, Code::program_failed,
                  "The program reached its limit of memory; what it did before that stays done."},
                 {ENOMEM, Code::program_failed,
                  "The program's result is larger than its limit of memory, so it is lost; what "
                  "the program did stays done."},
                 {EINTR, Code::program_failed,
                  "The program was interrupted; what it did before that stays done."},
                 {EINVAL, Code::bad_request, "The kernel does not accept the program's limits."},
                 read_only_pool},
      .functions = {"lzc_channel_program", "lzc_channel_program_nosync"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
  static void check(const Request& request, const Spots& spots);
};
static_assert(well_declared<PoolRunProgram>());

}  // namespace zfsrest::api
