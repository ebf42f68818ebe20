// Streams that are damaged, or are none: each is refused with a reason, and nothing of it is left.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "streams.hpp"

namespace zfsrest::faults {
namespace {

constexpr std::size_t header_bytes = 312;
constexpr std::size_t damaged_volume_bytes = 256 << 10;

// How many bytes the header says that a list behind it has.
constexpr std::size_t list_length_at = 4;

struct Damaged {
  std::string how;
  std::string stream;
};

// The whole streams that damaged ones are made of.
struct Streams {
  std::string full, incremental, package;
};

Damaged flip(std::mt19937_64& random, std::string stream, std::size_t below) {
  const std::size_t bit = random() % (below * 8);
  stream[bit / 8] = static_cast<char>(stream[bit / 8] ^ (1 << bit % 8));
  return {"bit " + std::to_string(bit % 8) + " of byte " + std::to_string(bit / 8) + " flipped",
          std::move(stream)};
}

Damaged overwrite(std::mt19937_64& random, std::string stream) {
  const std::size_t at = random() % stream.size();
  const std::size_t length = std::min<std::size_t>(1 + random() % 64, stream.size() - at);
  for (std::size_t i = at; i < at + length; ++i) stream[i] = static_cast<char>(random());
  return {std::to_string(length) + " bytes overwritten at " + std::to_string(at),
          std::move(stream)};
}

Damaged cut(std::mt19937_64& random, std::string stream) {
  const std::size_t at = random() % stream.size();
  const std::size_t length = 1 + random() % 4096;
  stream.erase(at, length);
  return {std::to_string(length) + " bytes gone at " + std::to_string(at), std::move(stream)};
}

Damaged repeat(std::mt19937_64& random, std::string stream) {
  const std::size_t at = random() % stream.size();
  const std::string piece = stream.substr(at, 1 + random() % 4096);
  stream.insert(at, piece);
  return {std::to_string(piece.size()) + " bytes twice at " + std::to_string(at),
          std::move(stream)};
}

Damaged shorten(std::mt19937_64& random, std::string stream) {
  stream.resize(random() % stream.size());
  return {"ended after " + std::to_string(stream.size()), std::move(stream)};
}

Damaged lengthen_list(std::mt19937_64& random, std::string stream) {
  const auto length = static_cast<std::uint32_t>(random());
  for (std::size_t i = 0; i < 4; ++i)
    stream[list_length_at + i] = static_cast<char>(length >> (8 * i));
  return {"a list of " + std::to_string(length) + " bytes announced", std::move(stream)};
}

Damaged replace(std::mt19937_64& random, const Streams& streams) {
  switch (random() % 6) {
    case 0:
      return {"nothing", ""};
    case 1:
      return {"text", "Four score and seven years ago\n"};
    case 2:
      return {"a package", streams.package};
    case 3:
      return {"another stream's header",
              streams.incremental.substr(0, header_bytes) + streams.full.substr(header_bytes)};
    case 4:
      return {"a stream without its header", streams.full.substr(header_bytes)};
    default: {
      std::string noise(random() % 100'000, '\0');
      for (char& c : noise) c = static_cast<char>(random());
      return {"noise", std::move(noise)};
    }
  }
}

Damaged damage(std::mt19937_64& random, const Streams& streams) {
  const std::string& full = streams.full;
  switch (random() % 10) {
    case 0:
    case 1:
    case 2:
      return flip(random, full, full.size());
    case 3:
    case 4:
      return flip(random, full, header_bytes);
    case 5:
      return overwrite(random, full);
    case 6:
      return cut(random, full);
    case 7:
      return random() % 2 == 0 ? repeat(random, full) : shorten(random, full);
    case 8:
      return lengthen_list(random, full);
    default:
      return replace(random, streams);
  }
}

class DamagedStreams : public testing::Test {
 protected:
  void SetUp() override {
    make_pool(daemon_, engine_, "tank");
    make_volume(engine_, "tank/source", damaged_volume_bytes, 16 << 10);
    engine_.expect("zfs snapshot tank/source@1");
    engine_.write("tank/source", "--length " + std::to_string(damaged_volume_bytes) + " --seed 2");
    engine_.expect("zfs snapshot tank/source@2");
    const std::string package = engine_.directory() / "package";
    engine_.expect("zfs send -R tank/source@2 > " + package);
    streams_ = {
        .full = read_stream(daemon_, stream_path("tank/source@1")),
        .incremental = read_stream(daemon_, stream_path("tank/source@2", "from=tank%2Fsource%401")),
        .package = read_file(package)};
    hash_ = engine_.hash("tank/source@1");
    guid_ = engine_.expect("zfs get -H -p -o value guid tank/source@1");
    engine_.expect("zfs create tank/target");
    expected_ = engine_.expect("zfs list -H -t all -r -o name tank");
  }

  // One that sends damaged streams, one after the other, to a place of its own.
  void send_on(std::uint64_t seed, int number, std::size_t count) {
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(number));
    const std::string dataset = "tank/target/" + std::to_string(number);
    for (std::size_t i = 0; i < count && !is_over_; ++i) {
      const Damaged damaged = damage(random, streams_);
      const bool is_resumable = random() % 4 == 0;
      const testing::ScopedTrace trace(__FILE__, __LINE__,
                                       dataset + ", stream " + std::to_string(i) + ": " +
                                           damaged.how + (is_resumable ? ", resumable" : ""));
      const Answer answer =
          upload(daemon_, random() % 2 == 0 ? daemon_.tcp() : daemon_.unix_socket(),
                 stream_path(dataset + "@1", is_resumable ? "resumable=true" : ""), damaged.stream);
      note(answer);
      if (answer.status == 200)
        expect_whole(dataset, answer);
      else
        expect_refused(dataset, is_resumable, answer);
      EXPECT_EQ(daemon_.ask("GET", "/v1/pools").status, 200);
      if (HasFailure()) is_over_ = true;
    }
  }

  // The damage did no harm: what is there must be exactly what was sent.
  void expect_whole(const std::string& dataset, const Answer& answer) const {
    EXPECT_EQ(member(answer.body, "guid"), guid_);
    EXPECT_EQ(engine_.hash(dataset + "@1"), hash_);
    remove(dataset);
  }
  void expect_refused(const std::string& dataset, bool is_resumable, const Answer& answer) const {
    EXPECT_TRUE(answer.status >= 400 && answer.status < 600) << answer.status << answer.head;
    EXPECT_NE(answer.code(), "bug") << answer.body;
    EXPECT_FALSE(member(answer.body, "detail").empty()) << answer.body;
    const std::string target = "/v1/datasets/" + encoded(dataset);
    if (is_resumable && daemon_.ask("GET", target + "/partial-receive").status == 200)
      EXPECT_EQ(daemon_.ask("DELETE", target + "/partial-receive").status, 204);
    if (answer.body.find("the snapshot was received") != std::string::npos) remove(dataset);
    EXPECT_EQ(daemon_.ask("GET", target).status, 404) << answer.status << answer.body;
  }
  void remove(const std::string& dataset) const {
    EXPECT_EQ(daemon_.ask("DELETE", "/v1/snapshots/" + encoded(dataset + "@1")).status, 204);
    EXPECT_EQ(daemon_.ask("DELETE", "/v1/datasets/" + encoded(dataset)).status, 204);
  }

  void note(const Answer& answer) {
    const std::lock_guard lock(mutex_);
    ++answers_[std::to_string(answer.status) + " " + answer.code()];
  }

  userland::Engine engine_;
  const Daemon daemon_{engine_};
  Streams streams_;
  std::string hash_, guid_, expected_;
  std::atomic<bool> is_over_ = false;
  std::mutex mutex_;
  std::map<std::string, int> answers_;
};

TEST_F(DamagedStreams, AreRefusedWithAReasonAndLeaveNothing) {
  constexpr std::size_t senders = 4;
  const std::size_t count = number_from_environment("ZFSREST_TEST_DAMAGED_STREAMS", 2'000);
  const std::size_t seed = number_from_environment("ZFSREST_TEST_SEED", 5);
  const testing::ScopedTrace trace(__FILE__, __LINE__, "ZFSREST_TEST_SEED=" + std::to_string(seed));
  const pid_t agent = daemon_.agent();
  const pid_t gateway = daemon_.gateway();
  std::vector<std::thread> threads;
  threads.reserve(senders);
  for (std::size_t i = 0; i < senders; ++i)
    threads.emplace_back([&, i] { send_on(seed, static_cast<int>(i), count / senders); });
  for (std::thread& thread : threads) thread.join();

  int all = 0;
  for (const auto& [what, number] : answers_) {
    std::cout << number << " answered " << what << "\n";
    all += number;
  }
  EXPECT_EQ(static_cast<std::size_t>(all), count / senders * senders);
  EXPECT_TRUE(is_alive(engine_.pid())) << "a damaged stream has ended the engine";
  EXPECT_EQ(daemon_.agent(), agent);
  EXPECT_EQ(daemon_.gateway(), gateway);
  expect_no_transfers(daemon_);
  EXPECT_EQ(engine_.expect("zfs list -H -t all -r -o name tank"), expected_);
  EXPECT_EQ(
      upload(daemon_, daemon_.unix_socket(), stream_path("tank/target/0@1"), streams_.full).status,
      200);
}

}  // namespace
}  // namespace zfsrest::faults
