// Channel programs: Lua that the kernel executes.
#include <algorithm>
#include <fstream>
#include <limits>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Programs : public OnPool {
 protected:
  static Response run(const std::string& program, json::Object more = {}) {
    more["program"] = program;
    return post(pool_path(pool()) + "/program", std::move(more));
  }
  static json::Value result_of(const std::string& program, json::Object more = {}) {
    const Response answer = run(program, std::move(more));
    EXPECT_EQ(answer.status, 200) << answer;
    return answer.has("/result") ? answer.at("/result") : json::Value("no result");
  }
  // What Lua makes of the arguments, by its own word for the type and as text.
  static std::string seen(const std::string& expression, json::Object arguments) {
    const json::Value result =
        result_of("local a = ... local v = " + expression + " return type(v) .. ' ' .. tostring(v)",
                  {{"arguments", std::move(arguments)}});
    return result.is_string() ? std::string(json::view(result.get_string())) : "no text";
  }
};

// --- results ---

TEST_F(Programs, ResultsKeepTheirTypes) {
  EXPECT_EQ(result_of("return 42"), json::Value(42));
  EXPECT_EQ(result_of("return -9223372036854775807 - 1"),
            json::Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(result_of("return 9223372036854775807"),
            json::Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(result_of("return '42'"), json::Value("42"));
  EXPECT_EQ(result_of("return 'h\xc3\xa9'"), json::Value("h\xc3\xa9"));
  EXPECT_EQ(result_of("return true"), json::Value(true));
  EXPECT_EQ(result_of("return nil"), json::Value(nullptr));
  EXPECT_EQ(result_of("local a = 1"), json::Value(nullptr));
  EXPECT_EQ(result_of(""), json::Value(nullptr));
}

TEST_F(Programs, TablesAreObjectsWhateverTheirKeys) {
  EXPECT_EQ(result_of("return {}"), json::Value(json::Object{}));
  EXPECT_EQ(result_of("return {'a', 'b'}"), json::Value({{"1", "a"}, {"2", "b"}}));
  EXPECT_EQ(result_of("return {x = 1, [true] = false, y = {z = 'deep'}}"),
            json::Value({{"x", 1}, {"true", false}, {"y", {{"z", "deep"}}}}));
}

TEST_F(Programs, WhatIsNoUtf8IsGivenInBase64AndSaysSo) {
  const Response answer =
      run("return {plain = 'x', bytes = '\\255\\127', ['\\254'] = 1, ['a/b'] = {'\\255'}}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text("/result/plain"), "x");
  EXPECT_EQ(answer.text("/result/bytes"), "_38");
  EXPECT_EQ(answer.number("/result/_g"), 1U);
  EXPECT_EQ(answer.text("/result/a~1b/1"), "_w");
  auto strings = answer.texts("/encoded_strings");
  std::ranges::sort(strings);
  EXPECT_EQ(strings, (std::vector<std::string>{"/a~1b/1", "/bytes"}));
  EXPECT_EQ(answer.texts("/encoded_names"), std::vector<std::string>{"/_g"});
  const Response alone = run("return '\\255'");
  EXPECT_EQ(alone.text("/result"), "_w");
  EXPECT_EQ(alone.texts("/encoded_strings"), std::vector<std::string>{""});
}

TEST_F(Programs, ATextThatIsTheBase64OfAKeyIsToldFromIt) {
  const Response answer = run("return {['_g'] = 'text', ['\\254'] = 'bytes'}");
  EXPECT_EQ(answer.text("/result/_g"), "text");
  EXPECT_EQ(answer.text("/result/_g="), "bytes");
  EXPECT_EQ(answer.texts("/encoded_names"), std::vector<std::string>{"/_g="});
}

TEST_F(Programs, TheStockToolGetsTheSame) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string program =
      "local args = ... local argv = args['argv'] "
      "return {first = argv[1], count = #argv, deep = {list = {'x', 'y'}, yes = true}, n = -7}";
  const std::string file = variable("ZFSREST_TEST_DIR") + "/" + unique_name("program");
  std::ofstream(file) << program;
  auto printed = json::parse(oracle("zfs program -j " + pool() + " " + file + " one two"));
  ASSERT_TRUE(printed.ok());
  EXPECT_EQ(printed.value().at("return"),
            result_of(program, {{"arguments", {{"argv", json::Array{"one", "two"}}}}}));
  shell("rm " + file);
}

// --- arguments ---

TEST_F(Programs, ArgumentsKeepTheirTypes) {
  EXPECT_EQ(seen("a.x", {{"x", "text"}}), "string text");
  EXPECT_EQ(seen("a.x", {{"x", -7}}), "number -7");
  EXPECT_EQ(seen("a.x", {{"x", std::numeric_limits<std::int64_t>::max()}}),
            "number 9223372036854775807");
  EXPECT_EQ(seen("a.x", {{"x", true}}), "boolean true");
  EXPECT_EQ(seen("a.x", {{"x", false}}), "boolean false");
  EXPECT_EQ(seen("a.y", {{"x", 1}}), "nil nil");
  EXPECT_EQ(seen("a.x.y.z", {{"x", {{"y", {{"z", 3}}}}}}), "number 3");
  EXPECT_EQ(seen("#a.x", {{"x", json::Array{}}}), "number 0");
  EXPECT_EQ(seen("#a.x", {{"x", json::Array{"a", "b"}}}), "number 2");
  EXPECT_EQ(seen("a.x[2]", {{"x", json::Array{"a", "b"}}}), "string b");
  EXPECT_EQ(seen("a.x[1]", {{"x", json::Array{-1, 2}}}), "number -1");
  EXPECT_EQ(seen("next(a.x)", {{"x", json::Object{}}}), "nil nil");
}

TEST_F(Programs, WhatZfsCannotCarryIsRefusedWhereItIs) {
  const std::string nul("a\0b", 3);
  json::Object deep;
  for (int i = 0; i < 13; ++i) deep = {{"d", std::move(deep)}};
  struct Row {
    json::Object arguments;
    std::string pointer;
  };
  const std::vector<Row> table{
      {{{"x", 1.5}}, "/arguments/x"},
      {{{"x", nullptr}}, "/arguments/x"},
      {{{"x", 9223372036854775808ULL}}, "/arguments/x"},
      {{{"x", {{"y", nullptr}}}}, "/arguments/x/y"},
      {{{"x", json::Array{"a", 1}}}, "/arguments/x/1"},
      {{{"x", json::Array{1.5}}}, "/arguments/x/0"},
      {{{"x", json::Array{true}}}, "/arguments/x/0"},
      {{{"x", json::Array{json::Array{}, json::Array{}}}}, "/arguments/x/0"},
      {{{"x", json::Array{json::Object{}}}}, "/arguments/x/0"},
      {{{"x", json::Value(nul)}}, "/arguments/x"},
      {{{"a/b", 0.1}}, "/arguments/a~1b"},
      {deep, "/arguments/d/d/d/d/d/d/d/d/d/d/d/d"},
  };
  for (const Row& row : table) {
    const Response refused = run("return 1", {{"arguments", row.arguments}});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", row.pointer));
  }
}

TEST_F(Programs, ArgumentsNestAsDeepAsIsSaid) {
  json::Object deep{{"d", json::Array{"x", "bottom"}}};
  std::string expression = "a.d";
  for (int i = 0; i < 11; ++i) {
    deep = {{"d", std::move(deep)}};
    expression += ".d";
  }
  EXPECT_EQ(seen(expression + "[2]", deep), "string bottom");
}

// --- failures ---

TEST_F(Programs, AnErrorOfTheProgramReachesTheCallerWithItsLine) {
  const Response failed = run("local a = 1\nerror('boom')");
  EXPECT_TRUE(is_refused(failed, 422, "program_failed"));
  EXPECT_EQ(failed.text("/errno"), "ECHRNG");
  EXPECT_NE(failed.text("/detail").find(":2: boom"), std::string::npos) << failed;
}

TEST_F(Programs, WhatLuaRefusesReachesTheCaller) {
  const Response failed = run("return zfs.get_prop('nosuchpool/x', 'used')");
  EXPECT_TRUE(is_refused(failed, 422, "program_failed"));
  EXPECT_NE(failed.text("/detail"), "");
  const Response several = run("return 1, 2");
  EXPECT_TRUE(is_refused(several, 422, "program_failed"));
  EXPECT_NE(several.text("/detail").find("ultiple return"), std::string::npos) << several;
}

TEST_F(Programs, AnErrorThatIsATableOrBytesBreaksNothing) {
  EXPECT_TRUE(is_refused(run("error({code = 5})"), 422, "program_failed"));
  EXPECT_TRUE(is_refused(run("error('\\255\\254')"), 422, "program_failed"));
}

TEST_F(Programs, ASyntaxErrorIsTheProgramsFault) {
  const Response refused = run("return 1\nthis is no Lua");
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/program"));
  EXPECT_NE(refused.text("/detail").find(":2:"), std::string::npos) << refused;
}

TEST_F(Programs, AnEndlessLoopEndsAtItsLimit) {
  for (const bool read_only : {false, true}) {
    const Response stopped =
        run("while true do end", {{"instruction_limit", 50'000}, {"read_only", read_only}});
    EXPECT_TRUE(is_refused(stopped, 422, "program_failed"));
    EXPECT_EQ(stopped.text("/errno"), "ETIME");
  }
  EXPECT_EQ(result_of("return 'alive'"), json::Value("alive"));
}

TEST_F(Programs, MemoryEndsAtItsLimit) {
  const Response stopped =
      run("local s = 'x' while true do s = s .. s end", {{"memory_limit_bytes", mebibyte}});
  EXPECT_TRUE(is_refused(stopped, 422, "program_failed"));
  EXPECT_EQ(stopped.text("/errno"), "ENOSPC");
}

TEST_F(Programs, DeepTablesFail) {
  const Response failed = run("local t = {} for i = 1, 30 do t = {t} end return t");
  EXPECT_TRUE(is_refused(failed, 422, "program_failed"));
  EXPECT_NE(failed.text("/detail").find("depth"), std::string::npos) << failed;
  const json::Value deep = result_of("local t = 'bottom' for i = 1, 19 do t = {t} end return t");
  EXPECT_NE(json::serialize(deep).find("bottom"), std::string::npos);
}

TEST_F(Programs, LimitsAreCheckedBeforeTheCall) {
  struct Row {
    json::Object more;
    std::string pointer;
  };
  const std::vector<Row> table{
      {{{"instruction_limit", 0}}, "/instruction_limit"},
      {{{"instruction_limit", 100'000'001}}, "/instruction_limit"},
      {{{"instruction_limit", 18446744073709551615ULL}}, "/instruction_limit"},
      {{{"memory_limit_bytes", 0}}, "/memory_limit_bytes"},
      {{{"memory_limit_bytes", 100 * mebibyte + 1}}, "/memory_limit_bytes"},
      {{{"memory_limit_bytes", 18446744073709551615ULL}}, "/memory_limit_bytes"},
  };
  for (const Row& row : table) {
    const Response refused = run("return 1", row.more);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", row.pointer));
  }
  EXPECT_EQ(result_of("return 1",
                      {{"instruction_limit", 100'000'000}, {"memory_limit_bytes", 100 * mebibyte}}),
            json::Value(1));
}

TEST_F(Programs, AProgramHasASizeItMayHave) {
  const Response refused = run(std::string(256 * 1024 + 1, ' '));
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/program"));
  EXPECT_EQ(result_of("return 1" + std::string(256 * 1024 - 8, ' ')), json::Value(1));
  EXPECT_TRUE(blames(run(std::string("return 1\0 boom", 14)), "body", "/program"));
}

TEST_F(Programs, ALargeResultArrives) {
  const json::Value result =
      result_of("local t = {} for i = 1, 20000 do t[i] = 'value ' .. i end return t",
                {{"instruction_limit", 10'000'000}, {"memory_limit_bytes", 100 * mebibyte}});
  ASSERT_TRUE(result.is_object());
  EXPECT_EQ(result.as_object().size(), 20000U);
  EXPECT_EQ(result.at("20000"), json::Value("value 20000"));
}

// --- effects ---

TEST_F(Programs, WhatAProgramChangesIsVisible) {
  const std::string snapshot = dataset() + "@made";
  EXPECT_EQ(result_of("local a = ... return zfs.sync.snapshot(a.snapshot)",
                      {{"arguments", {{"snapshot", snapshot}}}}),
            json::Value(0));
  EXPECT_TRUE(has_snapshot(snapshot));
  EXPECT_EQ(result_of("local a = ... return zfs.sync.destroy(a.snapshot)",
                      {{"arguments", {{"snapshot", snapshot}}}}),
            json::Value(0));
  EXPECT_FALSE(has_snapshot(snapshot));
}

TEST_F(Programs, ReadOnlyOnesReadAndChangeNothing) {
  const json::Object only_read{{"read_only", true}};
  make_snapshot(dataset() + "@a");
  EXPECT_EQ(
      result_of("for s in zfs.list.snapshots('" + dataset() + "') do return s end", only_read),
      json::Value(dataset() + "@a"));
  const Response refused = run("return zfs.sync.snapshot('" + dataset() + "@b')", only_read);
  EXPECT_TRUE(is_refused(refused, 422, "program_failed"));
  EXPECT_FALSE(has_snapshot(dataset() + "@b"));
}

TEST_F(Programs, WhatWasDoneBeforeAnErrorStaysDone) {
  const Response failed = run("zfs.sync.snapshot('" + dataset() + "@kept')\nerror('afterwards')");
  EXPECT_TRUE(is_refused(failed, 422, "program_failed"));
  EXPECT_TRUE(has_snapshot(dataset() + "@kept"));
}

TEST_F(Programs, APoolThatIsReadOnlyRunsNone) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const Disk disk;
  const PoolName other;
  const json::Object layout{{"data", json::Array{disk.vdev()}}};
  ASSERT_EQ(post("/v1/pools", {{"name", other.text()}, {"vdevs", layout}}).status, 201);
  oracle("zpool export " + other.text() + " && zpool import -o readonly=on -d " + disk.path() +
         " " + other.text());
  for (const bool read_only : {false, true})
    EXPECT_TRUE(is_refused(post(pool_path(other.text()) + "/program",
                                {{"program", "return 1"}, {"read_only", read_only}}),
                           409, "wrong_state"));
}

}  // namespace
}  // namespace zfsrest::test
