// Owned and borrowed nvlists. No ZFS header is included here: those shadow <assert.h> and its kin.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "os/arena.hpp"

struct nvlist;  // libnvpair's nvlist_t
struct nvpair;  // libnvpair's nvpair_t

namespace zfsrest::zfs {

class NvPair;

// A borrowed nvlist: cheap to copy, never outlives the NvList it came from. A getter is empty when
// the key is absent or holds another type; none aborts, whatever the list holds.
class NvView {
 public:
  explicit NvView(nvlist* list) : list_(list) {}
  std::optional<std::uint64_t> u64(const char* key) const;
  std::optional<std::string_view> text(const char* key) const;
  std::optional<bool> flag(const char* key) const;  // a boolean with a value
  std::optional<NvView> list(const char* key) const;
  std::optional<NvPair> pair(const char* key) const;
  std::vector<NvView> lists(const char* key) const;
  std::span<const std::uint64_t> u64s(const char* key) const;
  bool has(const char* key) const;
  nvlist* raw() const { return list_; }

  template <class Visit>
  void each(const Visit& visit) const;

 private:
  nvpair* next(nvpair* pair) const;

  nvlist* list_;
};

// A value of any type: nothing for a pair that only is there, numbers of every width widened, and
// the arrays of each.
using NvValue =
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string_view,
                 NvView, std::vector<bool>, std::vector<std::int64_t>, std::vector<std::uint64_t>,
                 std::vector<std::string_view>, std::vector<NvView>>;

// One pair of a list, borrowed from it. A getter is empty when the pair holds another type.
class NvPair {
 public:
  explicit NvPair(nvpair* pair) : pair_(pair) {}
  std::string_view name() const;
  std::optional<std::uint64_t> u64() const;
  std::optional<std::int64_t> integer() const;  // of any signed type of at most 64 bits
  std::optional<std::string_view> text() const;
  std::optional<NvView> list() const;

  NvValue value() const;
  // ZFS's word for the type: "uint64", "string", "nvlist", "boolean" for a pair that only is there.
  std::string_view type() const;

 private:
  nvpair* pair_;
};

template <class Visit>
void NvView::each(const Visit& visit) const {
  for (nvpair* pair = next(nullptr); pair; pair = next(pair)) visit(NvPair(pair));
}

// Where a list lies, with all that is added to it and its packed form: on the heap, or in memory
// that is wiped when the list goes.
enum class Content : std::uint8_t { ordinary, secret };

// An owned nvlist. Building one fails only for want of memory (std::bad_alloc). There is one adder
// per type of pair, because the kernel refuses a pair of the wrong width.
class NvList {
 public:
  NvList() : NvList(Content::ordinary) {}
  explicit NvList(Content content);
  // One that may hold several pairs of a name.
  static NvList with_repeats();
  static NvList slot() { return NvList(nullptr); }  // empty, for a C function to fill
  // From the packed form that ioctls use; empty if `bytes` are no nvlist.
  static std::optional<NvList> unpack(std::span<const char> bytes);

  NvList(NvList&& other) noexcept
      : memory_(std::move(other.memory_)), list_(std::exchange(other.list_, nullptr)) {}
  NvList& operator=(NvList&& other) noexcept {
    std::swap(list_, other.list_);
    std::swap(memory_, other.memory_);
    return *this;
  }
  ~NvList();

  void add_flag(const std::string& key);
  void add_bool(const std::string& key, bool value);
  void add_i32(const std::string& key, std::int32_t value);
  void add_u64(const std::string& key, std::uint64_t value);
  void add_i64(const std::string& key, std::int64_t value);
  void add_text(const std::string& key, const std::string& value);
  void add_bytes(const std::string& key, std::string_view bytes);       // as uint8_array
  void add_byte_array(const std::string& key, std::string_view bytes);  // as byte_array
  void add_value(const std::string& key, const std::variant<std::uint64_t, std::string>& value);
  void add_list(const std::string& key, const NvList& value);
  void add_i64s(const std::string& key, const std::vector<std::int64_t>& values);
  void add_texts(const std::string& key, const std::vector<std::string>& values);
  void add_lists(const std::string& key, const std::vector<NvList>& values);

  // The packed, native form that ioctls take; it must not outlive a list of secrets.
  std::pmr::vector<char> pack() const;

  nvlist** out();  // frees what it held, then lends the slot
  nvlist* raw() const { return list_; }
  bool empty() const;
  NvView view() const { return NvView(list_); }

 private:
  explicit NvList(nvlist* list) : list_(list) {}

  std::unique_ptr<os::Arena> memory_;  // none: the heap
  nvlist* list_;
};

}  // namespace zfsrest::zfs
