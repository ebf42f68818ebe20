// What a request left out, while it did the rest.
#pragma once

#include <string>

#include "describe/codec.hpp"

namespace zfsrest::model {

struct Skipped {
  static constexpr std::string_view schema_name = "Skipped";
  std::string subject;
  std::string code;
  std::string detail;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("subject", &Skipped::subject, "The object that was passed over."),
        required("code", &Skipped::code, "The code that a problem about it alone would have."),
        required("detail", &Skipped::detail, "Why it was passed over."),
    };
  }
};

}  // namespace zfsrest::model
