// Streams of file systems that break off.
#include "faults/interruptions.hpp"
#include "fixture.hpp"

namespace zfsrest::kernel {
namespace {

using faults::Way;

class OfFiles : public faults::Interruptions {
 public:
  OfFiles() {
    shell("zfs create tank/source");
    for (const char* snapshot : {"1", "2"})
      shell(
          "for file in 1 2 3 4; do head -c 3000000 /dev/urandom > /tank/source/$file; done && "
          "zfs snapshot tank/source@" +
          std::string(snapshot));
  }

 private:
  std::string tools(const std::string& command) const override { return shell(command); }
  std::string content_of(const std::string& snapshot) const override {
    const std::size_t at = snapshot.find('@');
    return shell("cd /" + snapshot.substr(0, at) + "/.zfs/snapshot/" + snapshot.substr(at + 1) +
                 " && sha256sum *");
  }
};

class InterruptedStreams : public testing::Test {
 protected:
  Disk disk_{1};
  Daemon pools_;
  // What is only looked at must not be in the way of what is received.
  Pool pool_{pools_, "tank", {&disk_}, {{"atime", "off"}}};
};

TEST_F(InterruptedStreams, GoOnWhereTheyBrokeOffOrLeaveNothing) {
  OfFiles streams;
  constexpr std::size_t count = 30, at_once = 5;
  std::mt19937_64 random(5);
  streams.prepare(pools_, at_once);
  {
    const Daemon daemon({{"ZFSREST_STREAM_STALL_S", "5"}});
    streams.run(daemon, random, {Way::stalled}, at_once);
  }
  streams.run(pools_, random,
              {Way::closed, Way::agent_killed, Way::closed, Way::gateway_killed, Way::closed},
              count - at_once);
  streams.finish(pools_, count);
  EXPECT_LE(streams.most_again(), streams.shortest() / 20);
}

}  // namespace
}  // namespace zfsrest::kernel
