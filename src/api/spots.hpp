// The parts of a request, as the places at which a declaration's check notes faults.
#pragma once

#include "describe/report.hpp"

namespace zfsrest::api {

struct Spots {
  explicit Spots(describe::Report& report)
      : path(report, "path"), query(report, "query"), body(report, "body") {}

  describe::Spot path, query, body;
};

}  // namespace zfsrest::api
