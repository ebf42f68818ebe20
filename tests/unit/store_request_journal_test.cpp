#include <gtest/gtest.h>

#include <filesystem>

#include "os/random.hpp"
#include "store/request_journal.hpp"

namespace zfsrest::store {
namespace {

namespace fs = std::filesystem;
using State = RequestEntry::State;

class RequestJournalTest : public testing::Test {
 protected:
  RequestJournalTest() : directory_(fs::temp_directory_path() / ("requests-" + os::random_hex(8))) {
    fs::create_directory(directory_);
  }
  ~RequestJournalTest() override { fs::remove_all(directory_); }

  RequestJournal open(std::uint32_t requests = 1'000, std::uint64_t bytes = 1'000'000,
                      int seconds = 1'000) const {
    return RequestJournal::open(
               directory_ / "requests.db",
               {.requests = requests, .bytes = bytes, .age = std::chrono::seconds(seconds)})
        .value();
  }
  // Whether the journal knows a request of this key, without adding one for good.
  static std::optional<RequestEntry> find(RequestJournal& journal, const std::string& key) {
    auto known = journal.add({"root", key}, "probe").value();
    if (!known) EXPECT_TRUE(journal.remove({"root", key}).ok());
    return known;
  }
  static void answer(RequestJournal& journal, const std::string& key, const std::string& body) {
    EXPECT_FALSE(journal.add({"root", key}, "f").value());
    EXPECT_TRUE(
        journal.update({"root", key}, {.fingerprint = "f", .state = State::answered, .body = body})
            .ok());
  }

 private:
  fs::path directory_;
};

TEST_F(RequestJournalTest, TheFirstIsWrittenDownAndFoundByOthers) {
  auto journal = open();
  EXPECT_FALSE(journal.add({"root", "a"}, "f").value());
  const auto known = journal.add({"root", "a"}, "g").value();
  ASSERT_TRUE(known);
  EXPECT_EQ(known->fingerprint, "f");
  EXPECT_EQ(known->state, State::running);
  EXPECT_FALSE(journal.add({"ann", "a"}, "f").value()) << "another caller's key is another";
}

TEST_F(RequestJournalTest, AnswersOutliveTheProcessAndWhatWasRunningIsInterrupted) {
  {
    auto journal = open();
    EXPECT_FALSE(journal.add({"root", "a"}, "f").value());
    ASSERT_TRUE(journal
                    .update({"root", "a"}, {.fingerprint = "f",
                                            .state = State::answered,
                                            .body = "{}",
                                            .location = "/v1/x",
                                            .etag = "t",
                                            .job = {7}})
                    .ok());
    EXPECT_FALSE(journal.add({"root", "b"}, "f").value());
  }
  auto journal = open();
  const auto known = find(journal, "a");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->state, State::answered);
  EXPECT_EQ(known->body + known->location + known->etag, "{}/v1/xt");
  EXPECT_EQ(known->job.value, 7U);
  EXPECT_EQ(find(journal, "b")->state, State::interrupted);
}

TEST_F(RequestJournalTest, WhatIsRemovedCountsAsNeverSent) {
  auto journal = open();
  EXPECT_FALSE(journal.add({"root", "a"}, "f").value());
  ASSERT_TRUE(journal.remove({"root", "a"}).ok());
  EXPECT_FALSE(journal.add({"root", "a"}, "g").value());
}

TEST_F(RequestJournalTest, TheNewestAreKept) {
  {
    auto journal = open();
    for (const char* key : {"a", "b", "c"}) answer(journal, key, "12345");
  }
  {
    auto journal = open(2);
    EXPECT_FALSE(find(journal, "a"));
    EXPECT_TRUE(find(journal, "b"));
  }
  auto journal = open(1'000, 9);
  EXPECT_FALSE(find(journal, "b"));
  EXPECT_TRUE(find(journal, "c"));
}

TEST_F(RequestJournalTest, WhatIsOldIsForgottenAndWhatRunsIsNot) {
  auto journal = open(1'000, 1'000'000, -1);
  answer(journal, "a", "");
  EXPECT_FALSE(journal.add({"root", "b"}, "f").value());
  EXPECT_FALSE(find(journal, "a"));
  EXPECT_TRUE(find(journal, "b"));
}

}  // namespace
}  // namespace zfsrest::store
