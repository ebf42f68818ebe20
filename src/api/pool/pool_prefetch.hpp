#pragma once

#include "api/fields.hpp"
#include "model/background.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

struct PoolPrefetch {
  struct Request {
    model::PoolName pool;
    model::PrefetchKind kind = model::PrefetchKind::ddt;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          optional("kind", &Request::kind, "What is read."),
      };
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "pool.prefetch",
      .method = Method::post,
      .path = "/v1/pools/{pool}/prefetch",
      .role = Role::operate,
      .lane = Lane::job,
      .since = model::release_2_3,
      .runs = Runs::as_job,
      .success = Success::no_content,
      .summary = "Read tables of the pool into memory before they are needed.",
      .description =
          "The kernel cannot be interrupted at it, and nothing tells afterwards whether it was "
          "done.",
      .functions = {"lzc_pool_prefetch"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolPrefetch>());

}  // namespace zfsrest::api
