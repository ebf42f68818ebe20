// The OpenAPI 3.1 document and the reference pages, made from the declarations.
#pragma once

#include <string>

#include "json/value.hpp"

namespace zfsrest::api {

json::Object openapi_document();

// docs/reference/operations.md and docs/reference/errors.md.
std::string operations_page();
std::string errors_page();

}  // namespace zfsrest::api
