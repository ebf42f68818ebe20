#pragma once

#include "api/fields.hpp"
#include "model/boot_environment.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

struct PoolGetBootenv {
  struct Request {
    model::PoolName pool;
    static constexpr auto fields() {
      return std::tuple{required("pool", &Request::pool, "The pool.")};
    }
  };
  struct Response {
    static constexpr std::string_view schema_name = "BootEnvironment";
    model::ShownBootEnvironment environment;
    static constexpr auto fields() {
      return std::tuple{required("environment", &Response::environment,
                                 "One text (`raw`) or a list of named values (`pairs`).")};
    }
  };
  static constexpr Operation operation{
      .id = "pool.get_bootenv",
      .method = Method::get,
      .path = "/v1/pools/{pool}/bootenv",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Show what boot loaders keep in the labels of a pool's devices.",
      .description =
          "It is what GRUB, FreeBSD's loader and illumos' know before they can read the pool: what "
          "to boot next, for instance. The kernel stores it and does not look inside. Text that is "
          "not UTF-8 has a type of its own, in base64url.",
      .errors = {{EBADE, Code::io_error, "No device has a label whose place for it can be read."}},
      .functions = {"lzc_get_bootenv"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolGetBootenv>());

}  // namespace zfsrest::api
