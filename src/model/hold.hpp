// Holds on snapshots as the API shows them, and the leases that some of them end with.
#pragma once

#include <string>
#include <vector>

#include "describe/codec.hpp"
#include "model/names.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

// One of a snapshot's holds.
struct Hold {
  static constexpr std::string_view schema_name = "Hold";
  std::string tag;
  Time created;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("tag", &Hold::tag, "What tells it from the snapshot's other holds."),
        required("created", &Hold::created, "Since when it holds."),
    };
  }
};

// A hold as it is asked for.
struct SnapshotTag {
  static constexpr std::string_view schema_name = "SnapshotTag";
  SnapshotName snapshot;
  HoldTag tag;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("snapshot", &SnapshotTag::snapshot, "The snapshot."),
        required("tag", &SnapshotTag::tag, "What tells the hold from the snapshot's others."),
    };
  }
  friend auto operator<=>(const SnapshotTag&, const SnapshotTag&) = default;
};

// A lease: the name of its pool and 32 hexadecimal digits that nobody can guess.
class LeaseId : public Name {
 public:
  LeaseId() = default;
  static Result<LeaseId> parse(std::string_view text);
  static describe::TextShape shape();

  std::string pool() const { return text().substr(0, text().rfind(':')); }

 private:
  using Name::Name;
};

// The longest time that a lease can be given at once.
inline constexpr std::uint32_t most_lease_seconds = 86'400;

struct Lease {
  static constexpr std::string_view schema_name = "Lease";
  LeaseId lease;
  PoolName pool;
  std::vector<SnapshotTag> holds;
  std::uint32_t seconds = 0;
  Time created;
  Time expires;
  bool ending = false;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("lease", &Lease::lease, "What it is renewed and ended by."),
        required("pool", &Lease::pool, "The pool of its snapshots."),
        required(
            "holds", &Lease::holds,
            "The holds that end with it: those that were there when the pool was last asked, by "
            "the names that the snapshots had then."),
        required("seconds", &Lease::seconds, "How long it lasts when it is renewed."),
        required("created", &Lease::created, "When it began."),
        required("expires", &Lease::expires, "When it ends unless it is renewed."),
        required("ending", &Lease::ending,
                 "Whether it is over and only the pool has not let go of its holds yet, or another "
                 "tool's hold of one of its tags would go with it."),
    };
  }
};

}  // namespace zfsrest::model
