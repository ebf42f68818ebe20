// Tests of a running daemon over its sockets, on whatever engine it has:
//   ZFSREST_TEST_SOCKET   its Unix socket
//   ZFSREST_TEST_URL      where it serves TCP, http://127.0.0.1:8642
//   ZFSREST_TEST_TOKEN    the file with the administrator's token
//   ZFSREST_TEST_DIR      a directory in which file vdevs may be made
//   ZFSREST_TEST_ENGINE   userland or kernel
//   ZFSREST_TEST_OPENZFS  the version of the running OpenZFS, as the daemon says it
//   ZFSREST_TEST_ORACLE   the command, perhaps empty, that runs stock tools on that engine; unset
//   if
//                         there are none
//   ZFSREST_TEST_DATA     the command that writes and reads the contents of volumes; unset if there
//                         is none
//   ZFSREST_TEST_IOCTLS   a file with a line for each ioctl of ZFS; unset if nobody writes it
//   ZFSREST_TEST_OUTCOMES a file that gets how each operation was answered
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "api/client.hpp"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (const char* name : {"ZFSREST_TEST_SOCKET", "ZFSREST_TEST_URL", "ZFSREST_TEST_TOKEN",
                           "ZFSREST_TEST_DIR", "ZFSREST_TEST_ENGINE", "ZFSREST_TEST_OPENZFS"}) {
    if (std::getenv(name) || testing::GTEST_FLAG(list_tests)) continue;
    std::cerr << "api_test: " << name << " is not set; tests/run-api starts a daemon and sets it\n";
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const int status = RUN_ALL_TESTS();
  if (const std::string path = zfsrest::test::variable("ZFSREST_TEST_OUTCOMES"); !path.empty())
    zfsrest::test::write_outcomes(path);
  return status;
}
