// Between nvlists and JSON, where the pairs are a program's own and nothing is known of them.
#pragma once

#include <string>
#include <vector>

#include "json/value.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// What became of a pair. JSON has text in UTF-8 only, so other strings and names are in base64url
// there, and JSON pointers say where: to the strings, and to the members whose names they are.
struct AsJson {
  json::Value value;
  std::vector<std::string> encoded_strings;
  std::vector<std::string> encoded_names;
};

// Lists become objects, arrays become arrays, numbers of any width become numbers, and a pair that
// only is there becomes null.
AsJson to_json(const NvPair& pair);

// Objects become lists, numbers become int64, arrays become arrays of strings or of int64. It must
// hold nothing else (model::ProgramArguments).
NvList to_nvlist(const json::Object& object);

}  // namespace zfsrest::zfs
