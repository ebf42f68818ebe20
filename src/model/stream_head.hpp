// What is known of a stream of ZFS before its first byte.
#pragma once

#include <cstdint>
#include <optional>

#include "describe/codec.hpp"
#include "model/job.hpp"

namespace zfsrest::model {

struct StreamHead {
  static constexpr std::string_view schema_name = "StreamHead";
  std::optional<JobId> job;
  std::optional<std::uint64_t> estimated_bytes;
  std::uint64_t bytes_per_second = 0;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("job", &StreamHead::job, "The job that shows how far the transfer has come."),
        required("estimated_bytes", &StreamHead::estimated_bytes,
                 "About how many bytes it will have; null where that is not known."),
        required("bytes_per_second", &StreamHead::bytes_per_second,
                 "How fast it may go at most; 0 for as fast as it goes."),
    };
  }
};

}  // namespace zfsrest::model
