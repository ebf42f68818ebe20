// Names of ZFS objects: one that exists as a value here is well-formed (whether the object exists,
// only ZFS knows).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "describe/schema.hpp"

namespace zfsrest::model {

// The longest name of a dataset, snapshot or bookmark, in bytes.
inline constexpr std::size_t max_name_bytes = 255;
// The deepest nesting of datasets below a pool that the kernel creates.
inline constexpr std::size_t max_nesting = 49;

// The pool that holds the object of that name: all up to the first `/`, `@` or `#`.
std::string pool_of(std::string_view name);

// What the daemon names things by that are its own: the name of their pool, `:` and 32 hexadecimal
// digits that nobody can guess. Fails with `refusal` for other text.
Result<Nothing> check_handle(std::string_view text, const char* refusal);

// A name as ZFS writes it, checked by parse() of the class that derives from it.
class Name {
 public:
  const std::string& text() const { return text_; }
  std::string pool() const { return pool_of(text_); }
  friend auto operator<=>(const Name&, const Name&) = default;

 protected:
  Name() = default;
  explicit Name(std::string text) : text_(std::move(text)) {}

 private:
  std::string text_;
};

class PoolName : public Name {
 public:
  PoolName() = default;
  static Result<PoolName> parse(std::string_view text);
  static describe::TextShape shape();

 private:
  using Name::Name;
};

// A file system or volume, the root file system of a pool included: `tank`, `tank/home/ann`.
class DatasetName : public Name {
 public:
  DatasetName() = default;
  static Result<DatasetName> parse(std::string_view text);
  static describe::TextShape shape();

  // Empty for a pool's root file system.
  std::string parent() const;
  // Whether `other` is this dataset or lies below it.
  bool holds(const DatasetName& other) const;

 private:
  using Name::Name;
};

// `tank/home@monday`.
class SnapshotName : public Name {
 public:
  SnapshotName() = default;
  static Result<SnapshotName> parse(std::string_view text);
  static describe::TextShape shape();

  std::string dataset() const { return text().substr(0, text().find('@')); }
  std::string short_name() const { return text().substr(text().find('@') + 1); }

 private:
  using Name::Name;
};

// `tank/home#monday`.
class BookmarkName : public Name {
 public:
  BookmarkName() = default;
  static Result<BookmarkName> parse(std::string_view text);
  static describe::TextShape shape();

  std::string dataset() const { return text().substr(0, text().find('#')); }
  std::string short_name() const { return text().substr(text().find('#') + 1); }

 private:
  using Name::Name;
};

// What a bookmark is made of: a snapshot or another bookmark.
class BookmarkSource : public Name {
 public:
  BookmarkSource() = default;
  static Result<BookmarkSource> parse(std::string_view text);
  static describe::TextShape shape();

 private:
  using Name::Name;
};

// Where a stream is received: into a dataset, or as a snapshot of that name.
class ReceiveTarget : public Name {
 public:
  ReceiveTarget() = default;
  static Result<ReceiveTarget> parse(std::string_view text);
  static describe::TextShape shape();

  std::string dataset() const { return text().substr(0, text().find('@')); }
  bool is_snapshot() const { return text().find('@') != std::string::npos; }

 private:
  using Name::Name;
};

// One snapshot, `tank/home@monday`, or all from one to another of the same dataset,
// `tank/home@monday%friday`. Either end of a range may be left out: `@%friday` begins at the
// oldest, `@monday%` ends at the newest, `@%` is all.
class SnapshotRange : public Name {
 public:
  SnapshotRange() = default;
  static Result<SnapshotRange> parse(std::string_view text);
  static describe::TextShape shape();

  std::string dataset() const { return text().substr(0, text().find('@')); }
  bool is_range() const { return text().find('%') != std::string::npos; }
  // Short names; empty where left out. For a single snapshot both are its name.
  std::string first() const;
  std::string last() const;

 private:
  using Name::Name;
};

// The word that tells one hold on a snapshot from the others: any text of at most 255 bytes.
class HoldTag {
 public:
  HoldTag() = default;
  static Result<HoldTag> parse(std::string_view text);
  static describe::TextShape shape();

  const std::string& text() const { return text_; }
  friend auto operator<=>(const HoldTag&, const HoldTag&) = default;

 private:
  explicit HoldTag(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

// The longest tag of a hold, and of one that ends with a lease: the kernel keeps the latter under a
// longer name.
inline constexpr std::size_t max_tag_bytes = 255;
inline constexpr std::size_t max_temporary_tag_bytes = 238;

// Whether a new hold may have this tag: those that begin with a dot are ZFS's own.
Result<Nothing> check_new_tag(const HoldTag& tag);

// Whether a new pool may have this name: words that begin a vdev specification are reserved.
Result<Nothing> check_new_pool_name(const PoolName& name);

}  // namespace zfsrest::model
