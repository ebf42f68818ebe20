#pragma once

#include "api/pool/vdev_work.hpp"

namespace zfsrest::api {

struct PoolUninitialize {
  using Request = Leaves;
  using Response = LeavesDone;
  static constexpr Operation operation{
      .id = "pool.uninitialize",
      .method = Method::post,
      .path = "/v1/pools/{pool}/uninitialize",
      .role = Role::operate,
      .lane = Lane::write,
      // Older ones call it a bad value.
      .since = {2, 1, 12},
      .summary = "Forget that devices were initialized, so that they can be initialized again.",
      .description = "Nothing on the devices changes.",
      .errors = {no_such_leaf,
                 no_leaf,
                 read_only_leaf,
                 {EBUSY, Code::busy, "It is being initialized."}},
      .functions = {"lzc_initialize"},
  };
  static std::string subject(const Request& request) { return Leaves::subject(request); }
  static void check(const Request& request, const Spots& spots) { Leaves::check(request, spots); }
};
static_assert(well_declared<PoolUninitialize>());

}  // namespace zfsrest::api
