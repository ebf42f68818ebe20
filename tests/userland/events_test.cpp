#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "fixture.hpp"

namespace userland {
namespace {

class Events : public testing::Test {
 protected:
  void create_pool() { engine.expect("zpool create tank " + engine.disk("a")); }

  std::string python(const std::string& text) { return engine.device_program(text); }

  // The classes of all events without what they begin with, but not the many of the history.
  std::string classes() {
    std::istringstream lines(engine.expect("zpool events -H"));
    std::string all;
    for (std::string line; std::getline(lines, line);) {
      const std::string name = line.substr(line.find(".zfs.") + 5);
      if (name != "history_event") all += name + "\n";
    }
    return all;
  }

  // Looks for the words one after the other.
  static testing::AssertionResult in_order(const std::string& text,
                                           const std::vector<std::string>& words) {
    std::size_t place = 0;
    for (const std::string& word : words) {
      place = text.find(word, place);
      if (place == std::string::npos)
        return testing::AssertionFailure() << word << " is not where it belongs in\n" << text;
      place += word.size();
    }
    return testing::AssertionSuccess();
  }

  Engine engine;
};

TEST_F(Events, TellWhatHappensToAPool) {
  const std::string a = engine.disk("a");
  engine.expect("zpool create tank " + a + " && zpool attach -w tank " + a + " " +
                engine.disk("b"));
  engine.expect("zpool offline tank " + a + " && zpool online tank " + a);
  // The resilver begins some time after the command, until when there is nothing to wait for; and a
  // scrub of a vdev that still lacks something becomes a resilver.
  engine.expect(
      "timeout 60 sh -c 'until [ $(zpool events -H | grep -c resilver_finish) = 2 ]; do sleep "
      "0.02; done'");
  engine.expect("zpool scrub -w tank && zpool detach tank " + a);
  engine.expect("zpool trim -w tank && zpool reguid tank");
  engine.expect("zpool export tank && zpool import -d " + engine.directory().string() +
                " tank && zpool destroy tank");
  EXPECT_TRUE(in_order(
      classes(),
      {"pool_create\n", "vdev_attach\n", "resilver_start\n", "resilver_finish\n", "statechange\n",
       "statechange\n", "vdev_online\n", "resilver_start\n", "resilver_finish\n", "scrub_start\n",
       "scrub_finish\n", "vdev_remove", "trim_start\n", "trim_finish\n", "pool_reguid\n",
       "pool_export\n", "config_sync\n", "pool_import\n", "pool_destroy\n"}));
}

TEST_F(Events, NameTheirPoolAndDeviceAndCountFromOne) {
  const std::string a = engine.disk("a");
  engine.expect("zpool create tank mirror " + a + " " + engine.disk("b") +
                " && zpool offline tank " + a);
  const std::string all = engine.expect("zpool events -v");
  EXPECT_TRUE(in_order(all, {"pool_create", "pool = \"tank\"", "eid = 0x1\n", "history_event",
                             "eid = 0x2\n", "resource.fs.zfs.statechange",
                             "vdev_state = \"OFFLINE\"", "vdev_path = \"" + a + "\""}));
  EXPECT_EQ(engine.expect(python("events = Reader().rest()\n"
                                 "print([e['eid'] for e in events] == "
                                 "list(range(1, len(events) + 1)), len(events) > 10)\n")),
            "True True");
}

TEST_F(Events, CarryTheHistory) {
  create_pool();
  engine.expect("zfs create tank/named && zfs snapshot tank/named@snapshot");
  EXPECT_EQ(
      engine.expect(python(
          "for e in Reader().rest():\n"
          "    if e.get('history_internal_name') == 'snapshot':\n"
          "        print(e['class'], e['pool'], e['history_dsname'], e['history_txg'] > 0)\n")),
      "sysevent.fs.zfs.history_event tank tank/named@snapshot True");
}

TEST_F(Events, OfChecksumErrorsSayWhereAndWhatWasExpected) {
  const std::string disk = engine.disk("a", 64u << 20);
  engine.expect("zpool create -O compression=off tank " + disk +
                " && zfs create -b 8K -V 8M tank/v");
  engine.write("tank/v");
  const std::string piece =
      run_plain((source_directory() / "userland/zfs-data").string() + " read tank/v --length 512")
          .output;
  engine.expect("zpool export tank");
  std::ostringstream all;
  all << std::ifstream(disk, std::ios::binary).rdbuf();
  const std::size_t place = all.str().find(piece);
  ASSERT_NE(place, std::string::npos);
  std::fstream(disk, std::ios::in | std::ios::out | std::ios::binary)
          .seekp(static_cast<std::streamoff>(place))
      << "something else";
  engine.expect("zpool import -d " + engine.directory().string() + " tank && zpool scrub -w tank");
  EXPECT_EQ(engine.expect(python("for e in Reader().rest():\n"
                                 "    if e['class'] == 'ereport.fs.zfs.checksum':\n"
                                 "        print(e['vdev_path'], e['zio_object'], e['zio_size'],"
                                 " e['cksum_algorithm'])\n"
                                 "    if e['class'] == 'ereport.fs.zfs.data':\n"
                                 "        print(e['pool'], e['zio_object'])\n")),
            "tank 1\n" + disk + " 1 8192 fletcher4");
}

TEST_F(Events, WaitForNobodyWhoDoesNotWant) {
  EXPECT_EQ(engine.expect(python("print(Reader().next())\n")), "ENOENT");
  EXPECT_EQ(engine.expect("zpool events -H"), "");
}

TEST_F(Events, ThatDoNotFitStayAndSayHowMuchRoomTheyNeed) {
  create_pool();
  EXPECT_EQ(engine.expect(python("reader = Reader()\n"
                                 "print(reader.next(room=64))\n"
                                 "command = Command(cleanup_fd=reader.device, dst=8, dst_size=1)\n"
                                 "print(command.run(reader.device, EVENTS_NEXT))\n"
                                 "print(reader.next(room=command.dst_size)['eid'])\n")),
            "ENOMEM\nENOMEM\n1");
}

TEST_F(Events, AreSoughtByTheirNumbers) {
  create_pool();
  EXPECT_EQ(
      engine.expect(python("reader = Reader()\n"
                           "last = reader.rest()[-1]['eid']\n"
                           "print(repr(reader.seek(5)), reader.next()['eid'])\n"
                           "print(reader.seek(last + 1), reader.next()['eid'])\n"
                           "print(repr(reader.seek(0)), reader.next()['eid'])\n"
                           "print(repr(reader.seek(2**64 - 1)), reader.next())\n"
                           "print(Command(cleanup_fd=1).run(reader.device, EVENTS_SEEK))\n"
                           "print(Command(cleanup_fd=99).run(reader.device, EVENTS_NEXT))\n")),
      "'' 6\nENOENT 7\n'' 1\n'' ENOENT\nEBADF\nEBADF");
}

TEST_F(Events, KeepAPlaceForEachOpenDescription) {
  create_pool();
  EXPECT_EQ(engine.expect(python("one = Reader()\n"
                                 "same = Reader(os.dup(one.device))\n"
                                 "other = Reader()\n"
                                 "print(one.next()['eid'], same.next()['eid'], one.next()['eid'],"
                                 " other.next()['eid'])\n")),
            "1 2 3 1");
}

TEST_F(Events, ClearedAreGoneForAllAndReadersHearThatTheyMissedSome) {
  create_pool();
  EXPECT_EQ(engine.expect(python("reader = Reader()\n"
                                 "count = len(Reader().rest())\n"
                                 "print(reader.next()['dropped'])\n"
                                 "print(clear_events() == count, Reader().next(), reader.next())\n"
                                 "os.system('zpool scrub -w tank')\n"
                                 "print([e['dropped'] for e in reader.rest()][:2])\n"
                                 "print(Reader().next()['eid'] == count + 1)\n")),
            "0\nTrue ENOENT ENOENT\n[1, 0]\nTrue");
  EXPECT_EQ(engine.expect("zpool events -c").substr(0, 7), "cleared");
  EXPECT_EQ(engine.expect("zpool events -H"), "");
}

TEST_F(Events, ThatAreTooManyPushOutTheOldest) {
  create_pool();
  const std::string script = engine.directory() / "many.lua";
  std::ofstream(script) << "for i = 1, 600 do zfs.sync.set_prop('tank', 'an:y', '' .. i) end\n";
  EXPECT_EQ(engine.expect(python("reader = Reader()\n"
                                 "reader.next()\n"
                                 "os.system('zfs program -t 100000000 tank " +
                                 script +
                                 " > /dev/null')\n"
                                 "kept = reader.rest()\n"
                                 "print(len(kept), kept[0]['dropped'], kept[1]['dropped'])\n"
                                 "print(kept[-1]['eid'] - kept[0]['eid'], kept[0]['eid'] > 1)\n")),
            "512 1 0\n511 True");
}

TEST_F(Events, ReachAReaderThatWaits) {
  create_pool();
  int output = -1;
  const pid_t client = engine.spawn(python("reader = Reader()\n"
                                           "reader.seek(2**64 - 1)\n"
                                           "print('waits', flush=True)\n"
                                           "while True:\n"
                                           "    event = reader.next(0)\n"
                                           "    print(event['class'], flush=True)\n"
                                           "    if 'scrub_finish' in event['class']: break\n"),
                                    &output);
  EXPECT_EQ(read_line(output), "waits");
  engine.expect("zpool scrub -w tank");
  std::string seen;
  for (std::string line; !(line = read_line(output)).empty();) seen += line + "\n";
  EXPECT_EQ(wait_for(client), 0);
  close(output);
  EXPECT_TRUE(in_order(seen, {"scrub_start", "scrub_finish"}));
}

TEST_F(Events, AreFollowedByTheStockTool) {
  create_pool();
  int output = -1;
  const pid_t client = engine.spawn("stdbuf -oL zpool events -f -H tank", &output);
  while (read_line(output).find("pool_create") == std::string::npos) continue;
  engine.expect("zpool scrub -w tank");
  while (read_line(output).find("scrub_finish") == std::string::npos) continue;
  kill(client, SIGINT);
  EXPECT_EQ(wait_for(client), 128 + SIGINT);
  close(output);
}

TEST_F(Events, ASignalEndsAWait) {
  EXPECT_EQ(engine.expect(python("signal.signal(signal.SIGALRM, lambda *a: None)\n"
                                 "signal.setitimer(signal.ITIMER_REAL, 0.3)\n"
                                 "print(Reader().next(0))\n")),
            "EINTR");
}

TEST_F(Events, LeaveNoThreadOfAReaderThatIsKilled) {
  create_pool();
  const std::size_t threads = engine.threads();
  const std::size_t descriptors = engine.descriptors();
  int output = -1;
  const pid_t client = engine.spawn(python("reader = Reader()\n"
                                           "reader.seek(2**64 - 1)\n"
                                           "print('waits', flush=True)\n"
                                           "reader.next(0)\n"),
                                    &output);
  EXPECT_EQ(read_line(output), "waits");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  kill(client, SIGKILL);
  wait_for(client);
  close(output);
  EXPECT_TRUE(engine.threads_return_to(threads));
  EXPECT_TRUE(engine.descriptors_return_to(descriptors));
  // The place that the dead reader had in the ring is not looked at any more.
  engine.expect("zpool events -c && zpool scrub -w tank");
  EXPECT_TRUE(in_order(classes(), {"scrub_start", "scrub_finish"}));
}

TEST_F(Events, TellAReaderThatTheServerEnds) {
  create_pool();
  int output = -1;
  const pid_t client = engine.spawn(python("reader = Reader()\n"
                                           "reader.seek(2**64 - 1)\n"
                                           "print('waits', flush=True)\n"
                                           "print(reader.next(0), flush=True)\n"),
                                    &output);
  EXPECT_EQ(read_line(output), "waits");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(engine.stop(SIGTERM), 0);
  EXPECT_EQ(read_line(output), "EIO");
  EXPECT_EQ(wait_for(client), 0);
  close(output);
  engine.start();
  EXPECT_EQ(engine.expect(python("print(Reader().next())\n")), "ENOENT");
}

}  // namespace
}  // namespace userland
