#include "model/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace zfsrest::model {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_allowed(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == ':' ||
         c == ' ';
}

// A byte of a name as a message can show it.
std::string show(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f ? fmt::format("'{}'", c)
                                    : fmt::format("the byte 0x{:02x}", byte);
}

Result<Nothing> refuse(std::string why) {
  return Error::of(Code::bad_request, std::move(why));
}

Result<Nothing> check_component(std::string_view component, std::string_view what) {
  if (component.empty()) return refuse(fmt::format("{} has an empty part", what));
  if (component == "." || component == "..")
    return refuse(fmt::format("{} has a part \"{}\"", what, component));
  const auto bad = std::ranges::find_if_not(component, is_allowed);
  if (bad != component.end())
    return refuse(fmt::format("{} may hold letters, digits, blanks and any of -_.: but not {}",
                              what, show(*bad)));
  return Nothing{};
}

Result<Nothing> check_length(std::string_view text, std::string_view what) {
  if (text.empty()) return refuse(fmt::format("{} is empty", what));
  if (text.size() > max_name_bytes)
    return refuse(
        fmt::format("{} has {} bytes; at most {} are allowed", what, text.size(), max_name_bytes));
  return Nothing{};
}

Result<Nothing> check_dataset(std::string_view text, std::string_view what) {
  if (text.find('@') != std::string_view::npos)
    return refuse(fmt::format("{} is wanted here, not a snapshot (\"@\")", what));
  if (text.find('#') != std::string_view::npos)
    return refuse(fmt::format("{} is wanted here, not a bookmark (\"#\")", what));
  if (!text.empty() && !is_letter(text.front()))
    return refuse(fmt::format("{} begins with a letter", what));
  if (text.ends_with('/')) return refuse(fmt::format("{} ends with \"/\"", what));
  std::size_t depth = 0;
  for (std::string_view rest = text;; ++depth) {
    const std::size_t slash = rest.find('/');
    TRY(check_component(rest.substr(0, slash), what));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (depth > max_nesting)
    return refuse(
        fmt::format("{} is nested {} deep; at most {} are allowed", what, depth, max_nesting));
  return Nothing{};
}

// The dataset before the sign, `@` or `#`, and what follows it.
struct Split {
  std::string_view dataset;
  std::string_view rest;
};

Result<Split> split_at(char sign, std::string_view text, std::string_view what) {
  const std::size_t at = text.find(sign);
  if (at == std::string_view::npos)
    return Error::of(Code::bad_request,
                     fmt::format("{} is wanted here: dataset{}name", what, sign));
  return Split{text.substr(0, at), text.substr(at + 1)};
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string pool_of(std::string_view name) {
  return std::string(name.substr(0, name.find_first_of("/@#")));
}

Result<PoolName> PoolName::parse(std::string_view text) {
  constexpr std::string_view what = "a pool's name";
  TRY(check_length(text, what));
  if (!is_letter(text.front()))
    return Error::of(Code::bad_request, "a pool's name begins with a letter");
  TRY(check_component(text, what));
  return PoolName(std::string(text));
}

describe::TextShape PoolName::shape() {
  return {.name = "PoolName",
          .pattern = "^[A-Za-z][A-Za-z0-9_.: -]*$",
          .max_bytes = max_name_bytes,
          .doc = "The name of a pool.",
          .example = "tank"};
}

Result<DatasetName> DatasetName::parse(std::string_view text) {
  constexpr std::string_view what = "a dataset's name";
  TRY(check_length(text, what));
  TRY(check_dataset(text, what));
  return DatasetName(std::string(text));
}

describe::TextShape DatasetName::shape() {
  return {.name = "DatasetName",
          .pattern = "^[A-Za-z][A-Za-z0-9_.: -]*(/[A-Za-z0-9_.: -]+)*$",
          .max_bytes = max_name_bytes,
          .doc = "The full name of a file system or volume.",
          .example = "tank/home/ann"};
}

std::string DatasetName::parent() const {
  const std::size_t slash = text().rfind('/');
  return slash == std::string::npos ? std::string() : text().substr(0, slash);
}

bool DatasetName::holds(const DatasetName& other) const {
  return other.text() == text() || other.text().starts_with(text() + "/");
}

Result<SnapshotName> SnapshotName::parse(std::string_view text) {
  constexpr std::string_view what = "a snapshot's name";
  TRY(check_length(text, what));
  const Split split = TRY(split_at('@', text, what));
  TRY(check_dataset(split.dataset, "the dataset in a snapshot's name"));
  TRY(check_component(split.rest, "the part of a snapshot's name after \"@\""));
  return SnapshotName(std::string(text));
}

describe::TextShape SnapshotName::shape() {
  return {.name = "SnapshotName",
          .pattern = "^[A-Za-z][A-Za-z0-9_.: -]*(/[A-Za-z0-9_.: -]+)*@[A-Za-z0-9_.: -]+$",
          .max_bytes = max_name_bytes,
          .doc = "The full name of a snapshot.",
          .example = "tank/home@monday"};
}

Result<BookmarkName> BookmarkName::parse(std::string_view text) {
  constexpr std::string_view what = "a bookmark's name";
  TRY(check_length(text, what));
  const Split split = TRY(split_at('#', text, what));
  TRY(check_dataset(split.dataset, "the dataset in a bookmark's name"));
  TRY(check_component(split.rest, "the part of a bookmark's name after \"#\""));
  return BookmarkName(std::string(text));
}

describe::TextShape BookmarkName::shape() {
  return {.name = "BookmarkName",
          .pattern = "^[A-Za-z][A-Za-z0-9_.: -]*(/[A-Za-z0-9_.: -]+)*#[A-Za-z0-9_.: -]+$",
          .max_bytes = max_name_bytes,
          .doc = "The full name of a bookmark.",
          .example = "tank/home#monday"};
}

Result<BookmarkSource> BookmarkSource::parse(std::string_view text) {
  if (text.find('@') != std::string_view::npos)
    TRY(SnapshotName::parse(text));
  else if (text.find('#') != std::string_view::npos)
    TRY(BookmarkName::parse(text));
  else
    return Error::of(Code::bad_request,
                     "a snapshot or a bookmark is wanted here: dataset@name or dataset#name");
  return BookmarkSource(std::string(text));
}

describe::TextShape BookmarkSource::shape() {
  return {.name = "BookmarkSource",
          .pattern = "^[A-Za-z][A-Za-z0-9_.: -]*(/[A-Za-z0-9_.: -]+)*[@#][A-Za-z0-9_.: -]+$",
          .max_bytes = max_name_bytes,
          .doc = "The full name of a snapshot or of a bookmark.",
          .example = "tank/home@monday"};
}

Result<Nothing> check_handle(std::string_view text, const char* refusal) {
  constexpr std::size_t digits = 32;
  constexpr std::string_view hexadecimal = "0123456789abcdef";
  const std::size_t colon = text.rfind(':');
  const bool is_handle = colon != std::string_view::npos && text.size() - colon - 1 == digits &&
                         text.find_first_not_of(hexadecimal, colon + 1) == std::string_view::npos;
  if (!is_handle || !PoolName::parse(text.substr(0, colon)).ok())
    return Error::of(Code::bad_request, refusal);
  return Nothing{};
}

Result<ReceiveTarget> ReceiveTarget::parse(std::string_view text) {
  if (text.find('@') != std::string_view::npos)
    TRY(SnapshotName::parse(text));
  else
    TRY(DatasetName::parse(text));
  return ReceiveTarget(std::string(text));
}

describe::TextShape ReceiveTarget::shape() {
  return {.name = "ReceiveTarget",
          .pattern = "^[A-Za-z][A-Za-z0-9_.: -]*(/[A-Za-z0-9_.: -]+)*(@[A-Za-z0-9_.: -]+)?$",
          .max_bytes = max_name_bytes,
          .doc = "The full name of a dataset or of a snapshot.",
          .example = "tank/backup/home@monday"};
}

Result<SnapshotRange> SnapshotRange::parse(std::string_view text) {
  constexpr std::string_view what = "a snapshot or a range of snapshots";
  if (text.find('%') == std::string_view::npos) {
    const SnapshotName single = TRY(SnapshotName::parse(text));
    return SnapshotRange(single.text());
  }
  const Split split = TRY(split_at('@', text, what));
  TRY(check_length(split.dataset, "the dataset in a range of snapshots"));
  TRY(check_dataset(split.dataset, "the dataset in a range of snapshots"));
  const std::size_t percent = split.rest.find('%');
  for (const std::string_view end :
       {split.rest.substr(0, percent), split.rest.substr(percent + 1)}) {
    if (end.empty()) continue;
    TRY(check_component(end, "an end of a range of snapshots"));
    if (split.dataset.size() + 1 + end.size() > max_name_bytes)
      return Error::of(Code::bad_request,
                       fmt::format("an end of {} has more than {} bytes", what, max_name_bytes));
  }
  return SnapshotRange(std::string(text));
}

describe::TextShape SnapshotRange::shape() {
  return {
      .name = "SnapshotRange",
      .pattern = "",
      .max_bytes = 2 * max_name_bytes,
      .doc =
          "A snapshot, `tank/home@monday`, or a range of one dataset's snapshots, oldest first: "
          "`tank/home@monday%friday`; an end that is left out means the oldest or the newest.",
      .example = "tank/home@monday%friday"};
}

std::string SnapshotRange::first() const {
  const std::string ends = text().substr(text().find('@') + 1);
  return ends.substr(0, ends.find('%'));
}

std::string SnapshotRange::last() const {
  const std::string ends = text().substr(text().find('@') + 1);
  const std::size_t percent = ends.find('%');
  return percent == std::string::npos ? ends : ends.substr(percent + 1);
}

Result<HoldTag> HoldTag::parse(std::string_view text) {
  if (text.empty()) return Error::of(Code::bad_request, "a hold's tag is empty");
  if (text.size() > max_tag_bytes)
    return Error::of(Code::bad_request, fmt::format("a hold's tag has {} bytes; at most {} are "
                                                    "allowed",
                                                    text.size(), max_tag_bytes));
  if (text.find('\0') != std::string_view::npos)
    return Error::of(Code::bad_request, "a hold's tag may not hold the byte 0x00");
  return HoldTag(std::string(text));
}

describe::TextShape HoldTag::shape() {
  return {.name = "HoldTag",
          .pattern = "",
          .max_bytes = max_tag_bytes,
          .doc = "What tells one hold on a snapshot from the others.",
          .example = "backup"};
}

Result<Nothing> check_new_tag(const HoldTag& tag) {
  if (tag.text().starts_with('.')) return refuse("tags that begin with \".\" are ZFS's own");
  if (std::ranges::any_of(tag.text(), is_control))
    return refuse("a new tag may not hold control characters");
  return Nothing{};
}

Result<Nothing> check_new_pool_name(const PoolName& name) {
  // The kernel keeps room in every dataset name for its internal `$ORIGIN@$ORIGIN`.
  constexpr std::size_t most = 239;
  if (name.text().size() > most)
    return refuse(fmt::format("a pool's name may have at most {} bytes", most));
  constexpr std::array<std::string_view, 4> reserved_beginnings{"mirror", "raidz", "draid",
                                                                "spare"};
  for (const std::string_view word : reserved_beginnings)
    if (name.text().starts_with(word))
      return refuse(fmt::format("a pool's name may not begin with \"{}\"", word));
  if (name.text() == "log") return refuse("a pool may not be named \"log\"");
  return Nothing{};
}

}  // namespace zfsrest::model
