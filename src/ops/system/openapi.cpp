#include "api/openapi.hpp"

#include "api/system/openapi.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<json::Value> run<api::SystemOpenapi>(Context&, const api::SystemOpenapi::Request&) {
  return json::Value(api::openapi_document());
}

}  // namespace zfsrest::ops
