#include "zfs/foreign_nvlist.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace zfsrest::zfs {
namespace {

// The second byte of a native list.
constexpr char own_byte_order = std::endian::native == std::endian::little ? 1 : 0;

// Types of pairs, as both forms number them.
constexpr std::int32_t type_flag = 1;
constexpr std::int32_t first_number = 2;  // a byte, and numbers of other widths
constexpr std::int32_t last_number = 8;
constexpr std::int32_t type_text = 9;
constexpr std::int32_t type_numbers = 16;

// What stands before the name and the value of a pair in native form.
struct PairHead {
  std::int32_t bytes;  // of the pair as a whole
  std::int16_t name_bytes;
  std::int16_t reserved;
  std::int32_t count;
  std::int32_t type;
};
static_assert(sizeof(PairHead) == 16);

constexpr std::size_t align(std::size_t bytes) {
  constexpr std::size_t step = 8;
  return (bytes + step - 1) / step * step;
}

// A text that ends within its bytes.
bool ends(std::string_view bytes) {
  return bytes.find('\0') != std::string_view::npos;
}

bool is_sound(const PairHead& head, std::string_view pair) {
  if (head.name_bytes <= 0 || head.count < 0) return false;
  const auto name_bytes = static_cast<std::size_t>(head.name_bytes);
  const std::size_t value_at = align(sizeof(head) + name_bytes);
  if (value_at > pair.size()) return false;
  const std::string_view name = pair.substr(sizeof(head), name_bytes);
  // It ends where it says that it does.
  if (name.find('\0') != name_bytes - 1) return false;
  const std::string_view value = pair.substr(value_at);
  const auto count = static_cast<std::size_t>(head.count);
  if (head.type >= first_number && head.type <= last_number)
    return count == 1 && value.size() >= sizeof(std::uint64_t);
  switch (head.type) {
    case type_flag:
      return count == 0;
    case type_text:
      return count == 1 && ends(value);
    case type_numbers:
      return count <= value.size() / sizeof(std::uint64_t);
    default:
      return false;
  }
}

// Whether every pair lies within the bytes, and they end as they must.
bool is_sound_native(std::string_view bytes) {
  constexpr std::size_t list_head_bytes = 12;  // the encoding, the version, the flags
  if (bytes.size() < list_head_bytes || bytes[1] != own_byte_order) return false;
  bytes.remove_prefix(list_head_bytes);
  while (true) {
    std::int32_t size = 0;
    if (bytes.size() < sizeof(size)) return false;
    std::memcpy(&size, bytes.data(), sizeof(size));
    if (size == 0) return true;
    PairHead head{};
    if (size < static_cast<std::int32_t>(sizeof(head)) ||
        static_cast<std::size_t>(size) > bytes.size() || size % 8 != 0)
      return false;
    std::memcpy(&head, bytes.data(), sizeof(head));
    if (!is_sound(head, bytes.substr(0, static_cast<std::size_t>(size)))) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace

std::optional<NvList> unpack_foreign(std::span<const char> bytes) {
  if (bytes.empty()) return {};
  const bool is_sound = bytes.front() == xdr_encoding ||
                        (bytes.front() == native_encoding &&
                         is_sound_native(std::string_view(bytes.data(), bytes.size())));
  if (!is_sound) return {};
  return NvList::unpack(bytes);
}

}  // namespace zfsrest::zfs
