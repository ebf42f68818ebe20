// Why a request is refused before any operation sees it.
#pragma once

#include <string>

#include "base/code.hpp"

namespace zfsrest::http {

struct Refusal {
  Code code;
  std::string detail;
};

}  // namespace zfsrest::http
