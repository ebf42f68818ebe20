#include <gtest/gtest.h>

#include "auth/seal.hpp"

namespace zfsrest::auth {
namespace {

TEST(Seal, OpensWhatItClosed) {
  const Seal seal(sha256_of("key"));
  for (const char* text : {"", "a", "eyJ0YW5rIjoxfQ"})
    EXPECT_EQ(seal.open("dataset.list", seal.close("dataset.list", text)), text);
}

TEST(Seal, OpensNothingElse) {
  const Seal seal(sha256_of("key"));
  const std::string sealed = seal.close("dataset.list", "text");
  EXPECT_EQ(seal.open("snapshot.list", sealed), std::nullopt);
  EXPECT_EQ(Seal(sha256_of("other")).open("dataset.list", sealed), std::nullopt);
  EXPECT_EQ(seal.open("dataset.list", ""), std::nullopt);
  EXPECT_EQ(seal.open("dataset.list", "text"), std::nullopt);
  EXPECT_EQ(seal.open("dataset.list", sealed + "A"), std::nullopt);
  EXPECT_EQ(seal.open("dataset.list", sealed.substr(0, sealed.size() - 1)), std::nullopt);
  // What is in front of it is no part of the purpose.
  EXPECT_EQ(seal.open("dataset.lis", seal.close("dataset.list", "text")), std::nullopt);
}

}  // namespace
}  // namespace zfsrest::auth
