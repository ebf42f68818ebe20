#include <fstream>

#include "fixture.hpp"

namespace userland {
namespace {

class Streams : public OnTank {
 protected:
  static std::string file(const std::string& name) { return engine().directory() / name; }

  // A volume with two snapshots whose data differ.
  static void make_volume(const std::string& name) {
    expect("zfs create -s -V 16M " + name);
    engine().write(name, "--seed 1");
    expect("zfs snapshot " + name + "@1");
    engine().write(name, "--seed 2 --offset 1000000 --length 3000000");
    expect("zfs snapshot " + name + "@2");
  }
};

TEST_F(Streams, CarryAFullAndAnIncrementalSnapshotThroughAPipe) {
  make_volume("tank/a");
  expect("zfs send tank/a@1 | zfs receive tank/b && zfs send -i @1 tank/a@2 | zfs receive tank/b");
  EXPECT_EQ(engine().hash("tank/b@1"), engine().hash("tank/a@1"));
  EXPECT_EQ(engine().hash("tank/b@2"), engine().hash("tank/a@2"));
  EXPECT_NE(engine().hash("tank/b@2"), engine().hash("tank/b@1"));
}

TEST_F(Streams, AreWrittenToAndReadFromRegularFiles) {
  make_volume("tank/f");
  expect("zfs send -R tank/f@2 > " + file("stream") + " && zfs receive tank/g < " + file("stream"));
  EXPECT_EQ(engine().hash("tank/g@2"), engine().hash("tank/f@2"));
}

TEST_F(Streams, ResumeWhereTheyBrokeOff) {
  make_volume("tank/r");
  expect("zfs send tank/r@2 > " + file("whole") + " && head -c 8000000 " + file("whole") + " > " +
         file("part"));
  EXPECT_NE(refusal("zfs receive -s tank/s < " + file("part")).find("Partially received"),
            std::string::npos);
  const std::string token = property("receive_resume_token", "tank/s");
  expect("zfs send -t " + token + " | zfs receive -s tank/s");
  EXPECT_EQ(engine().hash("tank/s@2"), engine().hash("tank/r@2"));
}

TEST_F(Streams, GoRawWithoutTheKey) {
  std::ofstream(file("key")) << "correct horse\n";
  expect("zfs create -o encryption=on -o keyformat=passphrase -o keylocation=file://" +
         file("key") + " tank/e");
  make_volume("tank/e/v");
  const std::string hash = engine().hash("tank/e/v@2");
  expect("zfs unload-key -r tank/e");
  expect("zfs send -w tank/e/v@2 | zfs receive tank/raw");
  EXPECT_EQ(property("keystatus", "tank/raw"), "unavailable");
  expect("zfs load-key -L file://" + file("key") + " tank/raw");
  EXPECT_EQ(engine().hash("tank/raw@2"), hash);
}

TEST_F(Streams, OfFileSystemsCarryTheFlagThatTheKernelSets) {
  expect("zfs create tank/fs && zfs snapshot tank/fs@1");
  expect("zfs send tank/fs@1 | zfs receive tank/fs2");
  // DMU_BACKUP_FEATURE_SA_SPILL is 4: a receiver that knows only older streams refuses it.
  EXPECT_EQ(expect("zfs send tank/fs@1 | zstream dump | grep -c 'features = 4'"), "1");
}

TEST_F(Streams, DataIsTheSameForTheSameSeedAndPosition) {
  expect("zfs create -s -V 4M tank/d1 && zfs create -s -V 4M tank/d2");
  engine().write("tank/d1", "--seed 5");
  engine().write("tank/d2", "--seed 5 --length 1000001");
  engine().write("tank/d2", "--seed 5 --offset 1000001");
  EXPECT_EQ(engine().hash("tank/d1"), engine().hash("tank/d2"));
  EXPECT_EQ(
      run_plain("userland=" + (source_directory() / "userland").string() +
                "; $userland/zfs-data read tank/d1 --offset 100 --length 50 > " + file("piece") +
                " && $userland/zfs-data write tank/d2 --from " + file("piece") +
                " && $userland/zfs-data read tank/d2 --length 50 | cmp - " + file("piece"))
          .status,
      0);
}

}  // namespace
}  // namespace userland
