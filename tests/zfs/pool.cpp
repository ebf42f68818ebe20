#include "pool.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "model/feature_table.hpp"
#include "zfs/pool.hpp"
#include "zfs/vdev_tree.hpp"

namespace zfsrest::zfs {

void make_pool(Device& device, const std::string& name, std::uintmax_t disk_bytes) {
  const char* directory = std::getenv("ZFSREST_TEST_DIR");
  ASSERT_NE(directory, nullptr) << "tests/run-zfs runs this program";
  const std::string disk = std::string(directory) + "/" + name + ".disk";
  ::close(::open(disk.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  std::filesystem::resize_file(disk, disk_bytes);
  model::VdevLayout layout;
  layout.data.push_back(model::FileVdev{model::DevicePath::parse(disk).value()});
  const Handle handle = device.open().value();
  const auto features = model::features_of(model::oldest_release);
  const auto created = create_pool(handle, {.name = name,
                                            .tree = tree_of(layout, {}, {}),
                                            .features = {features.begin(), features.end()}});
  ASSERT_TRUE(created.ok()) << created.error().os_errno;
}

WrappingKey key_of(char byte) {
  os::Secret bytes(model::wrapping_key_bytes);
  std::ranges::fill(bytes.room(), byte);
  return {.format = model::KeyFormat::raw, .stretching = {}, .bytes = bytes};
}

NvList encryption() {
  constexpr std::uint64_t on = 1;
  NvList properties;
  add_key_properties(key_of('k'), properties);
  properties.add_text("keylocation", "prompt");
  properties.add_u64("encryption", on);
  return properties;
}

}  // namespace zfsrest::zfs
