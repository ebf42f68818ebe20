#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "auth/token.hpp"
#include "os/random.hpp"

namespace zfsrest::auth {
namespace {

namespace fs = std::filesystem;

class TokenTest : public testing::Test {
 protected:
  TokenTest() { fs::create_directory(directory_); }
  ~TokenTest() override { fs::remove_all(directory_); }

  std::string path() const { return directory_ / "token"; }
  void write(const std::string& file) const {
    std::ofstream(file) << std::string(64, 'a') << "\n";
    fs::permissions(file, fs::perms(0600));
  }
  std::string refusal() const {
    const auto opened = Token::open(path());
    return opened.ok() ? "accepted" : opened.error().detail;
  }

  fs::path directory_ = fs::temp_directory_path() / ("tokens-" + os::random_hex(8));
};

TEST_F(TokenTest, IsReadAgainAsItWasMade) {
  ASSERT_EQ(refusal(), "accepted");
  std::string text;
  std::ifstream(path()) >> text;
  EXPECT_TRUE(Token::open(path()).value().matches(text));
  EXPECT_FALSE(Token::open(path()).value().matches(text.substr(1)));
}

TEST_F(TokenTest, BehindALinkIsNotReadAndNotMade) {
  fs::create_symlink(directory_ / "target", path());
  EXPECT_NE(refusal().find("it is a symbolic link"), std::string::npos) << refusal();
  EXPECT_FALSE(fs::exists(directory_ / "target"));
  write(directory_ / "target");
  EXPECT_NE(refusal().find("it is a symbolic link"), std::string::npos) << refusal();
}

TEST_F(TokenTest, InAPipeIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_NE(refusal().find("it is not a regular file"), std::string::npos) << refusal();
}

TEST_F(TokenTest, OfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to give a file away";
  write(path());
  ASSERT_EQ(::chown(path().c_str(), 65534, 65534), 0);
  EXPECT_NE(refusal().find("it belongs to another user"), std::string::npos) << refusal();
}

TEST_F(TokenTest, IsNotWrittenIntoWhatLiesInItsWay) {
  fs::create_symlink(directory_ / "target", path() + ".new");
  EXPECT_EQ(refusal(), "accepted");
  EXPECT_FALSE(fs::exists(directory_ / "target"));
}

TEST_F(TokenTest, ThatCannotBeWrittenSaysWhyAndLeavesNoPartOfIt) {
  // A file may have no bytes: like a full disk, but without the need for one.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  const std::string why = refusal();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(why, path() + ": the token cannot be written: File too large");
  EXPECT_TRUE(fs::is_empty(directory_));
}

}  // namespace
}  // namespace zfsrest::auth
