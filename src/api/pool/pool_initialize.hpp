#pragma once

#include "api/pool/vdev_work.hpp"

namespace zfsrest::api {

struct PoolInitialize {
  using Request = Leaves;
  using Response = LeavesEnded;
  static constexpr Operation operation{
      .id = "pool.initialize",
      .method = Method::post,
      .path = "/v1/pools/{pool}/initialize",
      .role = Role::operate,
      .lane = Lane::write,
      .runs = Runs::in_kernel,
      .summary = "Write a pattern to all that is free on the pool's devices.",
      .description =
          "It lets thinly provisioned storage allocate beforehand. A leaf that is suspended goes "
          "on. Leaves that can't be initialized are passed over, and the job says why; if there "
          "is no other, the request fails.",
      .errors = {no_such_leaf,
                 no_leaf,
                 read_only_leaf,
                 {EBUSY, Code::busy, "It is being initialized already, or being removed."}},
      .functions = {"lzc_initialize"},
  };
  static std::string subject(const Request& request) { return Leaves::subject(request); }
  static void check(const Request& request, const Spots& spots) { Leaves::check(request, spots); }
};
static_assert(well_declared<PoolInitialize>());

}  // namespace zfsrest::api
