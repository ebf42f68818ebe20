// A part of a list, and what is to be said about the rest of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "describe/codec.hpp"
#include "model/names.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

// A pool whose objects are missing from a list, and why.
struct Unavailable {
  static constexpr std::string_view schema_name = "Unavailable";
  std::string pool;
  std::string code;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("pool", &Unavailable::pool, "The pool that could not be read."),
        required("code", &Unavailable::code, "The code of the problem it has."),
    };
  }
};

// How a list ended. In NDJSON it is the last line.
struct PageEnd {
  static constexpr std::string_view schema_name = "PageEnd";
  std::optional<Cursor> next_cursor;
  std::vector<Unavailable> unavailable;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("next_cursor", &PageEnd::next_cursor,
                 "Where the next page begins, or null at the end of the list."),
        required("unavailable", &PageEnd::unavailable,
                 "Pools whose objects are missing from the list."),
    };
  }
};

template <class Item>
struct Page {
  using Row = Item;
  std::vector<Item> items;
  std::optional<Cursor> next_cursor;
  std::vector<Unavailable> unavailable;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("items", &Page::items,
                 "The objects, in the order that was asked for, or else in the kernel's."),
        required("next_cursor", &Page::next_cursor,
                 "Where the next page begins, or null at the end of the list."),
        required("unavailable", &Page::unavailable,
                 "Pools whose objects are missing from the list."),
    };
  }
};

// Objects in an answer that has several.
template <class Item>
struct Items {
  std::vector<Item> items;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("items", &Items::items,
                               "The objects, in the order of the request if it names them.")};
  }
};

}  // namespace zfsrest::model
