// refused: static assertion failed due to requirement .well_declared<zfsrest::api::Sound>
#include "api/fields.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

struct Sound {
  struct Request {
    model::PoolName pool;
    static constexpr auto fields() {
      return std::tuple{optional("pool", &Request::pool, "The pool.")};
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{.id = "pool.sound",
                                       .method = Method::get,
                                       .path = "/v1/pools/{pool}",
                                       .role = Role::read,
                                       .lane = Lane::read,
                                       .summary = "Do nothing at all."};
};
static_assert(well_declared<Sound>());

}  // namespace zfsrest::api
