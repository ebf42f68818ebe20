// Whether documents are what their schemas say: the part of JSON Schema that the daemon's OpenAPI
// document uses.
#pragma once

#include <string>
#include <string_view>

#include "api/operation.hpp"
#include "json/value.hpp"

namespace zfsrest::test {

// What an answer promises to be.
struct Contract {
  const api::Operation& operation;
  int status;
  std::string media_type;
};

// The first place where `value` is not what the schema says, as a sentence; empty if there is none.
// A keyword that this validator does not know is a mismatch.
std::string find_mismatch(const json::Value& value, const json::Object& schema,
                          const json::Object& document);
// The same for a schema by its name under `components`.
std::string find_mismatch(const json::Value& value, std::string_view schema_name,
                          const json::Object& document);
// The same for the body of an answer; of NDJSON, each line.
std::string find_mismatch(std::string_view body, const Contract& contract,
                          const json::Object& document);

// The object that a `$ref` leads to; `schema` itself if it is none.
const json::Object& resolve(const json::Object& schema, const json::Object& document);

}  // namespace zfsrest::test
