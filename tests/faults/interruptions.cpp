#include "interruptions.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>

namespace zfsrest::faults {
namespace {

constexpr std::size_t header_bytes = 312;
// A record that broke off is sent again from its beginning, with the one before it, which a kernel
// had not yet written; and a resumed stream has a header of its own with a list in it.
constexpr std::size_t again_bytes = 2 * (128 << 10) + header_bytes + (1 << 10);

constexpr const char* ways_in_words[] = {
    "closed",  "reset",        "short of its length", "without last chunk",
    "stalled", "agent killed", "gateway killed"};

bool is_by_client(Way way) {
  return way != Way::stalled && way != Way::agent_killed && way != Way::gateway_killed;
}

// How much the host lets wait in the two sockets of a connection at most.
std::size_t largest_tcp_buffers() {
  std::size_t sum = 0;
  for (const char* path : {"/proc/sys/net/ipv4/tcp_rmem", "/proc/sys/net/ipv4/tcp_wmem"}) {
    std::size_t least = 0, usual = 0, most = 0;
    std::ifstream(path) >> least >> usual >> most;
    sum += most;
  }
  return sum;
}

Address address_of(const Daemon& daemon, const Transfer& transfer) {
  return transfer.is_tcp ? daemon.tcp() : daemon.unix_socket();
}

std::string send_path(const Transfer& transfer) {
  return stream_path("tank/source" + transfer.short_snapshot(),
                     transfer.is_incremental ? "from=tank%2Fsource%401" : "");
}

void end_by_client(Begun& begun) {
  Connection& connection = begun.upload ? *begun.upload : begun.download->connection;
  if (begun.transfer.way == Way::reset) return connection.reset();
  if (begun.transfer.way == Way::closed) return connection.close();
  // The client waits for what is said of a body that has come to its end too early.
  ::shutdown(connection.fd(), SHUT_WR);
  const Answer answer = connection.read_answer();
  EXPECT_TRUE(answer.status == 0 || (answer.status >= 400 && answer.code() != "bug"))
      << begun.transfer.text() << answer.head << answer.body;
}

// A connection that the gateway has not yet taken would be served by the next one.
void expect_uploads_begun(const Daemon& daemon, const std::vector<Begun>& begun) {
  const auto uploads =
      std::ranges::count_if(begun, [](const Begun& each) { return each.upload.has_value(); });
  EXPECT_TRUE(eventually([&] {
    const std::string jobs = daemon.ask("GET", "/v1/jobs?state=queued,running").body;
    std::ptrdiff_t there = 0;
    for (std::size_t at = 0; (at = jobs.find("\"snapshot.receive\"", at)) != jobs.npos; ++at)
      ++there;
    return there >= uploads;
  }));
}

void expect_nothing(const Daemon& daemon, const Transfer& transfer) {
  const std::string dataset = "/v1/datasets/" + encoded(transfer.dataset);
  EXPECT_EQ(daemon.ask("GET", dataset + "/partial-receive").status, 404);
  EXPECT_EQ(daemon.ask("GET", dataset).status, transfer.is_incremental ? 200 : 404);
  EXPECT_EQ(daemon.ask("GET", "/v1/snapshots/" + encoded(transfer.snapshot())).status, 404);
}

}  // namespace

std::string Transfer::receive_path() const {
  return stream_path(snapshot(), is_resumable ? "resumable=true" : "");
}

std::string Transfer::text() const {
  std::ostringstream out;
  out << (direction == Direction::send ? "send" : "receive")
      << (is_incremental ? ", incremental" : ", full") << (is_resumable ? ", resumable, " : ", ")
      << ways_in_words[static_cast<int>(way)] << " after " << offset << " bytes, "
      << (is_tcp ? "TCP, " : "Unix socket, ")
      << (framing == Framing::chunked ? "chunked, " : "length, ") << dataset;
  return out.str();
}

void Interruptions::prepare(const Daemon& daemon, std::size_t at_once) {
  at_once_ = at_once;
  full_ = read_stream(daemon, stream_path("tank/source@1"));
  incremental_ = read_stream(daemon, stream_path("tank/source@2", "from=tank%2Fsource%401"));
  for (const std::string name : {"@1", "@2"}) {
    guids_[name] = tools("zfs get -H -p -o value guid tank/source" + name);
    contents_[name] = content_of("tank/source" + name);
  }
  tools("zfs create tank/full && zfs create tank/base");
  for (std::size_t slot = 0; slot < at_once; ++slot)
    EXPECT_EQ(upload(daemon, daemon.unix_socket(),
                     stream_path("tank/base/" + std::to_string(slot) + "@1"), full_)
                  .status,
              200);
  expected_ = list();
}

const std::string& Interruptions::stream_of(const Transfer& transfer) const {
  return transfer.is_incremental ? incremental_ : full_;
}

Transfer Interruptions::plan(std::mt19937_64& random, Way way, std::size_t slot) const {
  Transfer transfer;
  transfer.way = way;
  const bool is_of_uploads = way == Way::short_of_length || way == Way::without_last_chunk;
  transfer.direction = is_of_uploads || random() % 3 > 0 ? Direction::receive : Direction::send;
  transfer.is_resumable = random() % 3 > 0;
  transfer.is_incremental = random() % 2 == 0;
  transfer.offset = random() % stream_of(transfer).size();
  transfer.dataset =
      std::string(transfer.is_incremental ? "tank/base/" : "tank/full/") + std::to_string(slot);
  transfer.framing =
      way == Way::without_last_chunk || (way != Way::short_of_length && random() % 2 == 0)
          ? Framing::chunked
          : Framing::length;
  transfer.is_tcp = way == Way::reset || random() % 2 == 0;
  return transfer;
}

Begun Interruptions::begin(const Daemon& daemon, const Transfer& transfer) const {
  Begun begun{.transfer = transfer};
  const std::string& stream = stream_of(transfer);
  if (transfer.direction == Direction::send) {
    begun.download.emplace(
        begin_download(daemon, address_of(daemon, transfer), send_path(transfer)));
    EXPECT_TRUE(begun.download->head.head.starts_with("HTTP/1.1 200 "))
        << begun.download->head.head;
    // Else all that is left goes into the buffer of this socket.
    const int small = 64 << 10;
    ::setsockopt(begun.download->connection.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    EXPECT_EQ(begun.download->read_to(transfer.offset), Connection::Body::more);
    return begun;
  }
  begun.upload.emplace(begin_upload(daemon, address_of(daemon, transfer), transfer.receive_path(),
                                    transfer.framing, stream.size()));
  EXPECT_TRUE(upload_some(*begun.upload, transfer.framing,
                          std::string_view(stream).substr(0, transfer.offset)));
  return begun;
}

// What a client sees that is still there.
void Interruptions::expect_seen(Begun& begun) const {
  const Transfer& transfer = begun.transfer;
  if (transfer.direction == Direction::send) {
    const auto how = begun.download->read_to(std::string::npos);
    EXPECT_NE(how, Connection::Body::more);
    EXPECT_TRUE(stream_of(transfer).starts_with(begun.download->body));
    if (how == Connection::Body::whole)
      EXPECT_EQ(begun.download->body.size(), stream_of(transfer).size()) << "it is called whole";
    begun.download->body.resize(std::min(begun.download->body.size(), transfer.offset));
    return;
  }
  // A client that is silent is not told before its time is up, so this one says that it has
  // ended.
  if (transfer.way == Way::agent_killed) ::shutdown(begun.upload->fd(), SHUT_WR);
  const Answer answer = begun.upload->read_answer();
  if (transfer.way == Way::stalled)
    EXPECT_EQ(answer.status, 408) << answer.head << answer.body;
  else
    EXPECT_TRUE(answer.status == 0 || answer.status == 503 || answer.status == 504)
        << answer.head << answer.body;
}

// Interrupts some and looks at what has become of them.
void Interruptions::interrupt(const Daemon& daemon, const std::vector<Transfer>& transfers) {
  std::vector<Begun> begun;
  begun.reserve(transfers.size());
  for (const Transfer& transfer : transfers) begun.push_back(begin(daemon, transfer));
  const Way way = transfers.front().way;
  // One that stalls may have ended before the last has begun.
  if (way != Way::stalled) expect_uploads_begun(daemon, begun);
  if (way == Way::agent_killed) daemon.kill_and_wait(daemon.agent());
  if (way == Way::gateway_killed) daemon.kill_and_wait(daemon.gateway());
  // Who reads on has not stalled.
  if (way == Way::stalled) expect_no_transfers(daemon);
  for (Begun& each : begun) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, each.transfer.text());
    if (is_by_client(each.transfer.way))
      end_by_client(each);
    else
      expect_seen(each);
  }
  expect_no_transfers(daemon);
  for (Begun& each : begun) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, each.transfer.text());
    check(daemon, each);
    ++counts_[{each.transfer.way, each.transfer.direction}];
  }
  EXPECT_EQ(list(), expected_);
}

void Interruptions::check(const Daemon& daemon, Begun& begun) {
  const Transfer& transfer = begun.transfer;
  if (transfer.direction == Direction::send) {
    const std::string& got = begun.download->body;
    EXPECT_EQ(got.size(), transfer.offset);
    EXPECT_TRUE(stream_of(transfer).starts_with(got)) << "what came is not what was sent";
    if (!transfer.is_resumable) return;
    // Whoever got so much of it receives it, and asks for the rest.
    const Answer answer = upload(daemon, daemon.unix_socket(), transfer.receive_path(), got);
    EXPECT_EQ(answer.code(), "bad_stream") << answer.head << answer.body;
  }
  if (!transfer.is_resumable) return expect_nothing(daemon, transfer);
  const Answer partial =
      daemon.ask("GET", "/v1/datasets/" + encoded(transfer.dataset) + "/partial-receive");
  if (partial.status == 404) {
    EXPECT_TRUE(!transfer.is_in_order() || transfer.offset < header_bytes)
        << "nothing of it is kept" << partial.body;
    ++without_token_;
    expect_nothing(daemon, transfer);
    return;
  }
  ASSERT_EQ(partial.status, 200) << partial.body;
  resume(daemon, transfer, partial.body);
}

void Interruptions::resume(const Daemon& daemon, const Transfer& transfer,
                           const std::string& partial) {
  const std::size_t whole = stream_of(transfer).size();
  const std::string token = member(partial, "resume_token");
  const std::size_t kept = std::stoul(member(partial, "bytes"));
  const std::string rest = read_stream(
      daemon, stream_path("tank/source" + transfer.short_snapshot(), "resume_token=" + token));
  EXPECT_LE(kept, transfer.offset);
  const std::size_t missing = whole - kept;
  EXPECT_LE(rest.size(), std::max(missing + missing / 20, missing + again_bytes));
  const std::size_t not_given = whole - transfer.offset;
  const std::size_t again = rest.size() - std::min(rest.size(), not_given);
  if (transfer.is_in_order()) {
    EXPECT_LE(rest.size(), std::max(not_given + not_given / 20, not_given + again_bytes));
    most_again_ = std::max(most_again_, again);
  } else if (transfer.is_tcp) {
    // The host decides how much of it waits between the client and the gateway when that is slow.
    EXPECT_LE(again, largest_tcp_buffers() + whole / 20);
    most_lost_over_tcp_ = std::max(most_lost_over_tcp_, again);
  } else {
    most_lost_ = std::max(most_lost_, again);
  }

  const Answer received =
      upload(daemon, address_of(daemon, transfer), transfer.receive_path(), rest);
  ASSERT_EQ(received.status, 200) << received.head << received.body;
  EXPECT_EQ(member(received.body, "guid"), guids_.at(transfer.short_snapshot()));
  const std::string snapshot = transfer.snapshot();
  EXPECT_EQ(content_of(snapshot), contents_.at(transfer.short_snapshot()));
  EXPECT_EQ(
      daemon.ask("GET", "/v1/datasets/" + encoded(transfer.dataset) + "/partial-receive").status,
      404);
  ++resumed_;
  remove(daemon, transfer);
}

void Interruptions::remove(const Daemon& daemon, const Transfer& transfer) const {
  const Answer snapshot = daemon.ask("DELETE", "/v1/snapshots/" + encoded(transfer.snapshot()));
  EXPECT_EQ(snapshot.status, 204) << snapshot.body;
  if (transfer.is_incremental) {
    // What was received stays in the volume when its snapshot goes.
    tools("zfs rollback " + transfer.dataset + "@1");
    return;
  }
  const Answer dataset = daemon.ask("DELETE", "/v1/datasets/" + encoded(transfer.dataset));
  EXPECT_EQ(dataset.status, 204) << dataset.body;
}

void Interruptions::run(const Daemon& daemon, std::mt19937_64& random, const std::vector<Way>& ways,
                        std::size_t count) {
  for (std::size_t done = 0; done < count && !testing::Test::HasFailure();) {
    const std::size_t most = std::min(at_once_, count - done);
    const Way first = ways[done / at_once_ % ways.size()];
    std::vector<Transfer> transfers;
    transfers.reserve(most);
    while (transfers.size() < most) {
      // Those that a client ends itself are mixed; the others end all at once.
      const bool is_client_side = is_by_client(first);
      const Way way = is_client_side ? static_cast<Way>(random() % 4) : first;
      transfers.push_back(plan(random, way, transfers.size()));
    }
    interrupt(daemon, transfers);
    done += most;
  }
}

void Interruptions::finish(const Daemon& daemon, std::size_t count) {
  int all = 0;
  for (const auto& [what, number] : counts_) {
    std::cout << number << " " << (what.second == Direction::send ? "sends " : "receives ")
              << ways_in_words[static_cast<int>(what.first)] << "\n";
    all += number;
  }
  std::cout << all << " interruptions; " << resumed_ << " were resumed, " << without_token_
            << " had not begun; at most " << most_again_
            << " bytes came twice where the end was in order, " << most_lost_
            << " where what was on its way was lost, " << most_lost_over_tcp_ << " over TCP\n";
  EXPECT_EQ(static_cast<std::size_t>(all), count);
  EXPECT_GT(resumed_, 0);
  // None of them holds what was sent.
  for (const char* name : {"@1", "@2"})
    EXPECT_EQ(
        daemon.ask("DELETE", "/v1/snapshots/" + encoded(std::string("tank/source") + name)).status,
        204);
}

}  // namespace zfsrest::faults
