#pragma once

#include "api/fields.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct VdevGet {
  struct Request {
    model::PoolName pool;
    model::Guid vdev;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          required("vdev", &Request::vdev,
                   "The guid of a vdev of any level; that of the pool itself means the root vdev."),
      };
    }
  };
  using Response = model::Vdev;
  static constexpr Operation operation{
      .id = "vdev.get",
      .method = Method::get,
      .path = "/v1/pools/{pool}/vdevs/{vdev}",
      .role = Role::read,
      .lane = Lane::read,
      .since = model::release_2_2,
      .summary = "Show a vdev with its properties, those that users made included.",
      .description =
          "Properties that this kind of vdev has not are left out. The pool's status has the "
          "guids, and the states and error counters, in every release.",
      .errors = {{ENOENT, Code::not_found, "The pool has no such vdev."},
                 {EINVAL, Code::wrong_state,
                  "This vdev keeps no properties: spares and cache devices do not, nor does the "
                  "root vdev of a pool whose feature `vdev_zaps_v2` is not enabled."}},
      .functions = {"lzc_get_vdev_prop"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<VdevGet>());

}  // namespace zfsrest::api
