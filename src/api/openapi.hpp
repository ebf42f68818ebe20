// The OpenAPI 3.1 document, made from the declarations.
#pragma once

#include "json/value.hpp"

namespace zfsrest::api {

json::Object openapi_document();

}  // namespace zfsrest::api
