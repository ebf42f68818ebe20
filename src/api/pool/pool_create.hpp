#pragma once

#include "api/fields.hpp"
#include "model/key.hpp"
#include "model/plan.hpp"
#include "model/pool.hpp"
#include "model/vdev_layout.hpp"

namespace zfsrest::api {

struct PoolCreate {
  struct Request {
    model::PoolName name;
    model::VdevLayout vdevs;
    model::PropertySettings properties;
    model::PropertySettings filesystem_properties;
    std::optional<model::Key> key;
    std::optional<std::vector<std::string>> features;
    std::vector<model::DevicePath> overwrite;
    static constexpr auto fields() {
      return std::tuple{
          required("name", &Request::name, "The new pool's name."),
          required("vdevs", &Request::vdevs, "The devices and their arrangement."),
          optional("properties", &Request::properties,
                   "Properties of the pool, `altroot` and `ashift` among them."),
          optional("filesystem_properties", &Request::filesystem_properties,
                   "Properties of the root file system."),
          optional("key", &Request::key,
                   "The key with which the root file system is encrypted; `encryption` among its "
                   "properties turns that on.")
              .secret(),
          optional("features", &Request::features,
                   "The on-disk features to enable, by name; without it, or null, all that the "
                   "running release knows and the property `compatibility` permits, or none "
                   "where `version` is given."),
          optional("overwrite", &Request::overwrite,
                   "Paths of the layout that are taken even if they hold something or seem to be "
                   "in use."),
      };
    }
  };
  using Response = model::Pool;
  static constexpr Operation operation{
      .id = "pool.create",
      .method = Method::post,
      .path = "/v1/pools",
      .role = Role::admin,
      .lane = Lane::general,
      .success = Success::created,
      .plans = Plans::yes,
      .location = "/v1/pools/",
      .summary = "Create a pool.",
      .description =
          "A device that is mounted, is swap, is held by someone, or carries a file system, a "
          "partition table or "
          "the label of another pool is refused with the finding; `overwrite` names those to take "
          "all the same. "
          "Whole disks are partitioned as the stock tools do it. "
          "Failure leaves no pool; the devices may then carry a stale label, and the whole disks "
          "in `applied` have a new partition table. The layout is taken as it is given: vdevs of "
          "different redundancy side by side are not refused.",
      .errors =
          {{EEXIST, Code::exists, "A pool of this name is imported."},
           {EBUSY, Code::device_in_use,
            "A device is in use, or is named twice under different paths."},
           {EOVERFLOW, Code::bad_request, "A device is smaller than 64 MiB."},
           {ENOENT, Code::bad_request, "A device does not exist."},
           {ENXIO, Code::bad_request, "A device cannot be opened."},
           {ENODEV, Code::bad_request, "A device cannot be opened."},
           {ERANGE, Code::bad_request, "A property's value is out of range."},
           {EDOM, Code::bad_request,
            "A property's value or a device's sector size is out of range."},
           {ENOTSUP, Code::bad_request,
            "The layout or a property needs a feature that is not among those enabled, or cannot "
            "be had when a pool is created."},
           {EINVAL, Code::bad_request, "The layout or a property is not acceptable to the kernel."},
           {ENOSPC, Code::no_space,
            "The devices leave no room for a pool, or for a reservation that is asked for."}},
      .functions = {"ZFS_IOC_POOL_CREATE"},
  };
  static std::string subject(const Request& request) { return request.name.text(); }
  static const model::Key* key(const Request& request) {
    return request.key ? &*request.key : nullptr;
  }
  static void check(const Request& request, const Spots& spots);
};
static_assert(well_declared<PoolCreate>());

}  // namespace zfsrest::api
