// What the operations that initialize and trim vdevs have in common.
#pragma once

#include <algorithm>

#include "api/fields.hpp"
#include "model/background.hpp"
#include "model/names.hpp"
#include "model/pool.hpp"
#include "model/skipped.hpp"

namespace zfsrest::api {

// The leaves that are worked on.
inline constexpr std::string_view leaves_doc =
    "The guids of the leaves; without it all but spares and cache devices.";

inline void check_leaves(const std::optional<std::vector<model::Guid>>& vdevs, const Spots& spots) {
  if (!vdevs) return;
  const describe::Spot spot = spots.body.key("vdevs");
  if (vdevs->empty()) spot.fault("the list is empty; leave it out for all leaves");
  for (std::size_t i = 0; i < vdevs->size(); ++i)
    if (std::ranges::count((*vdevs).begin(), (*vdevs).begin() + static_cast<std::ptrdiff_t>(i),
                           (*vdevs)[i].value, &model::Guid::value) > 0)
      spot.index(i).fault("the vdev is named twice");
}

// The request of an operation on leaves that needs nothing else.
struct Leaves {
  model::PoolName pool;
  std::optional<std::vector<model::Guid>> vdevs;
  static constexpr auto fields() {
    return std::tuple{
        required("pool", &Leaves::pool, "The pool."),
        optional("vdevs", &Leaves::vdevs, leaves_doc),
    };
  }
  static std::string subject(const Leaves& request) { return request.pool.text(); }
  static void check(const Leaves& request, const Spots& spots) {
    check_leaves(request.vdevs, spots);
  }
};

// The leaves that did what was asked, and those that did not.
struct LeavesDone {
  std::vector<model::Guid> vdevs;
  std::vector<model::Skipped> skipped;
  static constexpr auto fields() {
    return std::tuple{
        required("vdevs", &LeavesDone::vdevs, "The leaves of which it was done."),
        required("skipped", &LeavesDone::skipped, "The others, and why not."),
    };
  }
};

// How a job that worked on leaves has ended.
struct LeavesEnded {
  std::vector<model::Guid> vdevs;
  std::vector<model::Guid> gone;
  std::vector<model::Skipped> skipped;
  static constexpr auto fields() {
    return std::tuple{
        required("vdevs", &LeavesEnded::vdevs, "The leaves that were worked on to their end."),
        required("gone", &LeavesEnded::gone, "The leaves that left the pool meanwhile."),
        required("skipped", &LeavesEnded::skipped, "The leaves that were not worked on, and why."),
    };
  }
};

// What the kernel says of a leaf.
inline constexpr ErrnoRule no_such_leaf{ENODEV, Code::not_found, "The pool has no such vdev."};
inline constexpr ErrnoRule no_leaf{EINVAL, Code::bad_request,
                                   "It is no leaf, or none that is in use."};
inline constexpr ErrnoRule read_only_leaf{EROFS, Code::wrong_state,
                                          "The vdev or the pool is read-only."};

}  // namespace zfsrest::api
