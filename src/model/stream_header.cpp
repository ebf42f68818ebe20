#include "model/stream_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "model/names.hpp"

namespace zfsrest::model {
namespace {

using Bytes312 = std::span<const char, stream_header_bytes>;

constexpr std::uint64_t magic = 0x2f5bacbac;
constexpr std::uint32_t record_begin = 0;

// Where the fields are; the name fills the rest.
constexpr std::size_t record_at = 0;
constexpr std::size_t list_bytes_at = 4;
constexpr std::size_t magic_at = 8;
constexpr std::size_t versioninfo_at = 16;
constexpr std::size_t creation_at = 24;
constexpr std::size_t type_at = 32;
constexpr std::size_t flags_at = 36;
constexpr std::size_t to_guid_at = 40;
constexpr std::size_t from_guid_at = 48;
constexpr std::size_t to_name_at = 56;

// The lowest two bits of the version are the kind of header, the others are features.
constexpr unsigned kind_bits = 2;
constexpr std::uint64_t kind_mask = 3;
constexpr std::uint64_t kind_single = 1;
constexpr std::uint64_t kind_package = 2;

constexpr std::uint64_t feature(unsigned bit) {
  return std::uint64_t{1} << bit;
}
constexpr std::uint64_t feature_dedup = feature(0);
constexpr std::uint64_t feature_embedded = feature(16);
constexpr std::uint64_t feature_large_blocks = feature(19);
constexpr std::uint64_t feature_resuming = feature(20);
constexpr std::uint64_t feature_redacted = feature(21);
constexpr std::uint64_t feature_compressed = feature(22);
constexpr std::uint64_t feature_raw = feature(24);

constexpr std::uint32_t flag_clone = 1;

// The list behind the record holds guids and what is known of a key. The kernel takes the length as
// it is, and allocates so much before it looks at the checksum; some builds of it panic at more
// than a block can have, or at a part of eight bytes that a stream which is not raw never has.
constexpr std::uint32_t most_list_bytes = 16U << 20;
constexpr std::uint32_t list_unit_bytes = 8;

// The last second that has a date with four digits for its year.
constexpr std::uint64_t last_second = 253'402'300'799;

constexpr std::uint32_t type_filesystem = 2;
constexpr std::uint32_t type_volume = 3;

enum class Order : std::uint8_t { native, swapped };

std::uint32_t swap(std::uint32_t number) {
  return __builtin_bswap32(number);
}
std::uint64_t swap(std::uint64_t number) {
  return __builtin_bswap64(number);
}

template <class Number>
Number number_at(Bytes312 bytes, std::size_t at, Order order) {
  Number number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return order == Order::swapped ? swap(number) : number;
}

Error refuse(std::string why) {
  return Error::of(Code::bad_stream, std::move(why));
}

Result<Order> order_of(Bytes312 bytes) {
  for (const Order order : {Order::native, Order::swapped})
    if (number_at<std::uint64_t>(bytes, magic_at, order) == magic &&
        number_at<std::uint32_t>(bytes, record_at, order) == record_begin)
      return order;
  return refuse("the body is no send stream: it does not begin as one");
}

Result<Nothing> check_kind(std::uint64_t versioninfo) {
  const std::uint64_t kind = versioninfo & kind_mask;
  if (kind == kind_package)
    return refuse(
        "the stream is a package, as `zfs send` makes with -R, -I, -p, -b or -h; send each "
        "snapshot as a stream of its own");
  if (kind != kind_single) return refuse("the stream is of a kind that OpenZFS does not know");
  if (versioninfo >> kind_bits & feature_dedup)
    return refuse(
        "the stream is deduplicated, which OpenZFS has not received since 2.0; `zstream redup` "
        "makes an ordinary stream of it");
  return Nothing{};
}

Result<Nothing> check_list(std::uint32_t list_bytes, bool is_raw) {
  if (list_bytes > most_list_bytes || (list_bytes % list_unit_bytes != 0 && !is_raw))
    return refuse(fmt::format("the stream is damaged: no list of {} bytes follows its first record",
                              list_bytes));
  return Nothing{};
}

Result<Time> time_of(std::uint64_t seconds) {
  if (seconds > last_second)
    return refuse("the stream is damaged: its snapshot would be made after the year 9999");
  Time time;
  time.seconds = static_cast<decltype(time.seconds)>(seconds);
  return time;
}

Result<DatasetType> type_of(std::uint32_t number) {
  if (number == type_filesystem) return DatasetType::filesystem;
  if (number == type_volume) return DatasetType::volume;
  return refuse("the stream is neither of a file system nor of a volume");
}

Result<std::string> name_in(Bytes312 bytes) {
  const auto field = bytes.subspan<to_name_at>();
  const auto end = std::ranges::find(field, '\0');
  const std::string name(field.begin(), end);
  const auto parsed = SnapshotName::parse(name);
  if (end == field.end() || !parsed.ok())
    return refuse("the stream is damaged: the name in it is not that of a snapshot");
  return name;
}

}  // namespace

Result<StreamHeader> parse_stream_header(Bytes312 bytes) {
  const Order order = TRY(order_of(bytes));
  const auto u32 = [&](std::size_t at) { return number_at<std::uint32_t>(bytes, at, order); };
  const auto u64 = [&](std::size_t at) { return number_at<std::uint64_t>(bytes, at, order); };

  const std::uint64_t versioninfo = u64(versioninfo_at);
  TRY(check_kind(versioninfo));
  StreamHeader header;
  header.type = TRY(type_of(u32(type_at)));
  header.to_name = TRY(name_in(bytes));
  header.to_guid.value = u64(to_guid_at);
  if (const std::uint64_t from = u64(from_guid_at); from != 0) header.from_guid = Guid{from};
  header.created = TRY(time_of(u64(creation_at)));
  header.clone = (u32(flags_at) & flag_clone) != 0;
  const auto has = [features = versioninfo >> kind_bits](std::uint64_t wanted) {
    return (features & wanted) != 0;
  };
  header.large_blocks = has(feature_large_blocks);
  header.embedded = has(feature_embedded);
  header.compressed = has(feature_compressed);
  header.raw = has(feature_raw);
  header.redacted = has(feature_redacted);
  header.resuming = has(feature_resuming);
  TRY(check_list(u32(list_bytes_at), header.raw));
  return header;
}

}  // namespace zfsrest::model
