// Streams that break off, on the user-space engine.
#include <gtest/gtest.h>

#include <random>

#include "interruptions.hpp"

namespace zfsrest::faults {
namespace {

class OnEngine : public Interruptions {
 public:
  OnEngine(const userland::Engine& engine, std::size_t volume_bytes, std::size_t at_once)
      : engine_(engine) {
    const Daemon daemon(engine_);
    make_pool(daemon, engine_, "tank");
    make_volume(engine_, "tank/source", volume_bytes, 16 << 10);
    engine_.expect("zfs snapshot tank/source@1");
    engine_.write("tank/source", "--length " + std::to_string(volume_bytes) + " --seed 2");
    engine_.expect("zfs snapshot tank/source@2");
    prepare(daemon, at_once);
  }

 private:
  std::string tools(const std::string& command) const override { return engine_.expect(command); }
  std::string content_of(const std::string& snapshot) const override {
    return engine_.hash(snapshot);
  }

  const userland::Engine& engine_;
};

class InterruptedStreams : public testing::Test {
 protected:
  // Where all processors are busy, a read beside large streams may take more than a second.
  const Environment::value_type patience{"ZFSREST_READ_DEADLINE_MS", "10000"};

  // A seventh of them stall.
  void run(Interruptions& streams, std::size_t count) {
    const std::size_t seed = number_from_environment("ZFSREST_TEST_SEED", 5);
    const testing::ScopedTrace trace(__FILE__, __LINE__,
                                     "ZFSREST_TEST_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    {
      const Daemon daemon(engine_, {patience, {"ZFSREST_STREAM_STALL_S", "1"}});
      streams.run(daemon, random, {Way::stalled}, count / 7);
    }
    const Daemon daemon(engine_, {patience});
    streams.run(daemon, random,
                {Way::closed, Way::agent_killed, Way::closed, Way::closed, Way::gateway_killed,
                 Way::closed},
                count - count / 7);
    streams.finish(daemon, count);
  }

  userland::Engine engine_;
};

TEST_F(InterruptedStreams, GoOnWhereTheyBrokeOffOrLeaveNothing) {
  OnEngine streams(engine_, 4 << 20, 10);
  run(streams, number_from_environment("ZFSREST_TEST_INTERRUPTIONS", 300));
}

// However a transfer ends, what was under way is in pipes and sockets of bounded size.
TEST_F(InterruptedStreams, LoseLittleOfLargeOnes) {
  OnEngine streams(engine_, 96 << 20, 3);
  run(streams, 21);
  EXPECT_LE(streams.most_again(), streams.shortest() / 20);
  EXPECT_LE(streams.most_lost(), streams.shortest() / 20);
}

}  // namespace
}  // namespace zfsrest::faults
