#include "zfs/label.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <optional>
#include <span>
#include <tuple>

#include "os/fd.hpp"
#include "zfs/foreign_nvlist.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {
namespace {

// A label is 256 KiB long; there are two at the start and two at the end of the device, whose size
// counts in whole labels. In each, a packed nvlist begins at 16 KiB. It has 112 KiB, of which the
// last 40 bytes are a checksum. That one is not verified: a label with a wrong checksum is a
// damaged pool, and a damaged pool is still somebody's.
constexpr std::uint64_t label_bytes = 256ULL * 1024;
constexpr std::uint64_t list_offset = 16ULL * 1024;
constexpr std::size_t list_bytes = 112ULL * 1024 - 40;

// Of pool_state in a label; larger numbers live in memory only.
std::optional<PoolLabel::State> find_state(std::uint64_t number) {
  switch (number) {
    case 0:
      return PoolLabel::State::active;
    case 1:
      return PoolLabel::State::exported;
    case 2:
      return PoolLabel::State::destroyed;
    case 3:
      return PoolLabel::State::spare;
    case 4:
      return PoolLabel::State::l2cache;
    default:
      return std::nullopt;
  }
}

std::optional<PoolLabel> find_label(std::span<const char> bytes) {
  // Labels are always XDR, which any machine can read; the native form is no label, and unpacking
  // it is the riskier thing to do with bytes that we did not write.
  if (bytes.empty() || bytes.front() != xdr_encoding) return std::nullopt;
  const std::optional<NvList> list = unpack_foreign(bytes);
  if (!list) return std::nullopt;
  const NvView view = list->view();
  const auto state = find_state(view.u64("state").value_or(UINT64_MAX));
  const std::uint64_t vdev_guid = view.u64("guid").value_or(0);
  if (!state || vdev_guid == 0) return std::nullopt;

  PoolLabel label{.vdev_guid = vdev_guid, .state = *state};
  if (*state == PoolLabel::State::spare || *state == PoolLabel::State::l2cache) return label;
  label.pool = view.text("name").value_or("");
  label.pool_guid = view.u64("pool_guid").value_or(0);
  label.txg = view.u64("txg").value_or(0);
  // The first sync of a pool writes a label with its number; until then, and again after the device
  // has left the pool, the number is 0, and ZFS itself does not look at such a label.
  if (label.txg == 0) label.state = PoolLabel::State::unused;
  return label;
}

// The four labels of a device are not written at once; of those of one vdev the newest speaks, and
// of equally new ones the one that claims the device.
void keep_newest(std::vector<PoolLabel>& labels, PoolLabel label) {
  const auto known = std::ranges::find(labels, label.vdev_guid, &PoolLabel::vdev_guid);
  if (known == labels.end()) {
    labels.push_back(std::move(label));
    return;
  }
  const auto rank = [](const PoolLabel& l) { return std::tuple(l.txg, !is_free_to_take(l)); };
  if (rank(*known) < rank(label)) *known = std::move(label);
}

// As many bytes as there are, up to all that `buffer` holds.
Result<std::size_t> read_at(int fd, std::span<char> buffer, std::uint64_t offset) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t got = ::pread(fd, buffer.data() + filled, buffer.size() - filled,
                                static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os::last_error("label");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace

Result<std::vector<PoolLabel>> read_labels(int fd, Extent vdev) {
  const std::uint64_t end = vdev.bytes / label_bytes * label_bytes;
  std::vector<PoolLabel> labels;
  if (end < 4 * label_bytes) return labels;
  std::vector<char> buffer(list_bytes);
  for (const std::uint64_t start :
       {std::uint64_t{0}, label_bytes, end - 2 * label_bytes, end - label_bytes}) {
    const std::size_t filled = TRY(read_at(fd, buffer, vdev.offset_bytes + start + list_offset));
    if (auto label = find_label(std::span(buffer).first(filled)))
      keep_newest(labels, std::move(*label));
  }
  return labels;
}

bool is_free_to_take(const PoolLabel& label) {
  // A destroyed pool's devices are free, as they are for `zpool create` without -f: whoever
  // destroyed the pool has said so. Until they are taken, the pool can still be brought back.
  return label.state == PoolLabel::State::destroyed || label.state == PoolLabel::State::unused;
}

}  // namespace zfsrest::zfs
