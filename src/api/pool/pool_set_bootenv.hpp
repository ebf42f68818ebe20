#pragma once

#include "api/pool/pool_get_bootenv.hpp"

namespace zfsrest::api {

struct PoolSetBootenv {
  struct Request {
    model::PoolName pool;
    model::BootEnvironment environment;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          required("environment", &Request::environment,
                   "What is there afterwards: one text (`raw`) or a list of named values "
                   "(`pairs`)."),
      };
    }
  };
  using Response = PoolGetBootenv::Response;
  static constexpr Operation operation{
      .id = "pool.set_bootenv",
      .method = Method::put,
      .path = "/v1/pools/{pool}/bootenv",
      .role = Role::admin,
      .lane = Lane::write,
      .summary = "Replace what boot loaders keep in the labels of a pool's devices.",
      .description =
          "All that was there is gone; to change a part, write back what was read with the change "
          "in it. It is written to each device in turn and succeeds if one took it, so after a "
          "failure some labels may have the new and others the old. The answer is what is there "
          "now.",
      .errors = {{E2BIG, Code::bad_request,
                  "The environment is too large: a label has about 8 KiB for it."},
                 {ENXIO, Code::wrong_state,
                  "No device of the pool has a label that could be written; the pool's status says "
                  "how they are."},
                 {EBADE, Code::io_error,
                  "It was written, but no device has a label whose place for it can be read."},
                 read_only_pool},
      .functions = {"lzc_set_bootenv", "lzc_get_bootenv"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
  static void check(const Request& request, const Spots& spots) {
    model::check_boot_environment(request.environment, spots.body.key("environment"));
  }
};
static_assert(well_declared<PoolSetBootenv>());

}  // namespace zfsrest::api
