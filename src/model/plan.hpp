// What an operation would do: the answer to `plan=true`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "describe/codec.hpp"

namespace zfsrest::model {

// Something that would make the operation fail as things are now.
struct Obstacle {
  static constexpr std::string_view schema_name = "Obstacle";
  std::string subject;
  std::string code;
  std::string detail;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("subject", &Obstacle::subject, "The object that is in the way."),
        required("code", &Obstacle::code, "The code that the problem would have."),
        required("detail", &Obstacle::detail, "Why it is in the way."),
    };
  }
};

struct Plan {
  static constexpr std::string_view schema_name = "Plan";
  std::vector<std::string> would_create;
  std::vector<std::string> would_destroy;
  std::vector<std::string> would_defer;
  std::optional<json::Value> resulting_tree;
  std::optional<std::uint64_t> bytes_freed;
  std::vector<Obstacle> blocked_by;
  std::vector<std::string> unchecked;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("would_create", &Plan::would_create, "Objects that would come to be."),
        required("would_destroy", &Plan::would_destroy,
                 "Objects that would be gone, in the order of the list."),
        required("would_defer", &Plan::would_defer,
                 "Snapshots that a hold or a clone keeps, which would be gone with the last of "
                 "these."),
        required("resulting_tree", &Plan::resulting_tree,
                 "The vdev tree that would result, where one changes."),
        required("bytes_freed", &Plan::bytes_freed,
                 "About how many bytes would be freed; null where that is not known."),
        required("blocked_by", &Plan::blocked_by,
                 "What would make it fail as things are now; empty if nothing is seen."),
        required("unchecked", &Plan::unchecked,
                 "What only the attempt itself can show, in sentences."),
    };
  }
};

}  // namespace zfsrest::model
