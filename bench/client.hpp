// What the clients of the benchmarks have in common: where they connect to, and how they fail.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

[[noreturn]] inline void fail(std::string_view what) {
  std::cerr << program_invocation_short_name << ": " << what << ": " << std::strerror(errno)
            << "\n";
  std::exit(1);
}

// What a call returned, if it is no error.
template <class T>
T check(T result, std::string_view what) {
  if (result < 0) fail(what);
  return result;
}

template <class Address>
int connect_to(const Address& address) {
  const int to = check(
      ::socket(reinterpret_cast<const sockaddr&>(address).sa_family, SOCK_STREAM, 0), "socket");
  check(::connect(to, reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
  return to;
}

// WHERE is the path of a Unix socket or a port of 127.0.0.1.
inline int connect_to(const std::string& where) {
  if (where.starts_with('/')) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    where.copy(address.sun_path, sizeof address.sun_path - 1);
    return connect_to(address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(where)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect_to(address);
}

// With the token of the file that ZFSREST_TOKEN names, which TCP needs.
inline std::string token_field() {
  const char* path = std::getenv("ZFSREST_TOKEN");
  if (!path) return {};
  std::string token;
  std::getline(std::ifstream(path), token);
  return "Authorization: Bearer " + token + "\r\n";
}
