// Key material is nowhere once its request has been answered: not in the memory of either process,
// not in the log, not in the answer, not in what is written down of jobs.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

struct Canary {
  std::string name;
  std::string bytes;
};

// The parts of a canary by which it is found: what was copied or moved in pieces may not be whole.
std::vector<std::string_view> parts_of(const Canary& canary) {
  constexpr std::size_t part_bytes = 12;
  const std::string_view all(canary.bytes);
  if (all.size() <= part_bytes) return {all};
  return {all.substr(0, part_bytes), all.substr(all.size() - part_bytes)};
}

// The canaries that are in the memory of a process, each with the mapping that it is in.
std::vector<std::string> find_in_memory(pid_t pid, const std::vector<Canary>& canaries) {
  constexpr std::size_t overlap = 64;
  std::vector<std::string> found;
  const std::string directory = "/proc/" + std::to_string(pid);
  const int memory = ::open((directory + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_GE(memory, 0) << pid;
  std::istringstream maps(read_file(directory + "/maps"));
  std::vector<char> piece(std::size_t{4} << 20);
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    char readable = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx %c", &begin, &end, &readable) != 3 || readable != 'r')
      continue;
    while (begin < end) {
      const std::size_t wanted = std::min<std::uint64_t>(piece.size(), end - begin);
      const ssize_t got = ::pread(memory, piece.data(), wanted, static_cast<off_t>(begin));
      if (got <= 0) break;
      const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
      for (const Canary& canary : canaries)
        for (const std::string_view part : parts_of(canary))
          if (bytes.find(part) != std::string_view::npos)
            found.push_back(canary.name + " in " + line);
      const auto read_bytes = static_cast<std::size_t>(got);
      begin += begin + read_bytes < end ? read_bytes - std::min(read_bytes, overlap) : read_bytes;
    }
  }
  ::close(memory);
  return found;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

const std::string passphrase = "canary of a passphrase \xc3\xa4 7f3a";
// The same as it stands in a body, with escapes that both processes resolve.
const std::string passphrase_in_json = "canary \\u006ff a passphrase \\u00e4 7f3a";
const std::string raw_base64 = "Y2FuYXJ5IG9mIGEgcmF3IGtleSwgMzIgYnl0ZXMgISE=";
const std::string raw_bytes = "canary of a raw key, 32 bytes !!";
const std::string hex = "63616e617279206f662061206b657920696e2068657861646563696d616c2e2e";
const std::string hex_bytes = "canary of a key in hexadecimal..";
constexpr std::uint64_t iterations = 100'000;

const std::string raw_key = R"({"type":"raw","base64":")" + raw_base64 + R"("})";
const std::string hex_key = R"({"type":"hex","hex":")" + hex + R"("})";
const std::string passphrase_key =
    R"({"type":"passphrase","passphrase":")" + passphrase_in_json + R"("})";

// Of another form than the others, and looked for by nobody.
const std::string other_key = R"({"type":"hex","hex":")" + std::string(64, 'e') + R"("})";

std::vector<Canary> usual_canaries() {
  return {{"the passphrase", passphrase},   {"the body's passphrase", passphrase_in_json},
          {"a raw key", raw_bytes},         {"a raw key in base64", raw_base64},
          {"a hexadecimal key", hex_bytes}, {"a hexadecimal key's digits", hex}};
}

std::string stretched(std::uint64_t salt) {
  std::array<unsigned char, sizeof(salt)> bytes{};
  std::memcpy(bytes.data(), &salt, sizeof(salt));
  std::string key(32, '\0');
  EXPECT_EQ(::PKCS5_PBKDF2_HMAC(passphrase.data(), static_cast<int>(passphrase.size()),
                                bytes.data(), bytes.size(), iterations, ::EVP_sha1(), 32,
                                reinterpret_cast<unsigned char*>(key.data())),
            1);
  return key;
}

class Secrets : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to look into other processes";
    daemon_.emplace(engine_);
    make_pool(*daemon_, engine_, "tank");
  }
  Answer post(const std::string& target, const std::string& body) const {
    return daemon_->ask("POST", target, body);
  }
  // Nothing of the canaries is left anywhere.
  void expect_clean(const std::string& after) const {
    // An answer may reach us a moment before the process that sent it has put all away.
    for (const auto& [process, pid] :
         {std::pair{"gateway", daemon_->gateway()}, std::pair{"agent", daemon_->agent()}}) {
      ASSERT_GT(pid, 0);
      std::vector<std::string> found;
      for (int i = 0; i < 20; ++i) {
        found = find_in_memory(pid, canaries_);
        if (found.empty()) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
      EXPECT_TRUE(found.empty()) << "after " << after << ", " << process << " holds "
                                 << text_of(found);
    }
    for (const Canary& canary : canaries_) {
      EXPECT_EQ(daemon_->log().find(canary.bytes), std::string::npos) << after;
      for (const char* file : {"/jobs.db", "/jobs.db-wal"})
        EXPECT_EQ(read_file(daemon_->state() + file).find(canary.bytes), std::string::npos)
            << after << file;
    }
  }
  void expect(int status, const Answer& answer, const std::string& what) const {
    EXPECT_EQ(answer.status, status) << what << answer.body << daemon_->log();
    for (const Canary& canary : canaries_)
      EXPECT_EQ(answer.body.find(canary.bytes), std::string::npos) << what;
    expect_clean(what);
  }
  static std::string creation(const std::string& name, const std::string& key,
                              const std::string& properties = R"("encryption":"on")") {
    return R"({"name":"tank/)" + name + R"(","properties":{)" + properties + R"(},"key":)" + key +
           "}";
  }
  // A request for new keys of many, of which each has its key and what goes with it.
  static std::string batch(const std::vector<std::pair<std::string, std::string>>& changes) {
    std::string text;
    for (const auto& [name, key] : changes)
      text += std::string(text.empty() ? "" : ",") + R"({"dataset":"tank/)" + name + R"(","key":)" +
              key + "}";
    return R"({"changes":[)" + text + "]}";
  }
  std::string begin_batch(const std::string& body) const {
    const Answer accepted = post("/v1/pools/tank/change-keys", body);
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    return accepted.field("Location");
  }
  // The job when it has ended.
  Answer ended(const std::string& job) const {
    return Connection(daemon_->unix_socket()).ask({.target = job, .fields = "Prefer: wait=60\r\n"});
  }
  bool is_in_state(const std::string& job, const std::string& state) const {
    return daemon_->ask("GET", job).body.find(R"("state":")" + state + "\"") != std::string::npos;
  }
  void make_roots(const std::vector<std::string>& names) const {
    for (const std::string& name : names)
      EXPECT_EQ(post("/v1/datasets", creation(name, other_key)).status, 201);
  }
  static std::string path(const std::string& name, const std::string& verb) {
    return "/v1/datasets/tank%2F" + name + "/" + verb;
  }

  userland::Engine engine_;
  std::optional<Daemon> daemon_;
  std::vector<Canary> canaries_ = usual_canaries();
};

TEST_F(Secrets, AreFoundWhileTheyAreNeededAndOnlyThere) {
  // Slow enough to be looked at while it is stretched.
  Connection connection(daemon_->unix_socket());
  const std::string body =
      creation("slow", passphrase_key, R"("encryption":"on","pbkdf2iters":20000000)");
  // At first half of it: that is with the gateway.
  const std::string head =
      "POST /v1/datasets HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
      "application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n";
  ASSERT_TRUE(connection.send_bytes(head + body.substr(0, body.size() - 1)));
  EXPECT_TRUE(eventually([&] { return !find_in_memory(daemon_->gateway(), canaries_).empty(); }));
  EXPECT_TRUE(find_in_memory(daemon_->agent(), canaries_).empty());
  // Then all of it: that has gone to the agent.
  ASSERT_TRUE(connection.send_bytes(body.substr(body.size() - 1)));
  EXPECT_TRUE(eventually([&] { return !find_in_memory(daemon_->agent(), canaries_).empty(); }));
  const auto left = find_in_memory(daemon_->gateway(), canaries_);
  EXPECT_TRUE(left.empty()) << text_of(left);
  // Others do not wait for it.
  EXPECT_EQ(post("/v1/datasets", R"({"name":"tank/meanwhile"})").status, 201);
  expect(201, connection.read_answer(), "a slow passphrase");
}

TEST_F(Secrets, AreGoneAfterWhatSucceeds) {
  expect(201, post("/v1/datasets", creation("raw", raw_key)), "creating with a raw key");
  expect(201, post("/v1/datasets", creation("hex", hex_key)), "creating with a hexadecimal key");
  expect(201,
         post("/v1/datasets",
              creation("words", passphrase_key, R"("encryption":"on","pbkdf2iters":100000)")),
         "creating with a passphrase");
  for (const auto& [name, key] :
       {std::pair{"raw", raw_key}, std::pair{"hex", hex_key}, std::pair{"words", passphrase_key}}) {
    const std::string body = R"({"key":)" + key + "}";
    EXPECT_EQ(post(path(name, "unload-key"), "{}").status, 200);
    expect(200, post(path(name, "load-key"), body), std::string("loading ") + name);
    expect(409, post(path(name, "load-key"), body), std::string("loading again ") + name);
    expect(200, post(path(name, "load-key"), R"({"verify_only":true,"key":)" + key + "}"),
           std::string("verifying ") + name);
  }
  const std::uint64_t salt =
      std::stoull(engine_.expect("zfs get -Hp -o value pbkdf2salt tank/words"));
  canaries_.push_back({"the stretched passphrase", stretched(salt)});
  expect(200,
         post(path("words", "load-key"), R"({"verify_only":true,"key":)" + passphrase_key + "}"),
         "verifying a passphrase");
  expect(200, post(path("raw", "change-key"), R"({"key":)" + hex_key + "}"), "changing a key");
  expect(200, post(path("hex", "change-key"), R"({"key":)" + passphrase_key + "}"),
         "changing to a passphrase");
  expect(201,
         post("/v1/pools", R"({"name":"closed","vdevs":{"data":[{"type":"file","path":")" +
                               engine_.disk("closed.img", 1ULL << 28) +
                               R"("}]},"filesystem_properties":{"encryption":"on"},"key":)" +
                               raw_key + "}"),
         "creating a pool");
}

TEST_F(Secrets, AreGoneAfterWhatIsRefused) {
  ASSERT_EQ(post("/v1/datasets", creation("other", other_key)).status, 201);
  for (const std::string& key : {raw_key, hex_key, passphrase_key}) {
    const std::string body = R"({"key":)" + key + "}";
    expect(404, post(path("absent", "load-key"), body), "no such dataset");
    expect(409, post("/v1/datasets/tank/load-key", body), "what is not encrypted");
    expect(key == hex_key ? 403 : 400, post(path("other", "load-key"), body), "another key");
    expect(400, post(path("other", "load-key"), R"({"nosuch":1,"key":)" + key + "}"),
           "an unknown field beside it");
    expect(400, post(path("other", "load-key"), R"({"key":)" + key + R"(,"key":1})"), "it twice");
    expect(400, post(path("other", "load-key"), R"({"key":)" + key + "} x"), "what is no JSON");
    expect(400, post(path("other", "load-key"), R"({"key":)" + key), "half of it");
    expect(400, post(path("other", "load-key"), R"({"key":[)" + key + "]}"), "it in an array");
    expect(400, post("/v1/datasets", creation("new", key, R"("encryption":"off")")),
           "encryption that is off");
    expect(404, post("/v1/datasets/tank/nosuch-verb", body), "a path that is none");
    expect(413,
           post(path("other", "load-key"),
                R"({"key":)" + key + R"(,"x":")" + std::string(1'100'000, 'x') + R"("})"),
           "a body that is too large");
  }
  const std::vector<std::string> none{
      R"({"type":"raw","base64":")" + raw_base64.substr(1) + R"("})",
      R"({"type":"hex","hex":")" + hex + R"(00"})",
      R"({"type":"canary of a passphrase","passphrase":1})",
      R"({"type":"passphrase","canary of a passphrase":1})", R"("canary of a passphrase")"};
  for (const std::string& bad : none)
    expect(400, post(path("other", "load-key"), R"({"key":)" + bad + "}"), bad);
}

TEST_F(Secrets, AreGoneHoweverTheBodyArrives) {
  const std::string body = R"({"key":)" + raw_key + "}";
  const std::string head = "POST " + path("absent", "load-key") +
                           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  Connection connection(daemon_->unix_socket());
  ASSERT_TRUE(connection.send_bytes(head + length + "\r\n" + body));
  expect(404, connection.read_answer(), "head and body at once");
  // The second lies behind the first in one buffer.
  const std::string two = head + length + "\r\n" + body;
  ASSERT_TRUE(connection.send_bytes(two + two));
  EXPECT_EQ(connection.read_answer().status, 404);
  expect(404, connection.read_answer(), "two requests at once");
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += 16) {
    const std::string piece = body.substr(at, 16);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    chunks += size + piece + "\r\n";
  }
  ASSERT_TRUE(
      connection.send_bytes(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n"));
  expect(404, connection.read_answer(), "chunks");
  for (const char c : head + length + "\r\n" + body) ASSERT_TRUE(connection.send_bytes({&c, 1}));
  expect(404, connection.read_answer(), "single bytes");
  {
    Connection leaving(daemon_->unix_socket());
    ASSERT_TRUE(leaving.send_bytes(head + length + "\r\n" + body.substr(0, body.size() - 1)));
  }
  expect_clean("a client that leaves in the middle");
}

TEST_F(Secrets, AreGoneWithTheJobThatHadThem) {
  make_roots({"a", "b", "c", "d"});
  const std::string words = passphrase_key + R"(,"pbkdf2iters":100000)";
  const std::string all = batch({{"a", raw_key}, {"b", hex_key}, {"c", words}});
  Answer done = ended(begin_batch(all));
  EXPECT_NE(done.body.find(R"("state":"succeeded")"), std::string::npos) << done.body;
  canaries_.push_back(
      {"the stretched passphrase",
       stretched(std::stoull(engine_.expect("zfs get -Hp -o value pbkdf2salt tank/c")))});
  expect(200, done, "a batch");
  expect(200,
         Connection(daemon_->unix_socket())
             .ask({.method = "POST",
                   .target = "/v1/pools/tank/change-keys",
                   .body = all,
                   .fields = "Prefer: wait=60\r\n"}),
         "a batch that is waited for");
  expect(404, post("/v1/pools/tank/change-keys", batch({{"a", raw_key}, {"absent", hex_key}})),
         "a batch that is refused");
  expect(400, post("/v1/pools/tank/change-keys", batch({{"a", raw_key}, {"a", hex_key}})),
         "a batch that is none");
  // The first takes a while, in which the key of the second goes.
  const std::string slow = passphrase_key + R"(,"pbkdf2iters":5000000)";
  const std::string failing = begin_batch(batch({{"a", slow}, {"b", hex_key}, {"c", raw_key}}));
  EXPECT_EQ(post(path("b", "unload-key"), "{}").status, 200);
  done = ended(failing);
  EXPECT_NE(done.body.find(R"("state":"failed")"), std::string::npos) << done.body;
  expect(200, done, "a batch that fails");
}

TEST_F(Secrets, AreGoneWithTheJobThatIsCanceledBeforeItsTurn) {
  make_roots({"a", "b", "c"});
  // Two work at a time.
  const std::string slow =
      R"({"type":"passphrase","passphrase":"that nobody looks for"},"pbkdf2iters":50000000)";
  const std::vector<std::string> busy{begin_batch(batch({{"a", slow}})),
                                      begin_batch(batch({{"b", slow}}))};
  const std::string job =
      begin_batch(batch({{"c", passphrase_key}, {"a", raw_key}, {"b", hex_key}}));
  EXPECT_FALSE(find_in_memory(daemon_->agent(), canaries_).empty());
  EXPECT_TRUE(is_in_state(job, "queued"));
  EXPECT_EQ(post(job + "/cancel", "{}").status, 200);
  EXPECT_TRUE(is_in_state(job, "canceled"));
  expect_clean("a batch that is canceled");
  for (const std::string& other : busy) EXPECT_TRUE(is_in_state(other, "running"));
}

TEST_F(Secrets, AreNotWrittenDownForTheNextAgent) {
  make_roots({"a", "b", "c"});
  const std::string slow = passphrase_key + R"(,"pbkdf2iters":50000000)";
  const std::vector<std::string> jobs{begin_batch(batch({{"a", slow}})),
                                      begin_batch(batch({{"b", slow}})),
                                      begin_batch(batch({{"c", raw_key}}))};
  daemon_->kill_and_wait(daemon_->agent());
  for (const std::string& job : jobs) {
    const Answer done = ended(job);
    EXPECT_NE(done.body.find(R"("state":"failed")"), std::string::npos) << done.body;
    expect(200, done, "the agent's death");
  }
}

TEST_F(Secrets, NoCoreFileIsWrittenOfEitherProcess) {
  for (const pid_t pid : {daemon_->gateway(), daemon_->agent()}) {
    // What the kernel does not dump, belongs to root in /proc.
    struct stat status{};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(pid) + "/mem").c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 0U);
  }
}

}  // namespace
}  // namespace zfsrest::faults
