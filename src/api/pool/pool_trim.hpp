#pragma once

#include "api/pool/vdev_work.hpp"

namespace zfsrest::api {

struct PoolTrim {
  struct Request {
    model::PoolName pool;
    std::optional<std::vector<model::Guid>> vdevs;
    std::optional<std::uint64_t> rate_bytes_per_second;
    bool secure = false;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          optional("vdevs", &Request::vdevs, leaves_doc),
          optional("rate_bytes_per_second", &Request::rate_bytes_per_second,
                   "How much of each leaf is trimmed in a second at most."),
          optional("secure", &Request::secure,
                   "Let the devices make sure that nothing of the data is left, where they can."),
      };
    }
  };
  using Response = LeavesEnded;
  static constexpr Operation operation{
      .id = "pool.trim",
      .method = Method::post,
      .path = "/v1/pools/{pool}/trim",
      .role = Role::operate,
      .lane = Lane::write,
      .runs = Runs::in_kernel,
      .summary = "Tell the pool's devices which of their space is free.",
      .description =
          "A leaf that is suspended goes on. Leaves that can't be trimmed are passed over, and the "
          "job says why; if there is no other, the request fails.",
      .errors = {no_such_leaf,
                 no_leaf,
                 read_only_leaf,
                 {EBUSY, Code::busy, "It is being trimmed already, or being removed."},
                 {EOPNOTSUPP, Code::wrong_state,
                  "The device has no trim, or no secure one if that was asked for."}},
      .functions = {"lzc_trim"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
  static void check(const Request& request, const Spots& spots) {
    check_leaves(request.vdevs, spots);
    if (request.rate_bytes_per_second == 0)
      spots.body.key("rate_bytes_per_second").fault("leave it out for no limit");
  }
};
static_assert(well_declared<PoolTrim>());

}  // namespace zfsrest::api
