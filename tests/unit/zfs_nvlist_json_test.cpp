// Between nvlists and JSON.
#include <gtest/gtest.h>

#include "zfs/nvlist_json.hpp"

namespace zfsrest::zfs {
namespace {

// The whole list as one pair.
AsJson json_of(const NvList& list) {
  NvList outer;
  outer.add_list("list", list);
  return to_json(*outer.view().pair("list"));
}

TEST(NvlistJson, EveryTypeOfPairHasAForm) {
  NvList inner;
  inner.add_text("deep", "x");
  NvList list;
  list.add_flag("flag");
  list.add_bool("bool", true);
  list.add_i32("i32", -32);
  list.add_i64("i64", -64);
  list.add_u64("u64", 18446744073709551615ULL);
  list.add_text("text", "h\xc3\xa9");
  list.add_i64s("i64s", {-1, 2});
  list.add_texts("texts", {"a", "b"});
  list.add_texts("none", {});
  list.add_list("list", inner);
  std::vector<NvList> lists;
  lists.push_back(std::move(inner));
  list.add_lists("lists", lists);
  const AsJson json = json_of(list);
  EXPECT_EQ(json.value, json::Value({{"flag", nullptr},
                                     {"bool", true},
                                     {"i32", -32},
                                     {"i64", -64},
                                     {"u64", 18446744073709551615ULL},
                                     {"text", "h\xc3\xa9"},
                                     {"i64s", json::Array{-1, 2}},
                                     {"texts", json::Array{"a", "b"}},
                                     {"none", json::Array{}},
                                     {"list", {{"deep", "x"}}},
                                     {"lists", json::Array{json::Object{{"deep", "x"}}}}}));
  EXPECT_TRUE(json.encoded_strings.empty());
  EXPECT_TRUE(json.encoded_names.empty());
}

TEST(NvlistJson, TypesHaveZfsOwnNames) {
  NvList list;
  list.add_flag("boolean");
  list.add_bool("boolean_value", true);
  list.add_i32("int32", 1);
  list.add_i64("int64", 1);
  list.add_u64("uint64", 1);
  list.add_text("string", "x");
  list.add_i64s("int64_array", {1});
  list.add_texts("string_array", {"x"});
  list.add_list("nvlist", NvList());
  list.view().each([](const NvPair& pair) { EXPECT_EQ(pair.type(), pair.name()); });
}

TEST(NvlistJson, WhatIsNoUtf8IsEncodedAndPointedAt) {
  NvList list;
  list.add_texts("a/b", {"plain", "\xff"});
  list.add_text("\xfe", "\xff\x7f");
  list.add_text("_g", "taken");
  const AsJson json = json_of(list);
  EXPECT_EQ(json.value,
            json::Value({{"a/b", json::Array{"plain", "_w"}}, {"_g", "taken"}, {"_g=", "_38"}}));
  EXPECT_EQ(json.encoded_strings, (std::vector<std::string>{"/a~1b/1", "/_g="}));
  EXPECT_EQ(json.encoded_names, std::vector<std::string>{"/_g="});
}

TEST(NvlistJson, ObjectsComeBackAsTheyWent) {
  const json::Object object{{"text", "x"},
                            {"number", -7},
                            {"flag", false},
                            {"texts", json::Array{"a", "b"}},
                            {"numbers", json::Array{1, 2}},
                            {"empty", json::Array{}},
                            {"inner", {{"deeper", json::Object{}}}}};
  EXPECT_EQ(json_of(to_nvlist(object)).value, json::Value(object));
}

}  // namespace
}  // namespace zfsrest::zfs
