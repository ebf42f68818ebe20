// A problem document (RFC 9457): how every failure reaches the caller.
#pragma once

#include <string_view>

#include "api/operation.hpp"
#include "base/error.hpp"
#include "json/value.hpp"

namespace zfsrest::api {

// The problem that `error` is for `operation`; for failures before an operation is known, the
// second form.
json::Object problem(const Error& error, const Operation& operation, std::string_view request_id);
json::Object problem(Code code, std::string_view detail, std::string_view request_id);

// Its schema, for the OpenAPI document.
json::Object problem_schema();

}  // namespace zfsrest::api
