// What tests work on: a pool for each suite, a dataset for each test, and the stock tools to
// compare with.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/client.hpp"
#include "model/release.hpp"

namespace zfsrest::test {

inline constexpr std::uint64_t mebibyte = 1024 * 1024;

enum class Engine : std::uint8_t { kernel, userland };

// Stock tools to compare with. Those of another release than the running OpenZFS do not know all of
// its properties, and say their own defaults.
enum class Tools : std::uint8_t { none, same_release };

// Whether a test takes long where every processor is emulated; then ZFS in user space shows what it
// has to show.
enum class Takes : std::uint8_t { usual, long_under_emulation };

// What a test needs that not every engine or release has.
struct Needs {
  std::optional<Engine> engine{};
  Takes takes = Takes::usual;
  model::Release release = model::oldest_release;
  Tools tools = Tools::none;
};
Engine engine();
model::Release release();
// Why the engine under test is not what is needed; nothing if it is. It is what a skip says.
std::optional<std::string> find_lack(const Needs& needs);

// A name that no other test and no other run has.
std::string unique_name(const std::string& beginning);

// A sparse file in which a vdev can be made; it goes with the object.
class Disk {
 public:
  static constexpr std::uint64_t usual_bytes = 128ULL * 1024 * 1024;

  explicit Disk(std::uint64_t size_bytes = usual_bytes);
  ~Disk();
  Disk(Disk&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Disk& operator=(Disk&&) = delete;

  const std::string& path() const { return path_; }
  json::Value vdev() const { return json::Object{{"type", "file"}, {"path", path_}}; }

 private:
  std::string path_;
};

std::vector<Disk> disks(std::size_t count, std::uint64_t size_bytes = Disk::usual_bytes);
json::Array vdevs(const std::vector<Disk>& disks);

// A pool that goes with the object, if it is there.
class PoolName {
 public:
  PoolName() : name_(unique_name("pool")) {}
  ~PoolName();
  PoolName(const PoolName&) = delete;
  PoolName& operator=(const PoolName&) = delete;

  const std::string& text() const { return name_; }

 private:
  std::string name_;
};

// Whether it holds within a minute.
bool eventually(const std::function<bool()>& holds);

// What a command printed, both streams, and its exit status.
struct Outcome {
  int status = -1;
  std::string output;
};

// Whether the stock tools can be asked.
bool has_oracle();
// Runs a command line of the shell with stock tools that see the engine under test.
Outcome run_oracle(const std::string& command);
// The same for one that must succeed; the last newline is cut off.
std::string oracle(const std::string& command);
// Lines split at tabs, as the option -H prints them.
std::vector<std::vector<std::string>> oracle_table(const std::string& command);
// Runs a command line as it is.
std::string shell(const std::string& command);

// How often the agent has asked ZFS for something so far; nothing where nobody writes that down.
std::optional<std::size_t> count_ioctls();

// Why a test that needs one is skipped.
inline constexpr const char* no_oracle =
    "there are no stock tools to compare with (ZFSREST_TEST_ORACLE is not set)";

// Whether the contents of volumes can be written and read, and the command that does it: write,
// read or hash.
bool has_volume_data();
std::string volume_data(const std::string& verb, const std::string& arguments);

inline constexpr const char* no_volume_data =
    "nothing writes into volumes (ZFSREST_TEST_DATA is not set)";

// A pool that the tests of a suite share, and a file system in it for each test.
class OnPool : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;

  static const std::string& pool() { return pool_->text(); }
  const std::string& dataset() const { return dataset_; }
  std::string child(const std::string& name) const { return dataset_ + "/" + name; }
  // For tests of many file systems: under emulation each mount takes long.
  void mount_nothing_below() const;

 private:
  static inline std::unique_ptr<Disk> disk_;
  static inline std::unique_ptr<PoolName> pool_;
  std::string dataset_;
};

// Each makes one object, which must succeed.
void make_filesystem(const std::string& name, json::Object properties = {});
void make_volume(const std::string& name, std::uint64_t size_bytes = 8ULL * 1024 * 1024);
void make_snapshot(const std::string& name);
void make_bookmark(const std::string& name, const std::string& source);
void make_clone(const std::string& snapshot, const std::string& name);

// Whether HEAD finds it.
bool has_dataset(const std::string& name);
bool has_snapshot(const std::string& name);
bool has_pool(const std::string& name);

// The value of a property, where that is text.
std::string property(const std::string& dataset, const std::string& name);

// The names in the items of a list, sorted, for the kernel's order is its own.
std::vector<std::string> names_of(const json::Value& items);
std::vector<std::string> names_in(const std::string& list);

// Holds a snapshot as long as it is there.
class Hold {
 public:
  explicit Hold(std::string snapshot);
  ~Hold();
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  void ask(const std::string& verb, const std::string& done) const;

  std::string snapshot_;
};

// Whether a request was refused so; and whether the refusal names the field, by part of the request
// and pointer.
testing::AssertionResult is_refused(const Response& response, int status, std::string_view code);
testing::AssertionResult blames(const Response& response, const std::string& in,
                                const std::string& pointer);

}  // namespace zfsrest::test
