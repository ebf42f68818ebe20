// Streams through pipes: what is sent, what is there after it was received, and what of a receive
// that was interrupted.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/errno_name.hpp"
#include "model/feature_table.hpp"
#include "os/fd.hpp"
#include "pool.hpp"
#include "zfs/bookmark.hpp"
#include "zfs/dataset.hpp"
#include "zfs/device.hpp"
#include "zfs/iterate.hpp"
#include "zfs/key.hpp"
#include "zfs/module.hpp"
#include "zfs/pool.hpp"
#include "zfs/properties.hpp"
#include "zfs/snapshot.hpp"
#include "zfs/stream.hpp"
#include "zfs/vdev_tree.hpp"

namespace zfsrest::zfs {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

// For what takes a while on somebody else's thread, such as udev's.
bool eventually(const std::function<bool()>& is_so) {
  for (int i = 0; i < 600; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

template <class T>
int os_errno_of(const Result<T>& result) {
  return result.ok() ? 0 : result.error().os_errno;
}

// What comes out of a pipe until nobody writes to it any more.
std::string read_all(int fd) {
  std::string all;
  std::array<char, 65536> part{};
  for (ssize_t count = 0; (count = ::read(fd, part.data(), part.size())) > 0;)
    all.append(part.data(), static_cast<std::size_t>(count));
  return all;
}

os::Pipe new_pipe() {
  return os::make_pipe().value();
}

std::span<const char, model::stream_header_bytes> header_of(const std::string& stream) {
  return std::span(stream).first<model::stream_header_bytes>();
}

void do_nothing(int) {}

class Streams : public testing::Test {
 protected:
  static constexpr const char* pool = "zfsrest_streams";

  static void SetUpTestSuite() {
    // The kernel sends it to a thread that writes to a pipe without a reader.
    std::signal(SIGPIPE, SIG_IGN);
    make_pool(device_, pool, std::uintmax_t{1} << 30);
  }
  static void TearDownTestSuite() {
    // udev may look at a volume just now.
    EXPECT_TRUE(eventually([] { return destroy_pool(device_.open().value(), pool).ok(); }));
  }

  void SetUp() override {
    if (!std::getenv("ZFSREST_TEST_DATA"))
      GTEST_SKIP() << "nothing writes into volumes (ZFSREST_TEST_DATA is not set)";
    static int number = 0;
    root_ = std::string(pool) + "/" + std::to_string(++number);
    filesystem("");
  }

  const Handle& handle() const { return handle_; }
  std::string at(const std::string& name) const {
    return name.empty() ? root_ : root_ + "/" + name;
  }

  void filesystem(const std::string& name) const {
    ASSERT_TRUE(create_dataset(handle_, at(name), model::DatasetType::filesystem, NvList()).ok());
  }
  void volume(const std::string& name, const std::optional<WrappingKey>& key = {}) const {
    NvList properties = key ? encryption() : NvList();
    properties.add_u64("volsize", 16 * mebibyte);
    ASSERT_TRUE(
        create_dataset(handle_, at(name), model::DatasetType::volume, properties, key).ok());
  }
  void snapshot(const std::string& name) const {
    ASSERT_TRUE(create_snapshots(handle_, {at(name)}, NvList()).ok());
  }

  // The contents of volumes.
  static std::string data(const std::string& arguments) {
    const std::string command =
        "env -u LD_PRELOAD " + std::string(std::getenv("ZFSREST_TEST_DATA")) + " " + arguments;
    FILE* output = ::popen(command.c_str(), "re");
    std::string text = read_all(::fileno(output));
    EXPECT_EQ(::pclose(output), 0) << command;
    return text;
  }
  void write(const std::string& name, const std::string& arguments) const {
    data("write " + at(name) + " " + arguments);
  }
  std::string hash(const std::string& name) const { return data("hash " + at(name)); }
  // A volume "a" with two snapshots, 1 and 2, whose contents differ.
  void two_snapshots(const std::optional<WrappingKey>& key = {}) {
    volume("a", key);
    write("a", "--seed 1 --length 8000000");
    snapshot("a@1");
    hash_1_ = hash("a");
    write("a", "--seed 2 --offset 1000000 --length 4000000");
    snapshot("a@2");
    hash_2_ = hash("a");
    ASSERT_NE(hash_1_, hash_2_);
  }

  struct Sent {
    Result<Nothing> result;
    std::string stream;
  };
  Sent try_send(const Send& what) const {
    os::Pipe pipe = new_pipe();
    std::string stream;
    std::thread reader([&] { stream = read_all(pipe.read_end.get()); });
    auto result = send(handle_, what, pipe.write_end.get());
    pipe.write_end.close();
    reader.join();
    return {.result = std::move(result), .stream = std::move(stream)};
  }
  std::string stream_of(const Send& what) const {
    Sent sent = try_send(what);
    EXPECT_TRUE(sent.result.ok()) << errno_name(sent.result.error().os_errno);
    return std::move(sent.stream);
  }

  // `what` without a header, which is taken from the stream; of that the first `length` bytes.
  Result<Received> try_receive(const std::string& stream, Receive what,
                               std::size_t length = std::string::npos) const {
    os::Pipe pipe = new_pipe();
    what.header = header_of(stream);
    std::thread writer([&] {
      const auto body = std::string_view(stream).substr(0, length).substr(what.header.size());
      static_cast<void>(os::write_all(pipe.write_end.get(), body));
      pipe.write_end.close();
    });
    auto result = receive(handle_, what, pipe.read_end.get());
    pipe.read_end.close();
    writer.join();
    return result;
  }
  Receive into(const std::string& name) const { return {.snapshot = at(name), .header = none_}; }
  Receive resumable_into(const std::string& name) const {
    Receive what = into(name);
    what.resumable = true;
    return what;
  }
  Received received(const std::string& stream, const Receive& what) const {
    auto result = try_receive(stream, what);
    EXPECT_TRUE(result.ok()) << errno_name(result.error().os_errno);
    return result.ok() ? std::move(result).value() : Received();
  }

  Send full(const std::string& name) const { return {.snapshot = at(name), .from = ""}; }
  Send since(const std::string& from, const std::string& name) const {
    return {.snapshot = at(name), .from = at(from)};
  }
  // The stream that goes on where the token says.
  static Send resumed(Send what, const model::ResumeToken& token) {
    what.resume = ResumePoint{.object = token.object, .offset = token.offset, .bytes = token.bytes};
    return what;
  }

  std::optional<PartialReceive> partial(const std::string& name) const {
    auto read = read_partial_receive(handle_, at(name));
    EXPECT_TRUE(read.ok()) << read.error().detail << read.error().os_errno;
    return read.ok() ? std::move(read).value() : std::nullopt;
  }

  struct State {
    int os_errno = 0;
    std::uint64_t guid = 0;
    bool is_redacted = false;
    std::string origin;
  };
  State state(const std::string& name) const {
    const auto command = command_for(at(name));
    const Reply reply = handle_.call(Ioctl::objset_stats, *command);
    return {.os_errno = reply.os_errno,
            .guid = command->stats.guid,
            .is_redacted = command->stats.redacted != 0,
            .origin = command->stats.origin};
  }
  bool exists(const std::string& name) const { return state(name).os_errno == 0; }

  struct Property {
    std::string value;
    std::string source;
    bool operator==(const Property&) const = default;
  };
  Property property(const std::string& dataset, const char* name) const {
    const auto command = command_for(at(dataset));
    const Reply reply = handle_.call(Ioctl::objset_stats, *command);
    const auto found = reply.output.view().list(name);
    if (!found) return {};
    const auto text = found->text("value");
    return {.value = text ? std::string(*text) : std::to_string(found->u64("value").value_or(0)),
            .source = std::string(found->text("source").value_or(""))};
  }

  static model::Release release() {
    const char* engine = std::getenv("ZFSREST_USERLAND");
    return read_module(engine ? std::string(engine) + "/module/zfs" : "/sys/module/zfs")
        .value()
        .release;
  }

  std::string hash_1_;
  std::string hash_2_;

 private:
  static constexpr std::array<char, model::stream_header_bytes> none_{};
  static inline Device device_{Mounting::impossible};

  Handle handle_ = device_.open().value();
  std::string root_;
};

TEST_F(Streams, CarryAFullAndAnIncrementalSnapshot) {
  two_snapshots();
  const std::string first = stream_of(full("a@1"));
  const Received what = received(first, into("b@1"));
  EXPECT_EQ(what.bytes, first.size() - model::stream_header_bytes);
  EXPECT_TRUE(what.refused.empty());
  EXPECT_FALSE(what.kept_old_properties);
  EXPECT_EQ(hash("b"), hash_1_);
  EXPECT_EQ(state("b@1").guid, state("a@1").guid);

  const std::string second = stream_of(since("a@1", "a@2"));
  received(second, into("b@2"));
  EXPECT_EQ(hash("b"), hash_2_);
  EXPECT_EQ(state("b@2").guid, state("a@2").guid);
}

TEST_F(Streams, BeginWithARecordThatSaysWhatTheyAre) {
  two_snapshots();
  const auto header = model::parse_stream_header(header_of(stream_of(full("a@1")))).value();
  EXPECT_EQ(header.to_name, at("a@1"));
  EXPECT_EQ(header.to_guid.value, state("a@1").guid);
  EXPECT_FALSE(header.from_guid);
  EXPECT_EQ(header.type, model::DatasetType::volume);
  EXPECT_FALSE(header.compressed || header.large_blocks || header.raw || header.resuming);

  Send what = since("a@1", "a@2");
  what.compressed = what.embedded = what.large_blocks = true;
  const auto second = model::parse_stream_header(header_of(stream_of(what))).value();
  EXPECT_EQ(second.from_guid.value().value, state("a@1").guid);
  EXPECT_TRUE(second.compressed);
}

TEST_F(Streams, GoOutFromABookmark) {
  two_snapshots();
  received(stream_of(full("a@1")), into("b@1"));
  ASSERT_TRUE(create_bookmarks(handle(), {{.name = at("a#1"), .source = at("a@1")}}).ok());
  ASSERT_TRUE(destroy_snapshots(handle(), {at("a@1")}, Defer::no).ok());
  received(stream_of(since("a#1", "a@2")), into("b@2"));
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, AreRefusedWithTheKernelsNumber) {
  two_snapshots();
  filesystem("other");
  snapshot("other@1");
  EXPECT_EQ(os_errno_of(try_send(full("a@absent")).result), ENOENT);
  EXPECT_EQ(os_errno_of(try_send(since("other@1", "a@2")).result), EXDEV);
  EXPECT_EQ(os_errno_of(estimate_send(handle(), full("a@absent"))), ENOENT);
  EXPECT_EQ(os_errno_of(estimate_send(handle(), since("a@2", "a@1"))), EXDEV);
  const std::string stream = stream_of(full("a@1"));
  EXPECT_EQ(os_errno_of(try_receive(stream, into("absent/b@1"))), ENOENT);
  EXPECT_EQ(os_errno_of(try_receive(stream, into("a@3"))), EEXIST);
  EXPECT_EQ(os_errno_of(try_receive(stream_of(since("a@1", "a@2")), into("other@2"))), ENODEV);
  EXPECT_FALSE(exists("a@3"));
  EXPECT_FALSE(exists("other@2"));
}

TEST_F(Streams, GoRawWithoutTheKeyAndOpenWithIt) {
  two_snapshots(key_of('k'));
  ASSERT_TRUE(eventually([&] { return unload_key(handle(), at("a")).ok(); }));
  EXPECT_EQ(os_errno_of(try_send(full("a@2")).result), EACCES);
  Send what = full("a@2");
  what.raw = true;
  received(stream_of(what), into("b@2"));
  EXPECT_EQ(read_key_state(handle(), at("b")).value().root, at("b"));
  EXPECT_FALSE(read_key_state(handle(), at("b")).value().is_loaded);
  ASSERT_TRUE(load_key(handle(), at("b"), key_of('k'), Load::yes).ok());
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, BecomeEncryptedWithAKeyThatComesWithTheReceive) {
  two_snapshots();
  const NvList overrides = encryption();
  const WrappingKey key = key_of('k');
  Receive what = into("b@2");
  what.overrides = &overrides;
  what.key = &key;
  received(stream_of(full("a@2")), what);
  const KeyState state = read_key_state(handle(), at("b")).value();
  EXPECT_EQ(state.root, at("b"));
  EXPECT_TRUE(state.is_loaded);
  EXPECT_EQ(state.format, model::KeyFormat::raw);
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, AreEstimatedAboutRight) {
  two_snapshots();
  for (const Send& what : {full("a@2"), since("a@1", "a@2")}) {
    const std::uint64_t size = stream_of(what).size();
    const std::uint64_t estimate = estimate_send(handle(), what).value();
    EXPECT_GT(estimate, size / 2) << what.from;
    EXPECT_LT(estimate, size * 2) << what.from;
  }
  Send what = full("a@2");
  const std::uint64_t whole = estimate_send(handle(), what).value();
  what.resume = ResumePoint{.object = 1, .offset = 0, .bytes = mebibyte};
  EXPECT_EQ(estimate_send(handle(), what).value(), whole - mebibyte);
  // More than there seems to be is not less than nothing.
  what.resume->bytes = whole + 1;
  EXPECT_EQ(estimate_send(handle(), what).value(), 0);
}

TEST_F(Streams, OfAllOfAVolumeGoOnWhereTheyBrokeOff) {
  two_snapshots();
  const std::string stream = stream_of(full("a@2"));
  EXPECT_EQ(os_errno_of(try_receive(stream, resumable_into("b@2"), stream.size() / 2)),
            zfs_err_stream_truncated);
  const auto saved = partial("b");
  ASSERT_TRUE(saved);
  EXPECT_TRUE(saved->is_new_dataset);
  EXPECT_EQ(saved->partial_dataset, at("b"));
  EXPECT_GT(saved->used_bytes, 0);
  EXPECT_EQ(saved->decoded.to_name.text(), at("a@2"));
  EXPECT_EQ(saved->decoded.to_guid.value, state("a@2").guid);
  EXPECT_FALSE(saved->decoded.from_guid);
  EXPECT_LE(saved->decoded.bytes, stream.size() / 2);
  EXPECT_EQ(property("b", "receive_resume_token").value, saved->token);

  const std::string rest = stream_of(resumed(full("a@2"), saved->decoded));
  EXPECT_TRUE(model::parse_stream_header(header_of(rest)).value().resuming);
  EXPECT_LT(rest.size(), stream.size());
  received(rest, resumable_into("b@2"));
  EXPECT_FALSE(partial("b"));
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, ThatAreIncrementalGoOnWhereTheyBrokeOff) {
  two_snapshots();
  received(stream_of(full("a@1")), into("b@1"));
  EXPECT_FALSE(partial("b"));
  const std::string stream = stream_of(since("a@1", "a@2"));
  ASSERT_EQ(os_errno_of(try_receive(stream, resumable_into("b@2"), stream.size() / 2)),
            zfs_err_stream_truncated);
  const auto saved = partial("b");
  ASSERT_TRUE(saved);
  EXPECT_FALSE(saved->is_new_dataset);
  EXPECT_EQ(saved->partial_dataset, at("b/%recv"));
  EXPECT_GT(saved->used_bytes, 0);
  EXPECT_EQ(saved->decoded.from_guid.value().value, state("a@1").guid);
  EXPECT_EQ(hash("b"), hash_1_);

  // What was kept stands in the way of another receive.
  const int refused = os_errno_of(try_receive(stream, resumable_into("b@2")));
  EXPECT_TRUE(refused == EBUSY || refused == zfs_err_resume_exists) << errno_name(refused);
  received(stream_of(resumed(since("a@1", "a@2"), saved->decoded)), resumable_into("b@2"));
  EXPECT_FALSE(partial("b"));
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, ThatBrokeOffAndAreNotToBeResumedLeaveNothing) {
  two_snapshots();
  const std::string stream = stream_of(full("a@2"));
  EXPECT_EQ(os_errno_of(try_receive(stream, into("b@2"), stream.size() / 2)),
            zfs_err_stream_truncated);
  EXPECT_FALSE(exists("b"));
}

TEST_F(Streams, ThatAreDamagedLeaveNothing) {
  two_snapshots();
  std::string stream = stream_of(full("a@2"));
  stream[stream.size() / 2] = static_cast<char>(stream[stream.size() / 2] ^ 1);
  EXPECT_EQ(os_errno_of(try_receive(stream, into("b@2"))), EBADE);
  EXPECT_FALSE(exists("b"));
}

TEST_F(Streams, AreAbortedWithNothingElseDestroyed) {
  two_snapshots();
  received(stream_of(full("a@1")), into("b@1"));
  const std::string stream = stream_of(since("a@1", "a@2"));
  ASSERT_FALSE(try_receive(stream, resumable_into("b@2"), stream.size() / 2).ok());
  ASSERT_TRUE(partial("b"));
  ASSERT_TRUE(abort_receive(handle(), at("b")).ok());
  EXPECT_FALSE(partial("b"));
  EXPECT_TRUE(exists("b@1"));
  EXPECT_EQ(hash("b"), hash_1_);
  EXPECT_EQ(abort_receive(handle(), at("b")).error().code, Code::wrong_state);
  EXPECT_TRUE(exists("b@1"));

  const std::string whole = stream_of(full("a@2"));
  ASSERT_FALSE(try_receive(whole, resumable_into("c@2"), whole.size() / 2).ok());
  ASSERT_TRUE(exists("c"));
  ASSERT_TRUE(abort_receive(handle(), at("c")).ok());
  EXPECT_FALSE(exists("c"));
  EXPECT_EQ(os_errno_of(abort_receive(handle(), at("c"))), ENOENT);
  EXPECT_EQ(os_errno_of(read_partial_receive(handle(), at("c"))), ENOENT);

  filesystem("empty");
  EXPECT_EQ(abort_receive(handle(), at("empty")).error().code, Code::wrong_state);
  EXPECT_TRUE(exists("empty"));
}

TEST_F(Streams, AreNotAbortedWhileTheyAreReceived) {
  two_snapshots();
  const std::string stream = stream_of(full("a@2"));
  os::Pipe pipe = new_pipe();
  Receive what = resumable_into("b@2");
  what.header = header_of(stream);
  Result<Received> result = Error();
  std::thread receiver([&] { result = receive(handle(), what, pipe.read_end.get()); });
  const auto body = std::string_view(stream).substr(model::stream_header_bytes);
  ASSERT_TRUE(os::write_all(pipe.write_end.get(), body.substr(0, body.size() / 2)).ok());
  ASSERT_TRUE(eventually([&] { return exists("b"); }));
  EXPECT_EQ(os_errno_of(abort_receive(handle(), at("b"))), EBUSY);
  ASSERT_TRUE(os::write_all(pipe.write_end.get(), body.substr(body.size() / 2)).ok());
  pipe.write_end.close();
  receiver.join();
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, OfWhatAnInterruptedReceiveLeftAreSavedSends) {
  two_snapshots();
  const std::string stream = stream_of(full("a@2"));
  ASSERT_FALSE(try_receive(stream, resumable_into("b@2"), stream.size() / 2).ok());
  const auto in_b = partial("b");
  ASSERT_TRUE(in_b);

  Send what = full("b");
  what.saved = true;
  const std::string saved = stream_of(what);
  const auto header = model::parse_stream_header(header_of(saved)).value();
  EXPECT_EQ(header.to_guid.value, state("a@2").guid);
  EXPECT_EQ(estimate_send(handle(), what).value(), in_b->decoded.bytes);
  EXPECT_EQ(estimate_send(handle(), resumed(what, in_b->decoded)).value(), 0);

  // It ends without an end, as the one did that it was made of.
  EXPECT_EQ(os_errno_of(try_receive(saved, resumable_into("c@2"))), zfs_err_stream_truncated);
  const auto in_c = partial("c");
  ASSERT_TRUE(in_c);
  EXPECT_EQ(in_c->decoded.to_guid.value, state("a@2").guid);
  EXPECT_EQ(in_c->decoded.object, in_b->decoded.object);
  EXPECT_EQ(in_c->decoded.offset, in_b->decoded.offset);
  received(stream_of(resumed(full("a@2"), in_c->decoded)), resumable_into("c@2"));
  EXPECT_EQ(hash("c"), hash_2_);
}

TEST_F(Streams, AreNotSavedSendsWhereNothingWasInterrupted) {
  two_snapshots();
  Send what = since("a@1", "a");
  what.saved = true;
  EXPECT_EQ(try_send(what).result.error().code, Code::wrong_state);
  EXPECT_EQ(estimate_send(handle(), what).error().code, Code::wrong_state);
}

TEST_F(Streams, AreRedactedByABookmark) {
  two_snapshots();
  ASSERT_TRUE(clone_snapshot(handle(), at("clone"), at("a@2"), NvList()).ok());
  write("clone", "--seed 3 --offset 2000000 --length 4000000");
  snapshot("clone@1");
  ASSERT_TRUE(redact(handle(), at("a@2"), "book", {at("clone@1")}).ok());
  Send what = full("a@2");
  what.redaction_bookmark = "book";
  const std::string stream = stream_of(what);
  EXPECT_TRUE(model::parse_stream_header(header_of(stream)).value().redacted);
  EXPECT_LT(stream.size() + 3 * mebibyte, stream_of(full("a@2")).size());
  const std::uint64_t estimate = estimate_send(handle(), what).value();
  EXPECT_GT(estimate, stream.size() / 2);
  EXPECT_LT(estimate, stream.size() * 2);
  received(stream, into("b@2"));
  EXPECT_TRUE(state("b").is_redacted);

  ASSERT_EQ(os_errno_of(try_receive(stream, resumable_into("c@2"), stream.size() / 2)),
            zfs_err_stream_truncated);
  const auto saved = partial("c");
  ASSERT_TRUE(saved);
  const auto redacting = saved->decoded.redact_snaps.value();
  ASSERT_EQ(redacting.size(), 1);
  EXPECT_EQ(redacting[0].value, state("clone@1").guid);
  received(stream_of(resumed(what, saved->decoded)), resumable_into("c@2"));
  EXPECT_TRUE(state("c").is_redacted);

  what.redaction_bookmark = "absent";
  EXPECT_EQ(os_errno_of(try_send(what).result), ESRCH);
}

TEST_F(Streams, TellHowFarTheyHaveGot) {
  two_snapshots();
  os::Pipe pipe = new_pipe();
  const int fd = pipe.write_end.get();
  EXPECT_EQ(os_errno_of(read_send_progress(handle(), at("a@2"), fd)), ENOENT);
  Result<Nothing> result = Error();
  std::thread sender([&] { result = send(handle(), full("a@2"), fd); });
  // Nobody reads, so it waits with the pipe full.
  std::uint64_t bytes = 0;
  EXPECT_TRUE(eventually([&] {
    const auto progress = read_send_progress(handle(), at("a@2"), fd);
    if (progress.ok()) bytes = progress.value().bytes;
    return bytes >= 32768 && progress.value().blocks > 0;
  }));
  EXPECT_EQ(os_errno_of(read_send_progress(handle(), at("a@1"), fd)), ENOENT);
  std::string stream;
  std::thread reader([&] { stream = read_all(pipe.read_end.get()); });
  sender.join();
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(os_errno_of(read_send_progress(handle(), at("a@2"), fd)), ENOENT);
  pipe.write_end.close();
  reader.join();
  EXPECT_LT(bytes, stream.size());
}

TEST_F(Streams, ThatNobodyReadsAnyMoreEnd) {
  two_snapshots();
  os::Pipe pipe = new_pipe();
  Result<Nothing> result = Nothing();
  std::thread sender([&] { result = send(handle(), full("a@2"), pipe.write_end.get()); });
  std::array<char, 1000> some{};
  EXPECT_GT(::read(pipe.read_end.get(), some.data(), some.size()), 0);
  pipe.read_end.close();
  sender.join();
  // In the middle of a stream the kernel says EINTR of any write that fails.
  EXPECT_TRUE(os_errno_of(result) == EPIPE || os_errno_of(result) == EINTR)
      << errno_name(os_errno_of(result));
}

// Signals the thread until it has ended; the first may come before the kernel waits.
void interrupt(std::thread& thread, const std::atomic<bool>& is_over) {
  struct sigaction action{};
  action.sa_handler = do_nothing;
  ASSERT_EQ(::sigaction(SIGUSR1, &action, nullptr), 0);
  EXPECT_TRUE(eventually([&] {
    if (!is_over) ::pthread_kill(thread.native_handle(), SIGUSR1);
    return is_over.load();
  }));
}

TEST_F(Streams, EndWithASignal) {
  two_snapshots();
  os::Pipe pipe = new_pipe();
  std::atomic<bool> is_over = false;
  Result<Nothing> sent = Nothing();
  std::thread sender([&] {
    sent = send(handle(), full("a@2"), pipe.write_end.get());
    is_over = true;
  });
  std::array<char, 1000> some{};
  EXPECT_GT(::read(pipe.read_end.get(), some.data(), some.size()), 0);
  interrupt(sender, is_over);
  sender.join();
  EXPECT_EQ(os_errno_of(sent), EINTR);

  const std::string stream = stream_of(full("a@2"));
  os::Pipe other = new_pipe();
  Receive what = resumable_into("b@2");
  what.header = header_of(stream);
  Result<Received> result = Received();
  is_over = false;
  std::thread receiver([&] {
    result = receive(handle(), what, other.read_end.get());
    is_over = true;
  });
  ASSERT_TRUE(
      os::write_all(other.write_end.get(),
                    std::string_view(stream).substr(model::stream_header_bytes, stream.size() / 2))
          .ok());
  ASSERT_TRUE(eventually([&] { return exists("b"); }));
  interrupt(receiver, is_over);
  receiver.join();
  // A read that is interrupted looks like the stream's end.
  EXPECT_TRUE(os_errno_of(result) == EINTR || os_errno_of(result) == zfs_err_stream_truncated)
      << errno_name(os_errno_of(result));
  const auto saved = partial("b");
  ASSERT_TRUE(saved);
  received(stream_of(resumed(full("a@2"), saved->decoded)), resumable_into("b@2"));
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, TakePropertiesOfTheSenderAndOthersInTheirPlace) {
  filesystem("a");
  snapshot("a@1");
  NvList sent;
  sent.add_u64("compression", 3);  // lzjb
  sent.add_u64("atime", 0);
  sent.add_u64("exec", 0);
  sent.add_text("test:note", "theirs");
  NvList overrides;
  overrides.add_u64("atime", 1);
  overrides.add_flag("exec");
  overrides.add_text("test:ours", "ours");
  Receive what = into("b@1");
  what.received = &sent;
  what.overrides = &overrides;
  const Received outcome = received(stream_of(full("a@1")), what);
  EXPECT_TRUE(outcome.refused.empty());
  EXPECT_EQ(property("b", "compression"), (Property{"3", "$recvd"}));
  EXPECT_EQ(property("b", "test:note"), (Property{"theirs", "$recvd"}));
  EXPECT_EQ(property("b", "atime"), (Property{"1", at("b")}));
  EXPECT_EQ(property("b", "test:ours"), (Property{"ours", at("b")}));
  // The sender's value is kept below one that says to inherit.
  EXPECT_NE(property("b", "exec").value, "0");
}

TEST_F(Streams, SayWhichPropertiesCouldNotBeSet) {
  two_snapshots();
  received(stream_of(full("a@1")), into("b@1"));
  NvList sent;
  sent.add_u64("volsize", 16 * mebibyte + 1);
  sent.add_text("test:note", "theirs");
  Receive what = into("b@2");
  what.received = &sent;
  const Received outcome = received(stream_of(since("a@1", "a@2")), what);
  ASSERT_EQ(outcome.refused.size(), 1);
  EXPECT_EQ(outcome.refused[0].name, "volsize");
  EXPECT_EQ(outcome.refused[0].os_errno, EINVAL);
  EXPECT_EQ(property("b", "test:note"), (Property{"theirs", "$recvd"}));
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, BecomeClonesOfTheirOrigin) {
  two_snapshots();
  received(stream_of(full("a@1")), into("b@1"));
  ASSERT_TRUE(clone_snapshot(handle(), at("clone"), at("a@1"), NvList()).ok());
  write("clone", "--seed 4 --length 100000");
  snapshot("clone@2");
  const std::string stream = stream_of(since("a@1", "clone@2"));
  EXPECT_TRUE(model::parse_stream_header(header_of(stream)).value().clone);
  Receive what = into("c@2");
  what.origin = at("b@1");
  received(stream, what);
  EXPECT_EQ(state("c").origin, at("b@1"));
  EXPECT_EQ(hash("c"), hash("clone"));
}

TEST_F(Streams, ReplaceChangesByForceOnly) {
  two_snapshots();
  received(stream_of(full("a@1")), into("b@1"));
  write("b", "--seed 5 --length 1000000");
  const std::string changed = hash("b");
  const std::string stream = stream_of(since("a@1", "a@2"));
  // On the kernel a volume whose device is open, if only for udev, is busy.
  EXPECT_TRUE(eventually([&] { return os_errno_of(try_receive(stream, into("b@2"))) == ETXTBSY; }));
  EXPECT_EQ(hash("b"), changed);
  Receive what = into("b@2");
  what.force = true;
  EXPECT_TRUE(eventually([&] { return try_receive(stream, what).ok(); }));
  EXPECT_EQ(hash("b"), hash_2_);
}

TEST_F(Streams, HealFrom22On) {
  two_snapshots();
  Receive what = into("a@1");
  what.heal = true;
  const auto healed = try_receive(stream_of(full("a@1")), what);
  if (release() < model::release_2_2)
    EXPECT_EQ(os_errno_of(healed), zfs_err_ioc_arg_unavail);
  else
    EXPECT_TRUE(healed.ok()) << errno_name(healed.error().os_errno);
  EXPECT_EQ(hash("a"), hash_2_);
}

}  // namespace
}  // namespace zfsrest::zfs
