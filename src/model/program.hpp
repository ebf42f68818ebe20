// Channel programs: what the kernel's interpreter of Lua is given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "describe/codec.hpp"

namespace zfsrest::model {

inline constexpr std::uint64_t usual_instruction_limit = 10'000'000;
inline constexpr std::uint64_t usual_memory_limit_bytes = std::uint64_t{10} * 1024 * 1024;

// How long the text of a program may be. The kernel has no limit, and what it needs to read one
// does not count as the program's memory.
inline constexpr std::size_t most_program_bytes = std::size_t{256} * 1024;

// How deep arguments may nest. The kernel puts them on the interpreter's stack without making room
// there: 20 places are sure to be, of which 3 are taken, an array takes 2 more, and each name 1.
inline constexpr std::size_t deepest_arguments = 12;

// A JSON object of what Lua gets as a table: objects, strings, integers of 64 bits with sign, true
// and false, and arrays of only strings or only integers.
struct ProgramArguments {
  json::Object members;
};

struct ProgramResult {
  static constexpr std::string_view schema_name = "ProgramResult";
  json::Value result;
  std::vector<std::string> encoded_strings;
  std::vector<std::string> encoded_names;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("result", &ProgramResult::result,
                 "What the program returned: nil, true, false, integers and strings as such, and "
                 "every table as an object. The kernel hands over the keys of tables as text, so "
                 "that an array appears as `{\"1\": …, \"2\": …}` and an empty one as `{}`; the "
                 "order of the keys means nothing. Null if nothing was returned."),
        required("encoded_strings", &ProgramResult::encoded_strings,
                 "JSON pointers into `result` to the strings that are not UTF-8; those are given "
                 "in base64url."),
        required("encoded_names", &ProgramResult::encoded_names,
                 "JSON pointers into `result` to the members whose keys are not UTF-8; the keys "
                 "are given in base64url."),
    };
  }
};

}  // namespace zfsrest::model

template <>
struct zfsrest::describe::Codec<zfsrest::model::ProgramArguments> {
  static std::optional<zfsrest::model::ProgramArguments> decode(const json::Value& value,
                                                                const Spot& spot);
  template <class Out>
  static void write(const zfsrest::model::ProgramArguments& arguments, Out& out) {
    out.value(arguments.members);
  }
  static json::Object schema(Schemas& schemas);
};
