#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "os/random.hpp"
#include "store/job_journal.hpp"

namespace zfsrest::store {
namespace {

namespace fs = std::filesystem;

class JobJournalTest : public testing::Test {
 protected:
  JobJournalTest() : directory_(fs::temp_directory_path() / ("journal-" + os::random_hex(8))) {
    fs::create_directory(directory_);
  }
  ~JobJournalTest() override { fs::remove_all(directory_); }

  std::string path() const { return directory_ / "jobs.db"; }
  Result<JobJournal> open() const { return JobJournal::open(path()); }
  static model::Job job(const std::string& pool) {
    return {.operation = {.id = "pool.scrub"}, .pool = pool, .caller = "root"};
  }
  // What another tool writes into the file.
  void execute(std::string_view sql) const {
    Database database = Database::open(path(), "SELECT 1").value();
    ASSERT_TRUE(database.prepare(sql).step().ok());
  }

 private:
  fs::path directory_;
};

TEST_F(JobJournalTest, KeepsWhatItIsGivenAndForgetsWhatItIsTold) {
  std::vector<model::JobId> ids;
  {
    JobJournal journal = open().value();
    for (const char* pool : {"a", "b", "c"}) ids.push_back(journal.add(job(pool)).value());
    JobEntry entry{.job = job("b"), .evidence = {{"noted", 1}}};
    entry.job.id = ids[1];
    ASSERT_TRUE(journal.update(entry).ok());
    const std::vector gone{ids[0], ids[2]};
    ASSERT_TRUE(journal.remove(gone).ok());
  }
  const auto kept = open().value().read_all().value();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].job.id, ids[1]);
  EXPECT_EQ(kept[0].job.pool, "b");
  EXPECT_TRUE(kept[0].evidence.contains("noted"));
}

TEST_F(JobJournalTest, LeavesOutAnEntryThatCannotBeRead) {
  const auto first = open().value().add(job("a"));
  execute("INSERT INTO jobs (job, evidence) VALUES ('no JSON', '{}')");
  const auto kept = open().value().read_all();
  ASSERT_TRUE(kept.ok());
  ASSERT_EQ(kept.value().size(), 1U);
  EXPECT_EQ(kept.value()[0].job.id, first.value());
}

TEST_F(JobJournalTest, SetsADamagedFileAsideAndGivesNoNumberAgain) {
  const model::JobId before = open().value().add(job("a")).value();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file << std::string(4096, '#');
  }
  JobJournal journal = open().value();
  EXPECT_TRUE(journal.read_all().value().empty());
  EXPECT_GT(journal.add(job("b")).value().value, before.value);
  EXPECT_TRUE(fs::exists(path() + ".damaged"));
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(JobJournalTest, FindsDamageBehindTheFirstPage) {
  {
    JobJournal journal = open().value();
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(journal.add(job(std::string(100, 'p'))).ok());
  }
  // The log is taken over into the file when it is closed.
  const auto size = fs::file_size(path());
  ASSERT_GT(size, 16'384U);
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8'192);
    file << std::string(4'096, '\xff');
  }
  EXPECT_TRUE(open().value().read_all().value().empty());
  EXPECT_TRUE(fs::exists(path() + ".damaged"));
}

}  // namespace
}  // namespace zfsrest::store
