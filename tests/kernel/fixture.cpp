#include "fixture.hpp"

#include <cstdlib>

#include "userland/engine.hpp"

namespace zfsrest::kernel {

std::string shell(const std::string& command) {
  userland::Outcome outcome = userland::run_plain("PATH=$PATH:/usr/sbin:/sbin; " + command);
  EXPECT_EQ(outcome.status, 0) << command << "\n" << outcome.output;
  if (outcome.output.ends_with('\n')) outcome.output.pop_back();
  return outcome.output;
}

bool succeeds(const std::string& command) {
  return userland::run_plain("PATH=$PATH:/usr/sbin:/sbin; " + command).status == 0;
}

Disk::Disk(int number)
    : name_("disk" + std::to_string(number)), path_("/dev/disk/by-id/virtio-" + name_) {
  shell("blkdiscard -f " + path_ + " && blockdev --rereadpt " + path_ + " && udevadm settle");
}

void Disk::ask_host(const std::string& verb) const {
  shell("ask-host " + verb + " " + name_);
}
void Disk::pull() const {
  ask_host("pull");
  EXPECT_TRUE(eventually([&] { return !succeeds("test -e " + path_); }));
}
void Disk::plug() const {
  ask_host("plug");
  EXPECT_TRUE(eventually([&] { return succeeds("test -b " + path_); }));
  shell("udevadm settle");
}
void Disk::freeze() const {
  ask_host("freeze");
}
void Disk::thaw() const {
  ask_host("thaw");
}

void Frozen::thaw() {
  if (!std::exchange(is_thawed_, true)) disk_.thaw();
}

Daemon::Daemon(faults::Environment settings)
    : faults::Daemon("./zfsrestd", [&] {
        settings.emplace("ZFSREST_ENGINE", "kernel");
        return std::move(settings);
      }()) {}

json::Value Daemon::expect(int status, const std::string& method, const std::string& target,
                           const json::Value& body) const {
  const Answer answer = begin(method, target, body).read_answer();
  EXPECT_EQ(answer.status, status) << method << " " << target << "\n" << answer.body << log();
  auto parsed = json::parse(answer.body);
  return parsed.ok() ? std::move(parsed).value() : json::Value(json::Object{});
}

faults::Connection Daemon::begin(const std::string& method, const std::string& target,
                                 const json::Value& body) const {
  faults::Connection connection(tcp());
  connection.send({.method = method,
                   .target = target,
                   .body = body.is_null() ? "" : json::serialize(body),
                   .fields = authorization() + "Prefer: wait=300\r\n"});
  return connection;
}

Pool::Pool(const Daemon& daemon, std::string name, const std::vector<const Disk*>& disks,
           const json::Object& filesystem_properties)
    : name_(std::move(name)) {
  json::Array data;
  for (const Disk* disk : disks) data.push_back(disk->vdev());
  daemon.expect(201, "POST", "/v1/pools",
                {{"name", name_},
                 {"vdevs", {{"data", data}}},
                 {"filesystem_properties", filesystem_properties}});
}

Pool::~Pool() {
  if (succeeds("zpool list " + name_)) shell("zpool destroy -f " + name_);
}

std::string text_of(const json::Value& value) {
  return value.is_string() ? std::string(json::view(value.get_string())) : json::serialize(value);
}

}  // namespace zfsrest::kernel
