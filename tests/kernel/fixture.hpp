// What tests of the kernel's ZFS work on: a guest with empty disks that can be pulled out of it,
// and daemons of their own. They run as root in a guest of tests/kernel/guest, and nowhere else.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "faults/daemon.hpp"
#include "json/value.hpp"

namespace zfsrest::kernel {

using faults::Answer;
using faults::eventually;

// Runs a shell command line that must succeed; what it printed, both streams, without the last
// newline.
std::string shell(const std::string& command);
// Whether it succeeds.
bool succeeds(const std::string& command);

// One of the guest's disks, numbered from 1, emptied when the object is made.
class Disk {
 public:
  explicit Disk(int number);
  const std::string& path() const { return path_; }
  std::string partition() const { return path_ + "-part1"; }
  json::Value vdev() const { return json::Object{{"type", "disk"}, {"path", path_}}; }

  // Out of the guest, and into it again; without answering, and going on.
  void pull() const;
  void plug() const;
  void freeze() const;
  void thaw() const;

 private:
  void ask_host(const std::string& verb) const;

  std::string name_;
  std::string path_;
};

// Stops answering as long as this lives.
class Frozen {
 public:
  explicit Frozen(const Disk& disk) : disk_(disk) { disk_.freeze(); }
  ~Frozen() { thaw(); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;
  void thaw();

 private:
  const Disk& disk_;
  bool is_thawed_ = false;
};

// A daemon on the kernel's ZFS, with answers as JSON.
class Daemon : public faults::Daemon {
 public:
  explicit Daemon(faults::Environment settings = {});

  // The answer to a request that must be answered with this status.
  json::Value expect(int status, const std::string& method, const std::string& target,
                     const json::Value& body = {}) const;
  json::Value status_of(const std::string& pool) const {
    return expect(200, "GET", "/v1/pools/" + pool + "/status");
  }
  // Sends a request and leaves the answer to be read.
  faults::Connection begin(const std::string& method, const std::string& target,
                           const json::Value& body = {}) const;
};

// A pool that is destroyed with the object, by the stock tools.
class Pool {
 public:
  Pool(const Daemon& daemon, std::string name, const std::vector<const Disk*>& disks,
       const json::Object& filesystem_properties = {});
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

 private:
  std::string name_;
};

std::string text_of(const json::Value& value);

}  // namespace zfsrest::kernel
