#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "engine.hpp"

namespace userland {
namespace {

using Clock = std::chrono::steady_clock;

TEST(Server, RefusesAStateDirectoryThatAnotherOneUses) {
  Engine engine;
  const Outcome second = run_plain(server_program() + " --state " + engine.state().string());
  EXPECT_EQ(second.status, 1);
  EXPECT_NE(second.output.find("another server uses it"), std::string::npos);
  EXPECT_EQ(std::count(second.output.begin(), second.output.end(), '\n'), 1);
  EXPECT_EQ(engine.run("zpool list").status, 0);
}

TEST(Server, RefusesAStateDirectoryThatItCannotWriteTo) {
  const Outcome outcome = run_plain(server_program() + " --state /proc/nowhere/state");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1) << outcome.output;
}

TEST(Server, KeepsItsSocketFromOthersAndNamesItsVersion) {
  Engine engine;
  struct stat status{};
  ASSERT_EQ(stat(engine.socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  std::string version;
  std::ifstream(engine.state() / "module/zfs/version") >> version;
  EXPECT_EQ(version.substr(0, 2), "2.");
  EXPECT_TRUE(exists(engine.state() / "module/zfs/properties.dataset/atime"));
  // Devices have properties from 2.2 on.
  EXPECT_EQ(exists(engine.state() / "module/zfs/properties.vdev/failfast"), version >= "2.2");
}

TEST(Server, LivesUnderAPathLongerThanASocketAddress) {
  TemporaryDirectory directory;
  const std::string state = directory.path() / std::string(150, 'x');
  const Outcome outcome = run_plain(
      server_program() + " --state " + state + " & pid=$!; for i in $(seq 100); do [ -S " + state +
      "/engine.sock ] && break; sleep 0.05; done; ZFSREST_BUILD=" + build_directory().string() +
      " ZFSREST_USERLAND=" + state + " " + (source_directory() / "userland/with-zfs").string() +
      " zpool list; kill $pid; wait $pid");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("no pools available"), std::string::npos) << outcome.output;
}

TEST(Server, EndsQuicklyWithClientsConnectedAndAScrubRunning) {
  Engine engine;
  engine.expect("zpool create tank " + engine.disk("a", 8ull << 30) +
                " && zfs create -V 64M tank/v");
  engine.write("tank/v");
  engine.expect("zpool trim -r 1 tank && zpool scrub tank");
  int output = -1;
  const pid_t client = engine.spawn("zpool wait -t trim tank", &output);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto begin = Clock::now();
  EXPECT_EQ(engine.stop(SIGTERM), 0);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(4));
  EXPECT_NE(wait_for(client), 0) << "the client is told that its ioctl has not succeeded";
  close(output);
  engine.start();
  EXPECT_EQ(engine.expect("zpool list -H -o health tank"), "ONLINE");
}

TEST(Server, IsFoundAgainByADescriptorThatWasOpenBeforeItsRestart) {
  Engine engine;
  engine.expect("zpool create tank " + engine.disk("a"));
  const std::string script = engine.directory() / "again.py";
  std::ofstream(script) << "import libzfs_core as lzc, sys, os\n"
                           "print(lzc.lzc_exists(b'tank'), flush=True)\n"
                           "sys.stdin.readline()\n"
                           "print(lzc.lzc_exists(b'tank'), flush=True)\n";
  const std::string fifo = engine.directory() / "go";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  int output = -1;
  const pid_t client = engine.spawn("/usr/bin/python3 " + script + " < " + fifo, &output);
  std::ofstream go(fifo);
  EXPECT_EQ(read_line(output), "True");
  engine.stop(SIGKILL);
  engine.start();
  go << "go" << std::endl;
  EXPECT_EQ(read_line(output), "True");
  EXPECT_EQ(wait_for(client), 0);
  close(output);
}

TEST(Server, AbsentMeansForAClientThatTheModuleIsNotLoaded) {
  const std::string preload =
      "LD_PRELOAD=" + (build_directory() / "userland/libzfs-userland-preload.so").string();
  const std::string open =
      " /usr/bin/python3 -c 'import os; os.open(\"/dev/zfs\", os.O_RDWR)' 2>&1 | tail -n 1";
  EXPECT_NE(run_plain(preload + " ZFS_USERLAND_SOCKET=/nowhere/engine.sock" + open)
                .output.find("Errno 2]"),
            std::string::npos);
  EXPECT_NE(run_plain(preload + open).output.find("Errno 6]"), std::string::npos);
}

TEST(Server, RunsForAnOrdinaryUser) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  TemporaryDirectory directory;
  chmod(directory.path().c_str(), 0777);
  const std::string state = directory.path() / "state";
  const std::string disk = directory.path() / "disk";
  const std::string script = directory.path() / "script";
  std::ofstream(script) << server_program() << " --state " << state << " & pid=$!\n"
                        << "for i in $(seq 100); do [ -S " << state
                        << "/engine.sock ] && break; sleep 0.05; done\n"
                        << "truncate -s 128M " << disk << "\n"
                        << "export ZFSREST_USERLAND=" << state
                        << " ZFSREST_BUILD=" << build_directory().string() << "\n"
                        << (source_directory() / "userland/with-zfs").string()
                        << " zpool create mine " << disk << "\n"
                        << (source_directory() / "userland/with-zfs").string()
                        << " zpool list -H -o name,health\n"
                        << "kill $pid; wait $pid\n";
  const Outcome outcome =
      run_plain("setpriv --reuid=65534 --regid=65534 --clear-groups bash " + script);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_NE(outcome.output.find("mine\tONLINE"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace userland
