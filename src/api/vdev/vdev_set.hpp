#pragma once

#include "api/fields.hpp"
#include "base/errno_name.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct VdevSet {
  struct Request {
    model::PoolName pool;
    model::Guid vdev;
    model::PropertySettings properties;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          required("vdev", &Request::vdev,
                   "The guid of a vdev of any level; that of the pool itself means the root vdev."),
          required("properties", &Request::properties,
                   "The new values by property name; an empty text removes a property that users "
                   "made."),
      };
    }
  };
  using Response = model::Vdev;
  static constexpr Operation operation{
      .id = "vdev.set",
      .method = Method::patch,
      .path = "/v1/pools/{pool}/vdevs/{vdev}",
      .role = Role::operate,
      .lane = Lane::write,
      .since = model::release_2_2,
      .summary = "Set properties of a vdev.",
      .description =
          "All values are checked first. Then each property is set by itself, in a transaction "
          "group of its own; the kernel may still refuse some: then the problem lists what was "
          "`applied` and, in `errors`, what was not.",
      .errors = {{ENOENT, Code::not_found, "The pool has no such vdev."},
                 {EINVAL, Code::bad_request,
                  "The kernel does not accept the value; of `allocating`, no other vdev would be "
                  "left to write to."},
                 {ENOTSUP, Code::wrong_state, "This kind of vdev has no such property."},
                 {zfs_err_vdev_notsup, Code::wrong_state,
                  "Only top-level vdevs can be told not to take new data."},
                 {zfs_err_too_many_sitouts, Code::wrong_state,
                  "As many disks of this vdev sit out already as it can do without."},
                 {ENOSPC, Code::no_space, "The pool has no room for it."},
                 read_only_pool},
      .functions = {"lzc_set_vdev_prop", "lzc_get_vdev_prop"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.properties.empty())
      spots.body.key("properties").fault("there is no property to set");
    model::check_settings(request.properties, model::Target::vdev, model::Moment::change,
                          spots.body.key("properties"));
  }
};
static_assert(well_declared<VdevSet>());

}  // namespace zfsrest::api
