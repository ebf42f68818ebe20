#include "api/fixture.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace zfsrest::test {
namespace {

std::string quote(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

Outcome run(const std::string& command) {
  Outcome outcome;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "re");
  if (!pipe) return outcome;
  std::array<char, 4096> part{};
  for (std::size_t got; (got = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
    outcome.output.append(part.data(), got);
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

std::string expect_success(const std::string& command, Outcome outcome) {
  EXPECT_EQ(outcome.status, 0) << command << "\n" << outcome.output;
  if (outcome.output.ends_with('\n')) outcome.output.pop_back();
  return std::move(outcome.output);
}

bool exists(const std::string& target) {
  return send({.method = "HEAD", .target = target}).status == 200;
}

}  // namespace

Engine engine() {
  return variable("ZFSREST_TEST_ENGINE") == "kernel" ? Engine::kernel : Engine::userland;
}

model::Release release() {
  return model::Release::parse(variable("ZFSREST_TEST_OPENZFS")).value();
}

std::optional<std::string> find_lack(const Needs& needs) {
  if (needs.engine && *needs.engine != engine())
    return *needs.engine == Engine::kernel ? "needs the kernel's module; this is ZFS in user space"
                                           : "needs ZFS in user space; this is the kernel's module";
  if (needs.takes == Takes::long_under_emulation && engine() == Engine::kernel)
    return "takes long under emulation; ZFS in user space shows the same";
  if (needs.tools == Tools::same_release) {
    if (!has_oracle()) return no_oracle;
    const model::Release tools = model::Release::parse(oracle("zfs version")).value();
    if (tools.major != release().major || tools.minor != release().minor)
      return "needs the stock tools of OpenZFS " + model::to_string(release()) + "; these are of " +
             model::to_string(tools);
  }
  if (release() < needs.release)
    return "needs OpenZFS " + model::to_string(needs.release) + "; this is " +
           model::to_string(release());
  return {};
}

std::string unique_name(const std::string& beginning) {
  static int count = 0;
  return beginning + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

Disk::Disk(std::uint64_t size_bytes)
    : path_(variable("ZFSREST_TEST_DIR") + "/" + unique_name("disk")) {
  ::close(::open(path_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  std::filesystem::resize_file(path_, size_bytes);
}

Disk::~Disk() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

std::vector<Disk> disks(std::size_t count, std::uint64_t size_bytes) {
  std::vector<Disk> list;
  for (std::size_t i = 0; i < count; ++i) list.emplace_back(size_bytes);
  return list;
}

json::Array vdevs(const std::vector<Disk>& disks) {
  json::Array list;
  for (const Disk& disk : disks) list.push_back(disk.vdev());
  return list;
}

PoolName::~PoolName() {
  // One that is read-only can only be exported.
  if (has_pool(name_) && del(pool_path(name_)).status != 204) run_oracle("zpool export " + name_);
}

bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

bool has_oracle() {
  return std::getenv("ZFSREST_TEST_ORACLE") != nullptr;
}

Outcome run_oracle(const std::string& command) {
  return run(variable("ZFSREST_TEST_ORACLE") + " bash -c " + quote(command));
}

std::string oracle(const std::string& command) {
  return expect_success(command, run_oracle(command));
}

std::vector<std::vector<std::string>> oracle_table(const std::string& command) {
  std::vector<std::vector<std::string>> rows;
  std::string text = oracle(command) + "\n";
  std::vector<std::string> row(1);
  for (const char c : text) {
    if (c == '\t') {
      row.emplace_back();
    } else if (c == '\n') {
      if (row.size() > 1 || !row.front().empty()) rows.push_back(row);
      row.assign(1, "");
    } else {
      row.back() += c;
    }
  }
  return rows;
}

std::string shell(const std::string& command) {
  return expect_success(command, run(command));
}

std::optional<std::size_t> count_ioctls() {
  const std::string path = variable("ZFSREST_TEST_IOCTLS");
  if (path.empty()) return std::nullopt;
  std::ifstream log(path);
  return static_cast<std::size_t>(
      std::count(std::istreambuf_iterator<char>(log), std::istreambuf_iterator<char>(), '\n'));
}

bool has_volume_data() {
  return std::getenv("ZFSREST_TEST_DATA") != nullptr;
}

std::string volume_data(const std::string& verb, const std::string& arguments) {
  // ZFS itself can have a volume for a moment after it was received.
  std::string printed;
  eventually([&] {
    printed = shell(variable("ZFSREST_TEST_DATA") + " " + verb + " " + arguments);
    return printed.find("Device or resource busy") == std::string::npos;
  });
  return printed;
}

void OnPool::SetUpTestSuite() {
  constexpr std::uint64_t bytes = 2ULL << 30;
  disk_ = std::make_unique<Disk>(bytes);
  pool_ = std::make_unique<PoolName>();
  const Response created =
      post("/v1/pools", {{"name", pool()}, {"vdevs", {{"data", json::Array{disk_->vdev()}}}}});
  ASSERT_EQ(created.status, 201) << created;
}

void OnPool::TearDownTestSuite() {
  pool_.reset();
  disk_.reset();
}

void OnPool::SetUp() {
  dataset_ = pool() + "/" + unique_name("test");
  make_filesystem(dataset_);
}

void OnPool::mount_nothing_below() const {
  const Response set = patch(dataset_path(dataset_), {{"properties", {{"mountpoint", "none"}}}});
  ASSERT_EQ(set.status, 200) << set;
}

void make_filesystem(const std::string& name, json::Object properties) {
  const Response made =
      post("/v1/datasets", {{"name", name}, {"properties", std::move(properties)}});
  ASSERT_EQ(made.status, 201) << made;
}

void make_volume(const std::string& name, std::uint64_t size_bytes) {
  const Response made =
      post("/v1/datasets",
           {{"name", name}, {"type", "volume"}, {"properties", {{"volsize", size_bytes}}}});
  ASSERT_EQ(made.status, 201) << made;
}

void make_snapshot(const std::string& name) {
  const Response made = post("/v1/snapshots", {{"snapshots", json::Array{json::Value(name)}}});
  ASSERT_EQ(made.status, 201) << made;
}

void make_bookmark(const std::string& name, const std::string& source) {
  const Response made =
      post("/v1/bookmarks",
           {{"bookmarks", json::Array{json::Object{{"name", name}, {"source", source}}}}});
  ASSERT_EQ(made.status, 201) << made;
}

void make_clone(const std::string& snapshot, const std::string& name) {
  const Response made = post(snapshot_path(snapshot) + "/clone", {{"to", name}});
  ASSERT_EQ(made.status, 201) << made;
}

std::string property(const std::string& dataset, const std::string& name) {
  return get(dataset_path(dataset)).text("/properties/" + name + "/value");
}

bool has_dataset(const std::string& name) {
  return exists(dataset_path(name));
}
bool has_snapshot(const std::string& name) {
  return exists(snapshot_path(name));
}
bool has_pool(const std::string& name) {
  return exists(pool_path(name));
}

std::vector<std::string> names_of(const json::Value& items) {
  std::vector<std::string> names;
  for (const json::Value& item : items.as_array())
    names.emplace_back(json::view(item.at("name").as_string()));
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> names_in(const std::string& list) {
  const Response listed = get(list);
  EXPECT_EQ(listed.status, 200) << listed;
  return names_of(listed.at("/items"));
}

Hold::Hold(std::string snapshot) : snapshot_(std::move(snapshot)) {
  ask("hold", "held");
}
Hold::~Hold() {
  ask("release", "released");
}

void Hold::ask(const std::string& verb, const std::string& done) const {
  const Response answer =
      post("/v1/snapshots/" + verb,
           {{"holds", json::Array{json::Object{{"snapshot", snapshot_}, {"tag", "kept"}}}}});
  ASSERT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.at("/" + done).as_array().size(), 1U) << answer;
}

testing::AssertionResult is_refused(const Response& response, int status, std::string_view code) {
  if (response.status == status && response.code() == code) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "not refused with " << status << " " << code << ": " << response;
}

testing::AssertionResult blames(const Response& response, const std::string& in,
                                const std::string& pointer) {
  if (response.blames({in, pointer})) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "does not name " << pointer << " of the " << in << ": " << response;
}

}  // namespace zfsrest::test
