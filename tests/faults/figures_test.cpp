// What the processes cost. The figures are printed; only a tenfold excess fails.
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <thread>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

using Clock = std::chrono::steady_clock;

bool is_sanitized() {
  return read_file(userland::build_directory() / "CMakeCache.txt")
             .find("ZFSREST_SANITIZE:STRING=\n") == std::string::npos;
}

TEST(Figures, TheFirstAnswerComesSoonAfterTheStart) {
  const userland::Engine engine;
  std::chrono::milliseconds shortest{1'000'000};
  for (int i = 0; i < 5; ++i) {
    const auto begin = Clock::now();
    const Daemon daemon(engine);
    ASSERT_TRUE(daemon.answers());
    shortest = std::min(
        shortest, std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin));
  }
  std::cout << "from start to the first answer: " << shortest.count() << " ms\n";
  EXPECT_LT(shortest, std::chrono::seconds(3));
}

TEST(Figures, TheProcessesTogetherAreSmallWhenIdle) {
  if (is_sanitized()) GTEST_SKIP() << "sanitizers take memory of their own";
  const userland::Engine engine;
  const Daemon daemon(engine);
  make_pool(daemon, engine, "tank");
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(daemon.answers());
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  std::size_t all = 0;
  for (const pid_t pid : {daemon.supervisor(), daemon.gateway(), daemon.agent()}) {
    std::cout << status_field(pid, "Name") << ": " << pss_bytes(pid) / 1024 << " KiB\n";
    all += pss_bytes(pid);
  }
  std::cout << "together: " << all / 1024 << " KiB\n";
  EXPECT_GT(all, 0U);
  EXPECT_LT(all, std::size_t{400} << 20);
}

}  // namespace
}  // namespace zfsrest::faults
