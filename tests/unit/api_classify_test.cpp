#include <gtest/gtest.h>

#include <cerrno>

#include "api/classify.hpp"
#include "api/dataset/dataset_destroy.hpp"
#include "api/dataset/dataset_get.hpp"

namespace zfsrest::api {
namespace {

TEST(Classify, TakesTheDeclarationsMeaningFirst) {
  const Verdict verdict = classify(EBUSY, DatasetDestroy::operation);
  EXPECT_EQ(verdict.code, Code::busy);
  EXPECT_FALSE(verdict.meaning.empty());
}

TEST(Classify, LeavesTheOutcomeOpenOnlyWhereSomethingCouldHaveChanged) {
  EXPECT_EQ(classify(EIO, DatasetDestroy::operation).code, Code::outcome_unknown);
  EXPECT_EQ(classify(EIO, DatasetGet::operation).code, Code::io_error);
}

TEST(Classify, CallsAnUnexplainedNumberABug) {
  EXPECT_EQ(classify(EDOM, DatasetGet::operation).code, Code::bug);
  EXPECT_EQ(classify(1053, DatasetGet::operation).code, Code::wrong_state);
}

}  // namespace
}  // namespace zfsrest::api
