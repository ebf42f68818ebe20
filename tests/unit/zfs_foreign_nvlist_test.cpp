#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "zfs/foreign_nvlist.hpp"

namespace zfsrest::zfs {
namespace {

std::string packed() {
  NvList list;
  list.add_u64("number", 7);
  list.add_text("text", "tank/a@b");
  list.add_flag("flag");
  const auto bytes = list.pack();
  return {bytes.data(), bytes.size()};
}

// Where a part of the bytes stands that is known to be there.
std::size_t place_of(const std::string& bytes, const std::string& part) {
  const std::size_t at = bytes.find(part);
  EXPECT_NE(at, std::string::npos);
  return at;
}

// The count and the type of a pair stand before its name.
void set_type(std::string& bytes, const std::string& name, std::int32_t type) {
  std::memcpy(bytes.data() + place_of(bytes, name) - sizeof(type), &type, sizeof(type));
}

void set_count(std::string& bytes, const std::string& name, std::int32_t count) {
  std::memcpy(bytes.data() + place_of(bytes, name) - 2 * sizeof(count), &count, sizeof(count));
}

TEST(ForeignNvList, WhatTokensHoldIsRead) {
  const auto list = unpack_foreign(packed());
  ASSERT_TRUE(list);
  EXPECT_EQ(list->view().u64("number"), 7U);
  EXPECT_EQ(list->view().text("text"), "tank/a@b");
  EXPECT_TRUE(list->view().has("flag"));
}

TEST(ForeignNvList, CutShortItIsRefused) {
  const std::string bytes = packed();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(unpack_foreign(std::string_view(bytes).substr(0, size))) << size;
}

TEST(ForeignNvList, WhatLibnvpairWouldReadPastItsEndIsRefused) {
  constexpr std::int32_t text_array = 17;
  constexpr std::int32_t number_array = 16;
  std::string texts = packed();
  set_type(texts, "text", text_array);
  set_count(texts, "text", 1'000'000);
  EXPECT_FALSE(unpack_foreign(texts));
  std::string numbers = packed();
  set_type(numbers, "number", number_array);
  set_count(numbers, "number", 2);
  EXPECT_FALSE(unpack_foreign(numbers));
  std::string endless = packed();
  endless.replace(place_of(endless, "tank/a@b"), 16, 16, 'x');
  EXPECT_FALSE(unpack_foreign(endless));
  std::string nameless = packed();
  nameless.replace(place_of(nameless, "number"), 7, 7, 'x');
  EXPECT_FALSE(unpack_foreign(nameless));
}

TEST(ForeignNvList, WhatIsNoneIsRefused) {
  EXPECT_FALSE(unpack_foreign({}));
  EXPECT_FALSE(unpack_foreign(std::string("\0\0\0\0", 4)));
  EXPECT_FALSE(unpack_foreign(std::string(64, '\xff')));
}

}  // namespace
}  // namespace zfsrest::zfs
