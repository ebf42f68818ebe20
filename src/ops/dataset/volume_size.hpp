// The size of a volume, which the kernel refuses without saying why.
#pragma once

#include <fmt/format.h>

#include <cstdint>

#include "base/result.hpp"

namespace zfsrest::ops {

inline Result<Nothing> check_volume_size(std::uint64_t size_bytes, std::uint64_t block_bytes) {
  if (size_bytes != 0 && size_bytes % block_bytes == 0) return Nothing{};
  const std::string detail =
      fmt::format("volsize must be a multiple of volblocksize, which is {} bytes", block_bytes);
  return Error{.code = Code::bad_request,
               .detail = detail,
               .faults = {{.in = "body", .pointer = "/properties/volsize", .detail = detail}}};
}

}  // namespace zfsrest::ops
