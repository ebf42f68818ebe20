#pragma once

#include "api/fields.hpp"
#include "model/page.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct PoolList {
  struct Request {
    std::optional<std::uint32_t> limit;
    std::optional<model::Cursor> cursor;
    static constexpr auto fields() {
      return std::tuple{
          optional(
              "limit", &Request::limit,
              "How many pools at most, from 1 to 10000; without it 1000, or no limit as NDJSON."),
          optional("cursor", &Request::cursor, "Where to go on, from the page before."),
      };
    }
  };
  using Item = model::Pool;
  using Response = model::Page<Item>;
  static constexpr Operation operation{
      .id = "pool.list",
      .method = Method::get,
      .path = "/v1/pools",
      .role = Role::read,
      .lane = Lane::general,
      .form = Form::rows,
      .summary = "List the imported pools.",
      .description =
          "A pool that does not answer in time is named in `unavailable`; a suspended one is "
          "listed as such.",
      .functions = {"ZFS_IOC_POOL_CONFIGS", "ZFS_IOC_POOL_STATS", "ZFS_IOC_POOL_GET_PROPS"},
  };
  static void check(const Request& request, const Spots& spots) {
    check_limit(request.limit, spots.query);
  }
};
static_assert(well_declared<PoolList>());

}  // namespace zfsrest::api
