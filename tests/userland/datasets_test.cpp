#include <unistd.h>

#include <csignal>
#include <fstream>

#include "fixture.hpp"

namespace userland {
namespace {

class Datasets : public OnTank {};

TEST_F(Datasets, AreCreatedRenamedPromotedAndDestroyed) {
  expect("zfs create -p tank/life/a && zfs snapshot tank/life/a@1");
  expect("zfs clone tank/life/a@1 tank/life/b && zfs promote tank/life/b");
  EXPECT_EQ(property("origin", "tank/life/a"), "tank/life/b@1");
  expect("zfs rename tank/life/b tank/life/c");
  EXPECT_EQ(property("origin", "tank/life/a"), "tank/life/c@1");
  EXPECT_NE(refusal("zfs destroy tank/life").find("children"), std::string::npos);
  expect("zfs destroy -R tank/life");
  EXPECT_EQ(engine().run("zfs list tank/life").status, 1);
}

TEST_F(Datasets, AreRolledBackToASnapshot) {
  expect("zfs create -V 8M tank/back");
  engine().write("tank/back", "--seed 1");
  const std::string first = engine().hash("tank/back");
  expect("zfs snapshot tank/back@1");
  engine().write("tank/back", "--seed 2 --length 65536");
  EXPECT_NE(engine().hash("tank/back"), first);
  expect("zfs snapshot tank/back@2");
  EXPECT_NE(refusal("zfs rollback tank/back@1").find("more recent"), std::string::npos);
  expect("zfs rollback -r tank/back@1");
  EXPECT_EQ(engine().hash("tank/back"), first);
}

TEST_F(Datasets, KeepTheirPropertiesWithTheirSources) {
  expect("zfs create -o compression=lz4 tank/props && zfs create tank/props/child");
  EXPECT_EQ(expect("zfs get -H -o value,source compression tank/props/child"),
            "lz4\tinherited from tank/props");
  expect(
      "zfs set org.example:note=hello quota=64M tank/props && zfs inherit compression tank/props");
  EXPECT_EQ(expect("zfs get -H -o source compression tank/props"), "default");
  EXPECT_EQ(property("org.example:note", "tank/props/child"), "hello");
}

TEST_F(Datasets, ArePermittedToOthersByAllow) {
  expect("zfs create tank/allow && zfs allow nobody snapshot,send tank/allow");
  EXPECT_NE(expect("zfs allow tank/allow").find("user nobody send,snapshot"), std::string::npos);
  expect("zfs unallow nobody tank/allow");
  EXPECT_EQ(expect("zfs allow tank/allow"), "");
}

TEST_F(Datasets, VolumesChangeTheirSize) {
  expect("zfs create -s -V 16M -o volblocksize=16K tank/size && zfs set volsize=32M tank/size");
  EXPECT_EQ(property("volsize", "tank/size"), "32M");
  EXPECT_EQ(property("volblocksize", "tank/size"), "16K");
  EXPECT_NE(engine().run("zfs set volsize=1000 tank/size").status, 0);
  EXPECT_NE(engine().run("zfs create -V 16M -o volblocksize=100 tank/odd").status, 0);
}

TEST_F(Datasets, FileSystemsHoldARootDirectoryThatTheKernelCanMount) {
  expect("zfs create -o casesensitivity=insensitive -o normalization=formD tank/fs && zpool sync");
  EXPECT_EQ(property("casesensitivity", "tank/fs"), "insensitive");
  EXPECT_EQ(property("normalization", "tank/fs"), "formD");
  const std::string root = expect("ZFS_NO_STATE=1 zdb -e -p " + engine().directory().string() +
                                  " -dddd tank/fs 34 2>/dev/null || true");
  for (const char* line :
       {"ZFS directory", "mode\t40755", "links\t2", "parent\t34", "pflags\t40800000144"})
    EXPECT_NE(root.find(line), std::string::npos) << line << "\n" << root;
}

TEST_F(Datasets, EncryptedOnesAreLockedAndUnlocked) {
  const std::string key = engine().directory() / "key";
  std::ofstream(key) << "correct horse\n";
  expect("zfs create -o encryption=on -o keyformat=passphrase -o keylocation=file://" + key +
         " tank/secret && zfs create -V 8M tank/secret/v");
  engine().write("tank/secret/v");
  const std::string hash = engine().hash("tank/secret/v");
  expect("zfs unload-key tank/secret");
  EXPECT_EQ(property("keystatus", "tank/secret/v"), "unavailable");
  EXPECT_NE(engine().hash("tank/secret/v"), hash);
  std::ofstream(key) << "wrong horse\n";
  EXPECT_NE(refusal("zfs load-key tank/secret").find("Incorrect key"), std::string::npos);
  std::ofstream(key) << "correct horse\n";
  expect("zfs load-key tank/secret");
  EXPECT_EQ(engine().hash("tank/secret/v"), hash);
}

TEST_F(Datasets, BookmarksOutliveTheirSnapshots) {
  expect(
      "zfs create tank/mark && zfs snapshot tank/mark@1 && zfs bookmark tank/mark@1 tank/mark#b");
  expect("zfs destroy tank/mark@1");
  EXPECT_EQ(expect("zfs list -H -o name -t bookmark -r tank/mark"), "tank/mark#b");
  expect("zfs destroy tank/mark#b");
}

TEST_F(Datasets, HeldSnapshotsStay) {
  expect("zfs create tank/held && zfs snapshot tank/held@1 && zfs hold keep tank/held@1");
  refusal("zfs destroy tank/held@1");
  expect("zfs destroy -d tank/held@1");
  EXPECT_EQ(property("defer_destroy", "tank/held@1"), "on");
  expect("zfs release keep tank/held@1");
  EXPECT_EQ(engine().run("zfs list tank/held@1").status, 1);
}

TEST_F(Datasets, ChannelProgramsReadEveryPropertyAndChangeDatasets) {
  const std::string program = engine().directory() / "program.lua";
  std::ofstream(program) << "local value, source = zfs.get_prop('tank/lua', 'compression')\n"
                            "zfs.sync.snapshot('tank/lua@made')\n"
                            "return {value, source, zfs.get_prop('tank/lua', 'quota')}\n";
  expect("zfs create -o compression=gzip tank/lua");
  const std::string output = expect("zfs program -j tank " + program);
  EXPECT_NE(output.find("gzip"), std::string::npos) << output;
  EXPECT_EQ(expect("zfs list -H -o name -t snapshot tank/lua"), "tank/lua@made");
}

TEST_F(Datasets, FileSystemsOfAnOlderVersionAreUpgraded) {
  expect("zfs create -o version=3 tank/older");
  EXPECT_EQ(property("version", "tank/older"), "3");
  EXPECT_NE(refusal("zfs set userquota@1=1G tank/older"), "");
  expect("zfs upgrade tank/older");
  EXPECT_EQ(property("version", "tank/older"), "5");
  EXPECT_NE(refusal("zfs upgrade -V 4 tank/older; zfs set version=4 tank/older"), "");
  EXPECT_EQ(property("version", "tank/older"), "5");
  expect("zfs set userquota@1=1G tank/older");
  expect("zpool export tank && zpool import -d " + engine().directory().string() + " tank");
  EXPECT_EQ(property("version", "tank/older"), "5");
  EXPECT_NE(expect("zpool history -i tank").find("upgrade tank/older"), std::string::npos);
}

TEST_F(Datasets, CreatingOneMountsNothingAndMakesNoDirectory) {
  expect("zfs create -o mountpoint=" + (engine().directory() / "mountpoint").string() +
         " tank/nomount");
  EXPECT_FALSE(std::filesystem::exists(engine().directory() / "mountpoint"));
  EXPECT_EQ(property("mounted", "tank/nomount"), "no");
}

// The server keeps open what is read, which must be in the way of nothing.
TEST_F(Datasets, WhatIsReadAllTheTimeIsChangedAsEver) {
  expect(
      "zfs create tank/read && zfs create tank/read/f && zfs snapshot tank/read/f@1 && "
      "zfs send tank/read/f@1 > " +
      (engine().directory() / "stream").string());
  int output = -1;
  const pid_t reader =
      engine().spawn(engine().device_program(
                         "import itertools, threading\n"
                         "def read(name):\n"
                         "    device = open_device()\n"
                         "    for n in itertools.count():\n"
                         "        for request in range(OBJSET_STATS, SNAPSHOT_LIST_NEXT + 1):\n"
                         "            Command(name=name).run(device, request)\n"
                         "        if n == 9: os.write(1, b'reads\\n')\n"
                         "for name in b'tank', b'tank/read', b'tank/read/f', b'tank/read/g':\n"
                         "    threading.Thread(target=read, args=(name,)).start()\n"),
                     &output);
  for (int i = 0; i < 4; i++) EXPECT_EQ(read_line(output), "reads");
  const std::string stream = (engine().directory() / "stream").string();
  for (int i = 0; i < 10; i++) {
    expect(
        "zfs rename tank/read/f tank/read/g && zfs snapshot tank/read/g@2 && "
        "zfs rollback tank/read/g@2 && zfs destroy tank/read/g@2");
    expect("zfs recv -F tank/read/h < " + stream + " && zfs destroy -r tank/read/g");
    expect(
        "zfs clone tank/read/h@1 tank/read/f && zfs promote tank/read/f && "
        "zfs destroy tank/read/h");
    EXPECT_EQ(expect("zfs list -H -o name -t all -r tank/read"),
              "tank/read\ntank/read/f\ntank/read/f@1");
  }
  kill(reader, SIGKILL);
  wait_for(reader);
  close(output);
  expect("zfs destroy -r tank/read");
}

TEST_F(Datasets, WhatIsKeptOpenKeepsNoPool) {
  expect("zfs create tank/kept && zfs list -r tank && zfs get all tank/kept");
  expect("zpool export tank && zpool import -d " + engine().directory().string() + " tank");
  expect("zfs list -r tank && zfs get all tank/kept && zfs set readonly=on tank/kept");
  EXPECT_EQ(property("readonly", "tank/kept"), "on");
  expect("zfs destroy tank/kept");
}

// An export of one that cannot be written waits for nothing that is on its way out of memory.
TEST_F(Datasets, WhatIsKeptOpenKeepsNoPoolThatIsReadOnly) {
  expect("for each in $(seq 60); do zfs create -u tank/$each || exit; done");
  const std::string import = "zpool import -d " + engine().directory().string() + " ";
  for (int round = 0; round < 10; ++round) {
    expect("zpool export tank && " + import + "-o readonly=on tank");
    expect("zfs list -r tank && zpool export tank");
    expect(import + "tank");
  }
  expect("for each in $(seq 60); do zfs destroy tank/$each || exit; done");
}

}  // namespace
}  // namespace userland
