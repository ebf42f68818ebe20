// refused: .*
#include "api/fields.hpp"

namespace zfsrest::api {

struct Other {
  int number = 0;
};

struct Request {
  static constexpr auto fields() {
    return std::tuple{required("number", &Other::number, "Not a member of this record.")};
  }
};

std::optional<Request> decode(const json::Value& value, const describe::Spot& spot) {
  return describe::decode<Request>(value, spot);
}

}  // namespace zfsrest::api
