// Streams whose clients go away, stall or come in numbers, and daemons that die meanwhile.
#include "streams.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>
#include <vector>

namespace zfsrest::faults {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

bool is_sanitized() {
  return read_file(userland::build_directory() / "CMakeCache.txt")
             .find("ZFSREST_SANITIZE:STRING=\n") == std::string::npos;
}

// Far more than lies in pipes and sockets, so that a stream that is not read stalls.
constexpr std::size_t large_bytes = 24 << 20;

class Streams : public testing::Test {
 protected:
  // A pool with a volume of which there is a snapshot.
  void make_source(const Daemon& daemon, std::size_t bytes) const {
    make_pool(daemon, engine_, "tank");
    make_volume(engine_, "tank/source", bytes);
    engine_.expect("zfs snapshot tank/source@1");
  }

  // A reader that has its head and reads nothing more.
  static Download stall(const Daemon& daemon, const Address& address,
                        const std::string& query = "") {
    Download download = begin_download(daemon, address, stream_path("tank/source@1", query));
    EXPECT_TRUE(download.head.head.starts_with("HTTP/1.1 200 ")) << download.head.head;
    const int small = 64 << 10;
    ::setsockopt(download.connection.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    return download;
  }

  // How long it takes until a job is not under way any more.
  static milliseconds time_to_end(const Daemon& daemon, const std::string& job) {
    const auto begin = Clock::now();
    EXPECT_TRUE(eventually([&] {
      const std::string state = member(read_job(daemon, job), "state");
      return !state.empty() && state != "queued" && state != "running" && state != "recovering";
    })) << read_job(daemon, job);
    return since(begin);
  }

  static void expect_ended(const Daemon& daemon, const std::string& job, const std::string& state,
                           const std::string& code) {
    const std::string ended = ended_job(daemon, job);
    EXPECT_EQ(member(ended, "state"), state) << ended;
    EXPECT_EQ(member(ended, "code"), code) << ended;
  }

  userland::Engine engine_;
};

// --- clients that go away ---

TEST_F(Streams, EndSoonAfterTheirClientHasGone) {
  const Daemon daemon(engine_);
  make_source(daemon, large_bytes);
  for (const Address& address : {daemon.tcp(), daemon.unix_socket()}) {
    for (const std::string query : {"", "bytes_per_second=100000"}) {
      Download download = stall(daemon, address, query);
      std::this_thread::sleep_for(milliseconds(200));
      const std::string job = download.job();
      EXPECT_EQ(member(read_job(daemon, job), "state"), "running");
      download.connection.close();
      std::cout << (address.port != 0 ? "TCP" : "Unix socket")
                << (query.empty() ? ", stalled: " : ", slow: ") << time_to_end(daemon, job).count()
                << " ms until the send had ended\n";
      EXPECT_EQ(member(read_job(daemon, job), "state"), "canceled") << read_job(daemon, job);
    }
  }
  EXPECT_EQ(daemon.ask("DELETE", "/v1/snapshots/tank%2Fsource%401").status, 204)
      << "nothing holds it any more";
}

TEST_F(Streams, EndSoonAfterTheGatewayHasGone) {
  const Daemon daemon(engine_);
  make_source(daemon, large_bytes);
  const Download stalled = stall(daemon, daemon.tcp());
  const Download slow = stall(daemon, daemon.unix_socket(), "bytes_per_second=100000");
  const auto begin = Clock::now();
  daemon.kill_and_wait(daemon.gateway());
  const milliseconds away = since(begin);
  for (const Download& download : {std::cref(stalled), std::cref(slow)}) {
    time_to_end(daemon, download.job());
    EXPECT_EQ(member(read_job(daemon, download.job()), "state"), "canceled")
        << read_job(daemon, download.job());
  }
  std::cout << "sends had ended " << since(begin).count()
            << " ms after the gateway was killed, which was back after " << away.count() << " ms\n";
  EXPECT_EQ(daemon.ask("DELETE", "/v1/snapshots/tank%2Fsource%401").status, 204);
}

TEST_F(Streams, ThatAreReceivedEndSoonAfterTheirClientHasGone) {
  const Daemon daemon(engine_);
  make_source(daemon, 4 << 20);
  const std::string stream = read_stream(daemon, stream_path("tank/source@1"));
  for (const Address& address : {daemon.tcp(), daemon.unix_socket()}) {
    Connection connection =
        begin_upload(daemon, address, stream_path("tank/target@1"), Framing::length, stream.size());
    EXPECT_TRUE(upload_some(connection, Framing::length,
                            std::string_view(stream).substr(0, stream.size() / 2)));
    std::string job;
    EXPECT_TRUE(eventually([&] {
      job = newest_job(daemon, "snapshot.receive");
      return !job.empty() && member(read_job(daemon, job), "state") == "running";
    }));
    connection.close();
    std::cout << time_to_end(daemon, job).count() << " ms until the receive had ended\n";
    EXPECT_NE(member(read_job(daemon, job), "state"), "succeeded");
    EXPECT_EQ(engine_.expect("zfs list -H -t all -r -o name tank"),
              "tank\ntank/source\ntank/source@1");
  }
}

// --- numbers ---

milliseconds median_of_reads(const Daemon& daemon, int count) {
  std::vector<std::chrono::microseconds> times;
  times.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    EXPECT_EQ(daemon.ask("GET", "/v1/pools").status, 200);
    times.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin));
  }
  std::ranges::sort(times);
  const auto median = times[times.size() / 2];
  std::cout << "median of " << count << " reads: " << median.count() << " us\n";
  return std::chrono::ceil<milliseconds>(median);
}

std::size_t memory_of(const Daemon& daemon) {
  const std::size_t gateway = pss_bytes(daemon.gateway());
  const std::size_t agent = pss_bytes(daemon.agent());
  std::cout << "gateway " << gateway / 1024 << " KiB, agent " << agent / 1024 << " KiB\n";
  return gateway + agent;
}

TEST_F(Streams, ThatStallInNumbersDelayNobodyAndTakeLittleMemory) {
  constexpr int readers = 100;
  constexpr std::size_t most_for_fifty = 64 << 20;
  const auto duration = std::chrono::seconds(number_from_environment("ZFSREST_TEST_STALL_S", 10));
  const Daemon daemon(engine_, {{"ZFSREST_TRANSFERS", "128"}});
  make_source(daemon, large_bytes);
  const milliseconds before = median_of_reads(daemon, 200);
  const std::size_t idle = memory_of(daemon);
  std::vector<Download> downloads;
  downloads.reserve(readers);
  for (int i = 0; i < readers; ++i)
    downloads.push_back(stall(daemon, i % 2 == 0 ? daemon.tcp() : daemon.unix_socket()));
  const auto until = Clock::now() + duration;
  std::this_thread::sleep_for(milliseconds(500));
  do {
    EXPECT_LE(median_of_reads(daemon, 200), std::max(3 * before, milliseconds(3)));
    if (!is_sanitized()) EXPECT_LE(memory_of(daemon), idle + (most_for_fifty * readers / 50));
    std::this_thread::sleep_for(milliseconds(500));
  } while (Clock::now() < until);
  for (const Download& download : downloads)
    EXPECT_EQ(member(read_job(daemon, download.job()), "state"), "running");
  // The first and the last can still be read to their ends.
  for (Download* download : {&downloads.front(), &downloads.back()}) {
    EXPECT_EQ(download->read_to(std::string::npos), Connection::Body::whole);
    EXPECT_GT(download->body.size(), large_bytes);
    EXPECT_EQ(member(ended_job(daemon, download->job()), "state"), "succeeded");
  }
  downloads.clear();
  expect_no_transfers(daemon);
  std::cout << "afterwards: ";
  memory_of(daemon);
}

TEST_F(Streams, ThatAreTooManyAreToldToComeBack) {
  const Daemon daemon(engine_, {{"ZFSREST_TRANSFERS", "2"}});
  make_source(daemon, large_bytes);
  Download first = stall(daemon, daemon.tcp());
  const Download second = stall(daemon, daemon.unix_socket());
  const Answer third = daemon.ask("GET", stream_path("tank/source@1"));
  EXPECT_EQ(third.status, 503) << third.head;
  EXPECT_EQ(third.code(), "overloaded");
  EXPECT_FALSE(third.field("Retry-After").empty());
  const Answer receive =
      upload(daemon, daemon.tcp(), stream_path("tank/target@1"), std::string(1000, 'x'));
  EXPECT_EQ(receive.status, 503) << receive.head;
  EXPECT_FALSE(receive.field("Retry-After").empty());
  EXPECT_EQ(daemon.ask("GET", "/v1/pools").status, 200);
  EXPECT_EQ(member(daemon.ask("GET", "/v1/jobs?operation=snapshot.receive").body, "id"), "")
      << "what was turned away is no job";

  first.connection.close();
  Answer again;
  EXPECT_TRUE(eventually([&] {
    again = daemon.ask("GET", stream_path("tank/source@1"));
    return again.status == 200;
  })) << again.head;
  EXPECT_GT(again.body.size(), large_bytes);
}

// --- speed ---

TEST_F(Streams, GoNoFasterThanTheyWereAskedTo) {
  constexpr milliseconds least(1'800);
  const Daemon daemon(engine_);
  make_source(daemon, 2'000'000 / 131'072 * 131'072 + 131'072);
  const auto begin = Clock::now();
  const std::string stream =
      read_stream(daemon, stream_path("tank/source@1", "bytes_per_second=1000000"));
  EXPECT_GE(since(begin), least);
  EXPECT_GT(stream.size(), 2'000'000U);
  const auto middle = Clock::now();
  const Answer received = upload(daemon, daemon.tcp(),
                                 stream_path("tank/target@1", "bytes_per_second=1000000"), stream);
  EXPECT_EQ(received.status, 200) << received.body;
  EXPECT_GE(since(middle), least);
  EXPECT_EQ(engine_.hash("tank/target@1"), engine_.hash("tank/source@1"));
}

// --- the agent ends meanwhile ---

TEST_F(Streams, ThatWereSentWhenTheAgentEndedHaveFailed) {
  const Daemon daemon(engine_);
  make_source(daemon, large_bytes);
  Download download = stall(daemon, daemon.tcp());
  daemon.kill_and_wait(daemon.agent());
  EXPECT_EQ(download.read_to(std::string::npos), Connection::Body::broken)
      << "it must not be taken for whole";
  expect_ended(daemon, download.job(), "failed", "interrupted");
  EXPECT_EQ(daemon.ask("DELETE", "/v1/snapshots/tank%2Fsource%401").status, 204);
}

TEST_F(Streams, ThatWereReceivedWhenTheAgentEndedAreWhatIsThere) {
  const Daemon daemon(engine_);
  make_source(daemon, 4 << 20);
  const std::string stream = read_stream(daemon, stream_path("tank/source@1"));
  const auto kill_after = [&](const std::string& target, std::size_t bytes) {
    Connection connection =
        begin_upload(daemon, daemon.tcp(), target, Framing::chunked, stream.size());
    EXPECT_TRUE(
        upload_some(connection, Framing::chunked, std::string_view(stream).substr(0, bytes)));
    // What is given has been taken, as far as can be told from here.
    std::this_thread::sleep_for(milliseconds(500));
    const std::string job = newest_job(daemon, "snapshot.receive");
    EXPECT_EQ(member(read_job(daemon, job), "state"), "running");
    daemon.kill_and_wait(daemon.agent());
    ::shutdown(connection.fd(), SHUT_WR);
    const Answer answer = connection.read_answer();
    EXPECT_NE(answer.status, 200) << answer.body;
    return job;
  };

  const std::string lost = kill_after(stream_path("tank/lost@1"), stream.size() / 2);
  expect_ended(daemon, lost, "failed", "interrupted");
  EXPECT_EQ(read_job(daemon, lost).find("is kept"), std::string::npos) << read_job(daemon, lost);
  EXPECT_EQ(daemon.ask("GET", "/v1/datasets/tank%2Flost").status, 404);

  const std::string kept =
      kill_after(stream_path("tank/kept@1", "resumable=true"), stream.size() / 2);
  expect_ended(daemon, kept, "failed", "interrupted");
  EXPECT_NE(read_job(daemon, kept).find("is kept"), std::string::npos) << read_job(daemon, kept);
  EXPECT_EQ(daemon.ask("GET", "/v1/datasets/tank%2Fkept/partial-receive").status, 200);
  EXPECT_EQ(daemon.ask("DELETE", "/v1/datasets/tank%2Fkept/partial-receive").status, 204);

  // Its last record has come, and its last chunk has not.
  const std::string there = kill_after(stream_path("tank/there@1"), stream.size());
  const std::string done = ended_job(daemon, there);
  EXPECT_EQ(member(done, "state"), "succeeded") << done;
  EXPECT_EQ(engine_.hash("tank/there@1"), engine_.hash("tank/source@1"));
  EXPECT_EQ(engine_.expect("zfs list -H -t all -r -o name tank"),
            "tank\ntank/source\ntank/source@1\ntank/there\ntank/there@1");
}

// --- where the bytes are ---

// How often a text lies in the memory of a process that no file is mapped to.
std::size_t count_in_memory(pid_t pid, const std::string& text) {
  std::istringstream maps(read_file("/proc/" + std::to_string(pid) + "/maps"));
  const int memory =
      ::open(("/proc/" + std::to_string(pid) + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_GE(memory, 0);
  std::size_t found = 0, seen_bytes = 0;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string range, rights, offset, device, inode, path;
    words >> range >> rights >> offset >> device >> inode >> path;
    if (rights[0] != 'r' || path.starts_with("/") || path.starts_with("[v")) continue;
    const std::size_t begin = std::stoul(range, nullptr, 16);
    const std::size_t end = std::stoul(range.substr(range.find('-') + 1), nullptr, 16);
    std::string piece(end - begin, '\0');
    const ssize_t got = ::pread(memory, piece.data(), piece.size(), static_cast<off_t>(begin));
    if (got <= 0) continue;
    seen_bytes += static_cast<std::size_t>(got);
    for (std::size_t at = piece.find(text); at != std::string::npos;
         at = piece.find(text, at + text.size()))
      ++found;
  }
  ::close(memory);
  EXPECT_GT(seen_bytes, 100'000U) << "there was nothing to look at";
  return found;
}

TEST_F(Streams, LieInTheMemoryOfNoProcess) {
  constexpr std::size_t with_header_bytes = 16 << 10;
  const std::string marker = "A marker text, 32 bytes of it. \n";
  ASSERT_EQ(marker.size(), 32U);
  const Daemon daemon(engine_);
  make_pool(daemon, engine_, "tank");
  const std::string file = engine_.directory() / "markers";
  {
    std::ofstream out(file, std::ios::binary);
    for (std::size_t i = 0; i < large_bytes; i += marker.size()) out << marker;
  }
  engine_.expect("zfs create -s -b 131072 -V " + std::to_string(large_bytes) + " tank/source");
  engine_.write("tank/source", "--length " + std::to_string(large_bytes) + " --from " + file);
  engine_.expect("zfs snapshot tank/source@1");

  Download download = stall(daemon, daemon.tcp());
  EXPECT_EQ(download.read_to(4 << 20), Connection::Body::more);
  EXPECT_NE(download.body.find(marker), std::string::npos) << "it is in the stream as it is";
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(count_in_memory(daemon.gateway(), marker), 0U);
  EXPECT_EQ(count_in_memory(daemon.agent(), marker), 0U);
  EXPECT_EQ(download.read_to(std::string::npos), Connection::Body::whole);

  for (const Framing framing : {Framing::length, Framing::chunked}) {
    const std::string& stream = download.body;
    Connection connection =
        begin_upload(daemon, daemon.tcp(), stream_path("tank/target@1"), framing, stream.size());
    EXPECT_TRUE(
        upload_some(connection, framing, std::string_view(stream).substr(0, stream.size() / 2)));
    std::this_thread::sleep_for(milliseconds(300));
    const std::size_t in_gateway = count_in_memory(daemon.gateway(), marker);
    std::cout << in_gateway * marker.size() << " bytes of the upload lie in the gateway\n";
    EXPECT_LE(in_gateway * marker.size(), with_header_bytes);
    EXPECT_EQ(count_in_memory(daemon.agent(), marker), 0U);
    connection.close();
    expect_no_transfers(daemon);
    EXPECT_EQ(engine_.expect("zfs list -H -t all -r -o name tank"),
              "tank\ntank/source\ntank/source@1");
  }
}

}  // namespace
}  // namespace zfsrest::faults
