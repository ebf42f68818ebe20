#include <chrono>
#include <csignal>

#include "fixture.hpp"

namespace userland {
namespace {

// A mirror of a and b with a volume that has data.
class Faults : public testing::Test {
 protected:
  void SetUp() override {
    engine.expect("zpool create tank mirror " + a + " " + b + " && zfs create -V 8M tank/v");
    engine.write("tank/v");
    hash = engine.hash("tank/v");
  }

  std::string python(const std::string& text) { return engine.expect(engine.device_program(text)); }

  // Injects into the last disk of the pool; what of it is Python for the other arguments.
  std::string inject(const std::string& what) {
    const std::string guid = engine.expect("zpool list -H -v -g tank | awk 'END { print $1 }'");
    return python("print(inject(b'tank', guid=" + guid + ", flags=FLUSH_CACHE, " + what + "))");
  }

  // Of the errors in the status of the disk: those of reading, writing or checksums.
  std::string errors(const std::string& disk, int column) {
    return engine.expect("zpool status -p tank | awk '$1 == \"" + disk + "\" { print $" +
                         std::to_string(column) + " }'");
  }
  static constexpr int reading = 3;
  static constexpr int writing = 4;
  static constexpr int checksums = 5;

  int events(const std::string& name) {
    return std::stoi(engine.expect("zpool events -H | grep -c " + name + " || true"));
  }

  Engine engine;
  const std::string a = engine.disk("a");
  const std::string b = engine.disk("b");
  std::string hash;
};

TEST_F(Faults, OfReadingADeviceAreCountedReportedAndRepaired) {
  ASSERT_EQ(inject("kind=DEVICE, iotype=READ, error=EIO"), "1");
  EXPECT_EQ(engine.hash("tank/v"), hash);
  EXPECT_NE(errors(b, reading), "0");
  EXPECT_EQ(errors(a, reading), "0");
  EXPECT_GT(events("ereport.fs.zfs.io"), 0);
  EXPECT_EQ(python("print(repr(clear_fault(1)), faults())"), "'' []");
  engine.expect("zpool clear tank && zpool scrub -w tank");
  EXPECT_EQ(errors(b, reading), "0");
  EXPECT_EQ(engine.hash("tank/v"), hash);
}

TEST_F(Faults, OfWritingADeviceAreCounted) {
  ASSERT_EQ(inject("kind=DEVICE, iotype=WRITE, error=EIO"), "1");
  engine.expect("zfs set an:y=thing tank && zpool sync tank");
  EXPECT_NE(errors(b, writing), "0");
  EXPECT_EQ(errors(a, writing), "0");
}

TEST_F(Faults, OfABlockMakeItDamagedForWhoReadsIt) {
  const std::string objset = engine.expect("zfs get -H -p -o value objsetid tank/v");
  ASSERT_EQ(python("print(inject(b'tank', DATA, FLUSH_CACHE, objset=" + objset +
                   ", object=1, start=0, end=0, error=CHECKSUM))"),
            "1");
  EXPECT_NE(engine.hash("tank/v"), hash);
  EXPECT_NE(errors(a, checksums), "0");
  EXPECT_NE(engine.expect("zpool status -v tank").find("tank/v:<0x1>"), std::string::npos);
  EXPECT_GT(events("ereport.fs.zfs.checksum"), 0);
  EXPECT_EQ(python("print(repr(clear_fault(1)))"), "''");
  EXPECT_EQ(engine.hash("tank/v"), hash);
}

TEST_F(Faults, OfLabelsAreCountedAsWritingErrors) {
  ASSERT_EQ(inject("kind=LABEL, start=131072, end=262143, error=EIO"), "1");
  engine.expect("zfs set an:y=thing tank && zpool sync tank");
  EXPECT_NE(errors(b, writing), "0");
}

TEST_F(Faults, DelayRequestsByAsMuchAsTheySay) {
  engine.expect("zpool detach tank " + b);
  ASSERT_EQ(inject("kind=DELAY, delay_ms=400, lanes=64"), "1");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run_plain((source_directory() / "userland/zfs-data").string() +
                      " read tank/v --length 512 | wc -c")
                .output,
            "512\n");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(400));
  EXPECT_EQ(python("print(repr(clear_fault(1)))"), "''");
  engine.expect("zpool scrub -w tank");
  EXPECT_EQ(engine.hash("tank/v"), hash);
}

TEST_F(Faults, OfTheOnlyDeviceSuspendAPoolUntilTheyAreGone) {
  engine.expect("zpool detach tank " + b);
  ASSERT_EQ(inject("kind=DEVICE, error=ENXIO"), "1");
  engine.expect("zpool reopen tank");
  int output = -1;
  const pid_t client = engine.spawn("zfs set an:y=thing tank", &output);
  engine.expect(
      "timeout 30 bash -c 'until zpool events -H | grep -q io_failure; do sleep 0.02; done'");
  EXPECT_EQ(engine.expect("zpool list -H -o health tank"), "SUSPENDED");
  EXPECT_EQ(python("print(repr(clear_fault(1)))"), "''");
  engine.expect("zpool clear tank");
  EXPECT_EQ(wait_for(client), 0);
  close(output);
  EXPECT_EQ(engine.expect("zpool list -H -o health tank"), "ONLINE");
  EXPECT_EQ(engine.expect("zfs get -H -o value an:y tank"), "thing");
}

TEST_F(Faults, AreListedUntilTheyAreClearedAndKeepTheirPool) {
  EXPECT_EQ(inject("kind=DEVICE, iotype=READ, error=EIO"), "1");
  EXPECT_EQ(inject("kind=DELAY, delay_ms=1, lanes=4"), "2");
  EXPECT_EQ(python("print(faults())"), "[(1, 'tank', 2), (2, 'tank', 6)]");
  EXPECT_EQ(engine.run("zpool export tank").status, 1);
  EXPECT_EQ(python("print([clear_fault(n) for n in (3, 1, 1, 2)], faults())"),
            "['ENOENT', '', 'ENOENT', ''] []");
  engine.expect("zpool export tank");
}

TEST_F(Faults, ThatMakeNoSenseAreRefused) {
  EXPECT_EQ(python("print(inject(b'none', DEVICE), inject(b'tank', DELAY),"
                   " inject(b'tank', DELAY, delay_ms=1, lanes=65535),"
                   " inject(b'tank', DATA, 8, objset=12345), faults())"),
            "ENOENT EINVAL EINVAL ENOENT []");
}

TEST_F(Faults, ThatWouldEndTheServerAreNotHere) {
  EXPECT_EQ(python("print(inject(b'tank', PANIC, function=b'spa_vdev_add'),"
                   " inject(b'tank', DEVICE, function=b'spa_vdev_add'), faults())"),
            "2900 2900 []");
  engine.expect("zpool add -f tank " + engine.disk("c"));
  EXPECT_EQ(engine.expect("zpool list -H -o health tank"), "ONLINE");
}

TEST_F(Faults, OfAPoolThatHangsKeepNoServerFromEnding) {
  ASSERT_EQ(inject("kind=DELAY, delay_ms=3600000, lanes=1"), "1");
  int output = -1;
  const pid_t client = engine.spawn("zfs set an:y=thing tank", &output);
  engine.expect("sleep 0.3");
  EXPECT_EQ(engine.stop(SIGTERM), 0);
  wait_for(client);
  close(output);
  engine.start();
  EXPECT_EQ(engine.hash("tank/v"), hash);
  EXPECT_EQ(python("print(faults())"), "[]");
}

}  // namespace
}  // namespace userland
