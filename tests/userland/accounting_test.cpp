#include <cstdint>

#include "fixture.hpp"

namespace userland {
namespace {

class Accounting : public OnTank {
 protected:
  static std::string python(const std::string& text) {
    return expect(engine().device_program(text));
  }
  static std::uint64_t bytes(const std::string& property, const std::string& dataset) {
    return std::stoull(expect("zfs get -Hp -o value " + property + " " + dataset));
  }
};

TEST_F(Accounting, QuotasAreSetReadListedAndTakenAway) {
  expect("zfs create tank/quotas");
  expect("zfs set userquota@1000=1G groupobjquota@7=100 projectquota@5=10M tank/quotas");
  EXPECT_EQ(property("userquota@1000", "tank/quotas"), "1G");
  EXPECT_EQ(property("groupobjquota@7", "tank/quotas"), "100");
  EXPECT_EQ(property("projectquota@5", "tank/quotas"), "10M");
  EXPECT_EQ(property("userquota@1001", "tank/quotas"), "none");
  EXPECT_EQ(expect("zfs userspace -Hpn -o name,quota tank/quotas | sort"),
            "0\t0\n1000\t1073741824");
  EXPECT_EQ(expect("zfs groupspace -Hpn -o name,objquota tank/quotas | sort"), "0\t0\n7\t100");
  EXPECT_EQ(expect("zfs projectspace -Hp -o name,quota tank/quotas | sort"), "0\t0\n5\t10485760");
  expect("zfs set userquota@1000=none tank/quotas");
  EXPECT_EQ(property("userquota@1000", "tank/quotas"), "none");
  EXPECT_EQ(expect("zfs userspace -Hpn -o name tank/quotas"), "0");
}

TEST_F(Accounting, QuotasAreThereAgainInAChannelProgramASnapshotAndAfterAnImport) {
  expect("zfs create tank/kept && zfs set userquota@1000=1G tank/kept && zfs snapshot tank/kept@1");
  expect("zfs set userquota@1000=2G tank/kept");
  EXPECT_EQ(property("userquota@1000", "tank/kept@1"), "1G");
  EXPECT_NE(refusal("zfs set userquota@1000=3G tank/kept@1"), "");
  EXPECT_EQ(
      expect("echo \"return (zfs.get_prop('tank/kept', 'userquota@1000'))\" > /dev/shm/$$.lua; "
             "zfs program -j tank /dev/shm/$$.lua; rm /dev/shm/$$.lua"),
      R"({"return":2147483648})");
  expect("zpool export tank && zpool import -d " + engine().directory().string() + " tank");
  EXPECT_EQ(property("userquota@1000", "tank/kept"), "2G");
}

TEST_F(Accounting, ANewFileSystemIsUsedByTheOwnerOfItsRoot) {
  expect("zfs create tank/new && zpool sync tank");
  EXPECT_EQ(expect("zfs userspace -Hpn -o name,used,objused tank/new"), "0\t512\t1");
  EXPECT_EQ(expect("zfs groupspace -Hpn -o name,used,objused tank/new"), "0\t512\t1");
  EXPECT_EQ(expect("zfs projectspace -Hp -o name,used,objused tank/new"), "0\t512\t1");
}

// Files of 1 MiB for user 1000 in group 100, 2 MiB for user 1000 in project 7, and a small one for
// user 2000 in group 100.  Their indirect blocks are counted as well.
TEST_F(Accounting, FilesAreCountedForTheirOwnersAndInStreamsToo) {
  expect("zfs create -o compression=off tank/files");
  engine().write("tank/files", "--file one --owner 1000 --group 100 --length 1048576");
  engine().write("tank/files",
                 "--file two --owner 1000 --group 200 --project 7 --length 2097152 --seed 2");
  engine().write("tank/files", "--file three --owner 2000 --group 100 --length 100");
  expect("zpool sync tank");
  const std::string users = expect("zfs userspace -Hpn -o name,used,objused tank/files");
  const std::string projects = expect("zfs projectspace -Hp -o name,used,objused tank/files");
  const auto used = [](const std::string& who) { return std::stoull(property(who, "tank/files")); };
  EXPECT_EQ(used("userobjused@1000"), 2u);
  EXPECT_EQ(used("userobjused@2000"), 1u);
  EXPECT_EQ(used("groupobjused@100"), 2u);
  EXPECT_EQ(used("projectobjused@7"), 1u);
  EXPECT_GE(bytes("userused@1000", "tank/files"), 3u << 20);
  EXPECT_LT(bytes("userused@1000", "tank/files"), (3u << 20) + 65536);
  EXPECT_GE(bytes("projectused@7", "tank/files"), 2u << 20);
  EXPECT_LT(bytes("projectused@7", "tank/files"), (2u << 20) + 65536);

  expect("zfs set userquota@1000=1M tank/files && zfs snapshot tank/files@1");
  expect("zfs send tank/files@1 | zfs receive tank/received && zpool sync tank");
  EXPECT_EQ(expect("zfs userspace -Hpn -o name,used,objused tank/received"), users);
  EXPECT_EQ(expect("zfs projectspace -Hp -o name,used,objused tank/received"), projects);
  EXPECT_EQ(property("userquota@1000", "tank/received"), "1M");
  EXPECT_EQ(engine().hash("tank/received@1 --file two"), engine().hash("tank/files --file two"));
  EXPECT_NE(engine().hash("tank/received@1 --file two"), engine().hash("tank/files --file one"));
}

TEST_F(Accounting, FilesGoWithTheirSnapshotsInARollback) {
  expect("zfs create -o compression=off tank/back && zfs snapshot tank/back@1");
  engine().write("tank/back", "--file one --owner 1000 --length 1000000");
  expect("zpool sync tank");
  EXPECT_EQ(property("userobjused@1000", "tank/back"), "1");
  expect("zfs rollback tank/back@1 && zpool sync tank");
  EXPECT_EQ(property("userobjused@1000", "tank/back"), "0");
  EXPECT_NE(
      run_plain((source_directory() / "userland/zfs-data").string() + " read tank/back --file one")
          .status,
      0);
}

TEST_F(Accounting, WhatMakesNoSenseIsRefusedAsByTheKernel) {
  expect("zfs create tank/odd && zfs create -V 8M tank/volume");
  EXPECT_EQ(python("print(userspace_one(b'tank/odd', 99, 0), userspace_one(b'tank/none', 0, 0),"
                   " userspace_one(b'tank/volume', 0, 0),"
                   " userspace_one(b'tank/odd', USER_QUOTA, 7, b'S-1-5-21'))\n"
                   "print(userspace_many(b'tank/odd', USER_USED, room=0),"
                   " userspace_many(b'tank/odd', USER_QUOTA))\n"),
            "EINVAL ENOENT EINVAL 0\nENOMEM ([], 0)");
  expect("zfs set userquota@1000=1G tank/odd");
  EXPECT_EQ(python("print(userspace_one(b'tank/odd', USER_QUOTA, 7, b'S-1-5-21'))"), "ENOENT");
  EXPECT_NE(refusal("zfs set userquota@1000=1G tank/volume"), "");
}

TEST_F(Accounting, OwnersComeInPiecesOfTheRoomThereIs) {
  expect("zfs create tank/pieces");
  std::string quotas;
  for (int i = 1; i <= 10; i++)
    quotas += " userquota@" + std::to_string(i) + "=" + std::to_string(i) + "M";
  expect("zfs set" + quotas + " tank/pieces");
  EXPECT_EQ(
      python("found, cookie = [], 0\n"
             "while True:\n"
             "    part, cookie = userspace_many(b'tank/pieces', USER_QUOTA, cookie, 272 * 4)\n"
             "    if not part: break\n"
             "    assert len(part) <= 4\n"
             "    found += part\n"
             "print(sorted(found) == [(n, n << 20) for n in range(1, 11)])\n"),
      "True");
}

TEST_F(Accounting, ManyMayLookAtAFileSystemAtOnce) {
  expect("zfs create tank/many && zfs set userquota@1=1M tank/many");
  EXPECT_EQ(python("import threading\n"
                   "seen = []\n"
                   "def look():\n"
                   "    for _ in range(40):"
                   " seen.append(userspace_one(b'tank/many', USER_QUOTA, 1))\n"
                   "threads = [threading.Thread(target=look) for _ in range(8)]\n"
                   "for each in threads: each.start()\n"
                   "for each in threads: each.join()\n"
                   "print(len(seen), set(seen))\n"),
            "320 {1048576}");
}

TEST_F(Accounting, WithoutTheKeyOfAFileSystemThereIsNone) {
  const std::string key = engine().directory() / "key";
  expect("echo correct horse > " + key +
         " && zfs create -o encryption=on -o keyformat=passphrase "
         "-o keylocation=file://" +
         key + " tank/secret && zfs set userquota@1=1M tank/secret");
  EXPECT_EQ(property("userquota@1", "tank/secret"), "1M");
  expect("zfs unload-key tank/secret");
  EXPECT_EQ(python("print(userspace_one(b'tank/secret', USER_QUOTA, 1))"), "EACCES");
  expect("zfs load-key tank/secret");
  EXPECT_EQ(property("userquota@1", "tank/secret"), "1M");
}

TEST_F(Accounting, AnOldFileSystemCountsObjectsOnceItIsUpgraded) {
  Engine old;
  old.expect("zpool create -d tank " + old.disk("a") + " && zfs create tank/f");
  EXPECT_EQ(old.expect("zfs get -H -o value userobjused@0 tank/f"), "-");
  EXPECT_NE(old.run("zfs set projectquota@5=10M tank/f").status, 0);
  old.expect("zpool upgrade tank");
  EXPECT_EQ(old.expect(old.device_program(
                "print(repr(Command(name=b'tank/f').run(open_device(), USERSPACE_UPGRADE)))")),
            "''");
  old.expect("until [ \"$(zfs get -H -o value userobjused@0 tank/f)\" = 1 ]; do sleep 0.05; done");
  old.expect("zfs set projectquota@5=10M tank/f");
  EXPECT_EQ(old.expect("zfs get -H -o value projectquota@5 tank/f"), "10M");
}

// Whoever looks at an old file system starts its upgrade, and stops it when it has seen enough.
TEST_F(Accounting, UpgradesThatAreCutShortHarmNobody) {
  Engine old;
  old.expect("zpool create -d tank " + old.disk("a") +
             " && for i in $(seq 40); do zfs create tank/f$i; done && zpool upgrade tank");
  EXPECT_EQ(old.expect(old.device_program(
                "import threading\n"
                "seen = []\n"
                "def look(first):\n"
                "    for i in range(first, 41, 4):\n"
                "        for _ in range(3):\n"
                "            seen.append(userspace_one(b'tank/f%d' % i, USER_QUOTA, 1))\n"
                "threads = [threading.Thread(target=look, args=(n,)) for n in range(1, 5)]\n"
                "for each in threads: each.start()\n"
                "for each in threads: each.join()\n"
                "print(len(seen), set(seen))\n")),
            "120 {0}");
  old.expect("zpool export tank && zpool import -d " + old.directory().string() + " tank");
}

}  // namespace
}  // namespace userland
