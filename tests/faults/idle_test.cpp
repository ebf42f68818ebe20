// What nobody asks for anything sleeps.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

class Idle : public testing::Test {
 protected:
  void SetUp() override { make_pool(daemon_, engine_, "tank"); }

  // How often the kernel has switched to or from a thread of the three processes.
  std::size_t count_switches() const {
    std::size_t count = 0;
    for (const pid_t pid : {daemon_.supervisor(), daemon_.agent(), daemon_.gateway()})
      for (const pid_t thread : threads_of(pid))
        for (const char* kind : {"voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"}) {
          // A thread may end meanwhile, which is a change as well.
          const std::string switches = status_field(thread, kind);
          count += switches.empty() ? 1 : std::stoul(switches);
        }
    return count;
  }

  userland::Engine engine_;
  Daemon daemon_{engine_};
};

TEST_F(Idle, ProcessesDoNotWakeUpUntilTheyAreAskedForSomething) {
  ASSERT_EQ(daemon_.ask("POST", "/v1/snapshots", R"({"snapshots": ["tank@s"]})").status, 201);
  // Workers that nobody needs stay for half a minute.
  const auto sleep = [&] {
    const std::size_t before = count_switches();
    std::this_thread::sleep_for(std::chrono::seconds(5));
    return count_switches() == before;
  };
  ASSERT_TRUE(eventually(sleep));
  ASSERT_GT(count_switches(), 0U);
  // The device, which is opened again, is closed again.
  EXPECT_EQ(daemon_.ask("GET", "/v1/pools/tank").status, 200);
  const std::size_t files = open_files(daemon_.agent()).size();
  EXPECT_TRUE(eventually([&] { return open_files(daemon_.agent()).size() < files; }));
}

}  // namespace
}  // namespace zfsrest::faults
