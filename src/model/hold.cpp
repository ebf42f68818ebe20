#include "model/hold.hpp"

#include <algorithm>

namespace zfsrest::model {

Result<LeaseId> LeaseId::parse(std::string_view text) {
  TRY(check_handle(text, "not a lease that this API gave out"));
  return LeaseId(std::string(text));
}

describe::TextShape LeaseId::shape() {
  return {.name = "LeaseId",
          .pattern = "^[A-Za-z][A-Za-z0-9_.: -]*:[0-9a-f]{32}$",
          .max_bytes = max_name_bytes + 33,
          .doc = "A lease: its pool and 32 digits that nobody can guess.",
          .example = "tank:9f86d081884c7d659a2feaa0c55ad015"};
}

}  // namespace zfsrest::model
