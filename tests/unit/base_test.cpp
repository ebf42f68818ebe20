#include <gtest/gtest.h>

#include <cerrno>

#include "base/base64.hpp"
#include "base/code.hpp"
#include "base/errno_name.hpp"
#include "base/utf8.hpp"

namespace zfsrest {
namespace {

TEST(Base64, ReadsWhatItWrites) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(parse_base64url(base64url(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const char* text : {"a", "ab=", "a+", "YR", "Y W"})
    EXPECT_FALSE(parse_base64url(text)) << text;
}

TEST(Utf8, IsToldFromOtherBytes) {
  for (const char* text : {"", "plain", "h\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\x9f", "\x7f"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* bytes : {"\xff", "\xc3", "a\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\x80", "\xe2\x82"})
    EXPECT_FALSE(is_utf8(bytes));
}

TEST(ErrnoName, KnowsOpenZfsOwnNumbers) {
  EXPECT_EQ(errno_name(EBUSY), "EBUSY");
  EXPECT_EQ(errno_name(1024), "ZFS_ERR_CHECKPOINT_EXISTS");
  EXPECT_EQ(errno_name(1044), "ZFS_ERR_BADPROP");
  EXPECT_EQ(errno_name(1052), "ZFS_ERR_TOO_MANY_SITOUTS");
  EXPECT_EQ(errno_name(1053), "errno 1053");
}

TEST(Codes, AreFoundByTheirWords) {
  for (const CodeRow& row : codes()) EXPECT_EQ(find_code(row.word), row.code);
}

}  // namespace
}  // namespace zfsrest
