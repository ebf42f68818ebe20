#pragma once

#include "api/pool/vdev_work.hpp"

namespace zfsrest::api {

struct PoolInitializeSuspend {
  using Request = Leaves;
  using Response = LeavesDone;
  static constexpr Operation operation{
      .id = "pool.initialize_suspend",
      .method = Method::post,
      .path = "/v1/pools/{pool}/initialize/suspend",
      .role = Role::operate,
      .lane = Lane::write,
      .summary = "Let the initializing of devices rest, whoever began it.",
      .description =
          "It goes on when the pool is initialized again. Leaves that are not at it are passed "
          "over; if there is no other, the request fails.",
      .errors = {no_such_leaf,
                 no_leaf,
                 read_only_leaf,
                 {ESRCH, Code::wrong_state, "It is not being initialized."}},
      .functions = {"lzc_initialize"},
  };
  static std::string subject(const Request& request) { return Leaves::subject(request); }
  static void check(const Request& request, const Spots& spots) { Leaves::check(request, spots); }
};
static_assert(well_declared<PoolInitializeSuspend>());

}  // namespace zfsrest::api
