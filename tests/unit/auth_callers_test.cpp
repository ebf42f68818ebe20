#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "auth/callers.hpp"
#include "os/random.hpp"

namespace zfsrest::auth {
namespace {

constexpr uid_t owner = 1000;

class CallersTest : public testing::Test {
 protected:
  CallersTest() : path_(std::filesystem::temp_directory_path() / ("token-" + os::random_hex(8))) {}
  ~CallersTest() override { std::filesystem::remove(path_); }

  std::filesystem::path path_;
  Callers callers_{Token::open(path_).value(), owner};
};

TEST_F(CallersTest, AHandleIsWorthSomethingOnlyWhileItsConnectionIsKnown) {
  const std::string handle = callers_.add_connection({.pid = 1, .uid = owner, .gid = owner});
  EXPECT_TRUE(callers_.identify({.token = {}, .handle = handle}).ok());
  callers_.forget(handle);
  EXPECT_EQ(callers_.identify({.token = {}, .handle = handle}).error().code, Code::unauthenticated);
}

TEST_F(CallersTest, AHandleThatWasMadeUpIsWorthNothing) {
  const std::string real = callers_.add_connection({.pid = 1, .uid = 0, .gid = 0});
  std::string forged = real;
  forged.back() = forged.back() == '0' ? '1' : '0';
  for (const std::string& handle : {forged, std::string(), std::string("0"), real.substr(1)})
    EXPECT_EQ(callers_.identify({.token = {}, .handle = handle}).error().code,
              Code::unauthenticated)
        << handle;
  EXPECT_EQ(real.size(), 32U);
  EXPECT_NE(real, callers_.add_connection({.pid = 1, .uid = 0, .gid = 0}));
}

TEST_F(CallersTest, OnlyTheOwnerAndRootNeedNoToken) {
  const auto known = [&](uid_t uid) {
    return callers_
        .identify(
            {.token = {}, .handle = callers_.add_connection({.pid = 1, .uid = uid, .gid = uid})})
        .ok();
  };
  EXPECT_TRUE(known(0));
  EXPECT_TRUE(known(owner));
  EXPECT_FALSE(known(owner + 1));
}

TEST_F(CallersTest, AWrongTokenIsNotMadeGoodByAConnection) {
  const std::string handle = callers_.add_connection({.pid = 1, .uid = 0, .gid = 0});
  std::string token;
  std::ifstream(path_) >> token;
  EXPECT_TRUE(callers_.identify({.token = token, .handle = {}}).ok());
  EXPECT_EQ(callers_.identify({.token = token + "0", .handle = handle}).error().code,
            Code::unauthenticated);
  EXPECT_EQ(callers_.identify({.token = "", .handle = handle}).error().code, Code::unauthenticated);
}

}  // namespace
}  // namespace zfsrest::auth
