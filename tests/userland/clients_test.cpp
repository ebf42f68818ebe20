#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "../../userland/common/protocol.h"
#include "fixture.hpp"

namespace userland {
namespace {

class Clients : public OnTank {
 protected:
  // The text of a Python program with libzfs_core at hand, as a command.
  static std::string python(const std::string& name, const std::string& text) {
    const std::string path = engine().directory() / ("client_" + name + ".py");
    std::ofstream(path)
        << "import libzfs_core as lzc, fcntl, os, sys, time, errno, signal, threading\n"
        << text;
    // Some of them fork with threads, of which newer Pythons warn.
    return "/usr/bin/python3 -W ignore::DeprecationWarning " + path;
  }

  static void wait_until_blocked() { std::this_thread::sleep_for(std::chrono::milliseconds(400)); }

  // A client that says what follows the hello, if anything.
  static int connect_raw() {
    const int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = engine().socket();
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return descriptor;
  }

  // Whether the server took the hello; it ends the connection of one that it refuses.
  static bool say_hello(int client, std::uint32_t kind, std::uint64_t cookie) {
    zfs_userland_message message{};
    message.kind = kind;
    message.version = ZFS_USERLAND_VERSION;
    message.cookie = cookie;
    return send(client, &message, sizeof(message), MSG_NOSIGNAL) == sizeof(message) &&
           recv(client, &message, sizeof(message), 0) == sizeof(message) &&
           message.kind == ZU_ANSWER && message.error == 0;
  }
};

TEST_F(Clients, ThroughPyzfsSnapshotListAndDestroy) {
  expect("zfs create tank/py");
  EXPECT_EQ(expect(python(
                "py",
                "lzc.lzc_snapshot([b'tank/py@1', b'tank@1'])\n"
                "print(lzc.lzc_exists(b'tank/py@1'), lzc.lzc_exists(b'tank/py@2'))\n"
                "try: lzc.lzc_snapshot([b'tank/py@1', b'tank/none@1'])\n"
                "except lzc.exceptions.SnapshotFailure as e: print([x.name for x in e.errors])\n"
                "lzc.lzc_destroy_snaps([b'tank/py@1', b'tank@1'], False)\n"
                "print(lzc.lzc_exists(b'tank/py@1'))\n")),
            "True False\n[b'tank/none@1']\nFalse");
}

TEST_F(Clients, AreToldWhatIsNoRequest) {
  EXPECT_EQ(expect(python(
                "absent",
                "f = os.open('/dev/zfs', os.O_RDWR)\n"
                "def code(request, name=b'tank'):\n"
                "    try: fcntl.ioctl(f, request, bytearray(name.ljust(13744, b'\\0'))); return 0\n"
                "    except OSError as e: return e.errno\n"
                "print(code(0x5a70), code(0x5aff), code(0x5a12))\n")),
            "1029 1029 0");
}

TEST_F(Clients, GetEfaultForMemoryThatIsNotThere) {
  EXPECT_EQ(
      expect(python(
          "efault",
          "import struct, ctypes\n"
          "f = os.open('/dev/zfs', os.O_RDWR)\n"
          "libc = ctypes.CDLL(None, use_errno=True)\n"
          "print(libc.ioctl(f, ctypes.c_ulong(0x5a12), ctypes.c_void_p(8)), ctypes.get_errno())\n"
          "c = bytearray(13744); c[0:4] = b'tank'; struct.pack_into('QQ', c, 4096, 16, 64)\n"
          "try: fcntl.ioctl(f, 0x5a23, c)\n"
          "except OSError as e: print(e.errno)\n"
          "c = bytearray(13744); struct.pack_into('QQ', c, 4112, 16, 1 << 20)\n"
          "try: fcntl.ioctl(f, 0x5a04, c)\n"
          "except OSError as e: print(e.errno)\n")),
      "-1 14\n14\n14");
}

TEST_F(Clients, HoldsOnACleanupDescriptorGoWithTheClientThatIsKilled) {
  expect("zfs create tank/hold && zfs snapshot tank/hold@1");
  int output = -1;
  const pid_t client = engine().spawn(python("hold",
                                             "f = os.open('/dev/zfs', os.O_RDWR | os.O_EXCL)\n"
                                             "lzc.lzc_hold({b'tank/hold@1': b'temporary'}, f)\n"
                                             "print('held', flush=True)\n"
                                             "time.sleep(60)\n"),
                                      &output);
  EXPECT_EQ(read_line(output), "held");
  EXPECT_NE(expect("zfs holds -H tank/hold@1").find("temporary"), std::string::npos);
  kill(client, SIGKILL);
  wait_for(client);
  close(output);
  for (int i = 0; i < 50 && !expect("zfs holds -H tank/hold@1").empty(); i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(expect("zfs holds -H tank/hold@1"), "");
  expect("zfs destroy tank/hold@1");
}

TEST_F(Clients, HoldsStayWhileADuplicateIsOpenAndAreGoneWhenTheLastIsClosed) {
  expect("zfs create tank/dup && zfs snapshot tank/dup@1");
  EXPECT_EQ(expect(python("dup",
                          "f = os.open('/dev/zfs', os.O_RDWR)\n"
                          "d = os.dup(f)\n"
                          "lzc.lzc_hold({b'tank/dup@1': b'temporary'}, f)\n"
                          "os.close(f); time.sleep(0.2)\n"
                          "print(len(lzc.lzc_get_holds(b'tank/dup@1')))\n"
                          "os.close(d)\n"
                          "print(len(lzc.lzc_get_holds(b'tank/dup@1')))\n")),
            "1\n0");
}

TEST_F(Clients, KilledWhileTheyWaitLeaveNoThread) {
  const std::size_t before = engine().threads();
  expect("zpool trim -r 1 tank");
  int output = -1;
  const pid_t client = engine().spawn("zpool wait -t trim tank", &output);
  wait_until_blocked();
  kill(client, SIGKILL);
  wait_for(client);
  close(output);
  expect("zpool trim -c tank && zpool sync");
  EXPECT_TRUE(engine().threads_return_to(before))
      << engine().threads() << " threads, before " << before;
}

TEST_F(Clients, KilledWhileTheySendIntoAFullPipeLeaveNoThread) {
  expect("zfs create -s -V 16M tank/full");
  engine().write("tank/full");
  expect("zfs snapshot tank/full@1");
  const std::size_t before = engine().threads();
  int output = -1;
  const pid_t client = engine().spawn("zfs send tank/full@1", &output);
  wait_until_blocked();
  kill(client, SIGKILL);
  wait_for(client);
  EXPECT_TRUE(engine().threads_return_to(before))
      << engine().threads() << " threads, before " << before;
  close(output);
  expect("zfs destroy tank/full@1");
}

TEST_F(Clients, ASignalEndsAnIoctlThatCanBeEnded) {
  expect("zfs create -s -V 16M tank/signal");
  engine().write("tank/signal");
  expect("zfs snapshot tank/signal@1");
  EXPECT_EQ(expect(python("signal",
                          "signal.signal(signal.SIGALRM, lambda *a: None)\n"
                          "signal.siginterrupt(signal.SIGALRM, False)\n"
                          "r, w = os.pipe()\n"
                          "signal.setitimer(signal.ITIMER_REAL, 0.3)\n"
                          "try: lzc.lzc_send(b'tank/signal@1', None, w)\n"
                          "except lzc.exceptions.ZFSError as e: print(errno.errorcode[e.errno])\n"
                          "print(lzc.lzc_exists(b'tank/signal@1'))\n")),
            "EINTR\nTrue");
}

TEST_F(Clients, MayForkAndUseManyThreads) {
  EXPECT_EQ(
      expect(python(
          "fork",
          "good = []\n"
          "def look():\n"
          "    for i in range(50): good.append(lzc.lzc_exists(b'tank'))\n"
          "look()\n"
          "threads = [threading.Thread(target=look) for i in range(8)]\n"
          "for t in threads: t.start()\n"
          "child = os.fork()\n"
          "if child == 0:\n"
          "    os._exit(0 if lzc.lzc_exists(b'tank') and not lzc.lzc_exists(b'tank/none') else 1)\n"
          "print(os.waitpid(child, 0)[1])\n"
          "for t in threads: t.join()\n"
          "print(len(good), all(good))\n")),
      "0\n450 True");
}

TEST_F(Clients, MayCloseAllDescriptorsTheyDoNotKnow) {
  EXPECT_EQ(expect(python("closeall",
                          "lzc.lzc_exists(b'tank')\n"
                          "mine = [n for n in map(int, os.listdir('/proc/self/fd')) if n >= 500]\n"
                          "for n in mine: os.close(n); os.dup2(1, n)\n"
                          "print(lzc.lzc_exists(b'tank'), len(mine))\n")),
            "True 1");
}

TEST_F(Clients, ThatSpeakNonsenseAreDropped) {
  const std::size_t threads = engine().threads();
  const std::size_t descriptors = engine().descriptors();
  std::array<char, 200000> garbage{};
  unsigned state = 1;
  for (char& each : garbage) each = static_cast<char>((state = state * 1103515245 + 12345) >> 16);
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{39}, std::size_t{40},
                                   std::size_t{41}, std::size_t{20000}, std::size_t{100000}}) {
    const int client = connect_raw();
    send(client, garbage.data(), length, MSG_NOSIGNAL);
    std::array<char, 64> answer{};
    EXPECT_LE(recv(client, answer.data(), answer.size(), 0), 40) << length;
    close(client);
  }
  // A proper hello for a channel and for data, and then nonsense of every length.
  for (const std::uint32_t kind : {ZU_HELLO_CHANNEL, ZU_HELLO_DATA}) {
    for (std::size_t length = 1; length < garbage.size(); length = length * 3 + 1) {
      const int client = connect_raw();
      ASSERT_TRUE(say_hello(client, kind, 0));
      send(client, garbage.data(), length, MSG_NOSIGNAL);
      send(client, garbage.data(), length, MSG_NOSIGNAL);
      close(client);
    }
  }
  EXPECT_TRUE(engine().threads_return_to(threads));
  EXPECT_EQ(expect("zpool list -H -o health tank"), "ONLINE");
  EXPECT_LE(engine().descriptors(), descriptors + 2);
}

TEST_F(Clients, WhoDoNotAnswerTheServerEndWithTheirConnection) {
  const std::size_t threads = engine().threads();
  const int device = connect_raw();
  const int channel = connect_raw();
  // The cookie is any number that both connections name.
  const std::uint64_t cookie = 0x123456789abcdef;
  ASSERT_TRUE(say_hello(device, ZU_HELLO_DEVICE, cookie));
  ASSERT_TRUE(say_hello(channel, ZU_HELLO_CHANNEL, cookie));
  struct {
    zfs_userland_message head;
    std::array<char, ZFS_USERLAND_CMD_BYTES> cmd;
  } message{};
  message.head.kind = ZU_IOCTL;
  message.head.request = 0x5a23;
  message.head.cookie = cookie;
  std::string("tank").copy(message.cmd.data(), 5);
  const std::array<std::uint64_t, 2> source{4096, 1000};
  std::copy_n(reinterpret_cast<const char*>(source.data()), sizeof(source),
              message.cmd.data() + 4096);
  ASSERT_EQ(send(channel, &message, sizeof(message), MSG_NOSIGNAL),
            static_cast<ssize_t>(sizeof(message)));
  ASSERT_EQ(recv(channel, &message.head, sizeof(message.head), 0), 40);
  EXPECT_EQ(message.head.kind, ZU_READ) << "asks for memory";
  close(channel);
  close(device);
  EXPECT_TRUE(engine().threads_return_to(threads));
}

TEST_F(Clients, ByTheThousandLeaveNothingBehind) {
  const std::size_t threads = engine().threads();
  const std::size_t descriptors = engine().descriptors();
  EXPECT_EQ(expect(python("thousand",
                          "for i in range(3000): os.close(os.open('/dev/zfs', os.O_RDWR))\n"
                          "def look(): lzc.lzc_exists(b'tank')\n"
                          "for i in range(500):\n"
                          "    t = threading.Thread(target=look); t.start(); t.join()\n"
                          "many = [os.open('/dev/zfs', os.O_RDWR) for i in range(400)]\n"
                          "print(len(many))\n")),
            "400");
  EXPECT_TRUE(engine().threads_return_to(threads));
  for (int i = 0; i < 50 && engine().descriptors() > descriptors; i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LE(engine().descriptors(), descriptors);
}

TEST_F(Clients, BuiltWithASanitizerOrNoneUseTheDeviceFromThreadsAndChildren) {
  for (const char* kind : {"plain", "address", "thread"}) {
    const std::filesystem::path program =
        build_directory() / "userland" / (std::string("userland_client_") + kind);
    const Outcome outcome =
        run_plain("ZFS_USERLAND_SOCKET=" + engine().socket().string() + " LD_PRELOAD=" +
                  (build_directory() / "userland/libzfs-userland-preload.so").string() + " " +
                  program.string());
    EXPECT_EQ(outcome.status, 0) << kind << "\n" << outcome.output;
    EXPECT_EQ(outcome.output, "tank\n") << kind;
  }
}

}  // namespace
}  // namespace userland
