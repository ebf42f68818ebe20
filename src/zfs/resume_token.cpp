#include "zfs/resume_token.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "zfs/foreign_nvlist.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {
namespace {

constexpr std::string_view version = "1";

Error refuse(std::string_view why) {
  return Error::of(Code::bad_request, fmt::format("the resume token is not valid: {}", why));
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  constexpr int base = 16;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (!is_hex(text) || error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

std::optional<std::vector<unsigned char>> parse_hex_bytes(std::string_view text) {
  if (text.empty() || text.size() % 2 != 0 || !is_hex(text)) return {};
  std::vector<unsigned char> bytes;
  bytes.reserve(text.size() / 2);
  for (; !text.empty(); text.remove_prefix(2))
    bytes.push_back(static_cast<unsigned char>(*parse_hex(text.substr(0, 2))));
  return bytes;
}

// The first word of fletcher-4: the sum of the whole 32-bit words. What is left over at the end is
// not in it.
std::uint64_t checksum_of(const std::vector<unsigned char>& bytes) {
  std::uint64_t sum = 0;
  std::uint32_t word = 0;
  for (std::size_t at = 0; at + sizeof(word) <= bytes.size(); at += sizeof(word)) {
    std::memcpy(&word, bytes.data() + at, sizeof(word));
    sum += word;
  }
  return sum;
}

struct Parts {
  std::uint64_t checksum;
  std::uint64_t unfolded_bytes;
  std::vector<unsigned char> folded;
};

Result<Parts> split(std::string_view text) {
  if (text.size() > model::most_token_bytes)
    return refuse(fmt::format("it has {} bytes, and at most {} are read", text.size(),
                              model::most_token_bytes));
  std::vector<std::string_view> parts;
  for (std::size_t dash = 0; parts.size() < 3 && dash != std::string_view::npos;) {
    dash = text.find('-');
    parts.push_back(text.substr(0, dash));
    text.remove_prefix(std::min(text.size(), dash == std::string_view::npos ? dash : dash + 1));
  }
  if (parts.size() < 3 || text.empty()) return refuse("it is not complete");
  if (parts[0] != version) return refuse("it is of another version than 1");
  const auto checksum = parse_hex(parts[1]);
  const auto unfolded_bytes = parse_hex(parts[2]);
  auto folded = parse_hex_bytes(text);
  if (!checksum || !unfolded_bytes || !folded)
    return refuse("it holds something else than pairs of hexadecimal digits");
  if (*unfolded_bytes == 0 || *unfolded_bytes > most_unfolded_token_bytes)
    return refuse("the length in it is out of bounds");
  return Parts{
      .checksum = *checksum, .unfolded_bytes = *unfolded_bytes, .folded = std::move(*folded)};
}

Result<NvList> unfold(const Parts& parts) {
  std::vector<char> bytes(parts.unfolded_bytes);
  uLongf length = bytes.size();
  uLong read = parts.folded.size();
  const int rc =
      ::uncompress2(reinterpret_cast<Bytef*>(bytes.data()), &length, parts.folded.data(), &read);
  if (rc != Z_OK || length != bytes.size() || read != parts.folded.size())
    return refuse("it is damaged");
  auto list = unpack_foreign(bytes);
  if (!list) return refuse("it is damaged");
  return std::move(*list);
}

std::optional<std::vector<model::Guid>> guids(NvView list, const char* key) {
  if (!list.has(key)) return {};
  std::vector<model::Guid> found;
  const auto numbers = list.u64s(key);
  found.reserve(numbers.size());
  for (const std::uint64_t number : numbers) found.push_back(model::Guid{number});
  return found;
}

}  // namespace

Result<model::ResumeToken> parse_resume_token(std::string_view text) {
  const Parts parts = TRY(split(text));
  if (checksum_of(parts.folded) != parts.checksum) return refuse("its checksum is wrong");
  const NvList list = TRY(unfold(parts));
  const NvView view = list.view();

  const auto to_name = view.text("toname");
  const auto to_guid = view.u64("toguid");
  const auto object = view.u64("object");
  const auto offset = view.u64("offset");
  const auto bytes = view.u64("bytes");
  if (!to_name || !to_guid || !object || !offset || !bytes)
    return refuse("it lacks a part that every token has");
  auto name = model::SnapshotName::parse(*to_name);
  if (!name.ok()) return refuse("the name in it is not that of a snapshot");

  model::ResumeToken token;
  token.to_name = std::move(name).value();
  token.to_guid.value = *to_guid;
  // A full stream has none; 0 is no guid.
  if (const auto from = view.u64("fromguid"); from && *from != 0)
    token.from_guid = model::Guid{*from};
  token.object = *object;
  token.offset = *offset;
  token.bytes = *bytes;
  token.large_blocks = view.has("largeblockok");
  token.embedded = view.has("embedok");
  token.compressed = view.has("compressok");
  token.raw = view.has("rawok");
  token.saved = view.has("savedok");
  token.redact_snaps = guids(view, "redact_snaps");
  token.from_redact_snaps = guids(view, "book_redact_snaps");
  return token;
}

}  // namespace zfsrest::zfs
