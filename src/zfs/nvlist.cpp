#include "zfs/nvlist.hpp"

#include <libnvpair.h>

#include <new>

namespace zfsrest::zfs {
namespace {

// Calls a libnvpair getter and deduces its out-parameter: `char **` in OpenZFS 2.1, `const char **`
// from 2.2 on.
template <class From, class Out>
std::optional<Out> read(int (*get)(From*, const char*, Out*), std::type_identity_t<From>* from,
                        const char* key) {
  Out out{};
  return from && get(from, key, &out) == 0 ? std::optional(out) : std::nullopt;
}

template <class Pair, class Out>
std::optional<Out> read_pair(int (*get)(Pair*, Out*), std::type_identity_t<Pair>* pair) {
  Out out{};
  return get(pair, &out) == 0 ? std::optional(out) : std::nullopt;
}

void must(int rc) {
  if (rc != 0) throw std::bad_alloc();
}

}  // namespace

std::string_view NvPair::name() const {
  return nvpair_name(pair_);
}

std::optional<std::uint64_t> NvPair::u64() const {
  return read_pair(nvpair_value_uint64, pair_);
}

std::optional<std::int64_t> NvPair::integer() const {
  switch (nvpair_type(pair_)) {
    case DATA_TYPE_INT32:
      return read_pair(nvpair_value_int32, pair_);
    case DATA_TYPE_INT64:
      return read_pair(nvpair_value_int64, pair_);
    default:
      return {};
  }
}

std::optional<std::string_view> NvPair::text() const {
  const auto text = read_pair(nvpair_value_string, pair_);
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

std::optional<NvView> NvPair::list() const {
  const auto list = read_pair(nvpair_value_nvlist, pair_);
  return list ? std::optional(NvView(*list)) : std::nullopt;
}

std::optional<std::uint64_t> NvView::u64(const char* key) const {
  return read(nvlist_lookup_uint64, list_, key);
}

std::optional<std::string_view> NvView::text(const char* key) const {
  const auto text = read(nvlist_lookup_string, list_, key);
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

std::optional<NvView> NvView::list(const char* key) const {
  const auto list = read(nvlist_lookup_nvlist, list_, key);
  return list ? std::optional(NvView(*list)) : std::nullopt;
}

std::vector<NvView> NvView::lists(const char* key) const {
  nvlist_t** array = nullptr;
  uint_t count = 0;
  std::vector<NvView> views;
  if (list_ && nvlist_lookup_nvlist_array(list_, key, &array, &count) == 0)
    for (uint_t i = 0; i < count; ++i) views.emplace_back(array[i]);
  return views;
}

std::span<const std::uint64_t> NvView::u64s(const char* key) const {
  uint64_t* array = nullptr;
  uint_t count = 0;
  if (!list_ || nvlist_lookup_uint64_array(list_, key, &array, &count) != 0) return {};
  return {array, count};
}

bool NvView::has(const char* key) const {
  return list_ && nvlist_exists(list_, key) == B_TRUE;
}

nvpair* NvView::next(nvpair* pair) const {
  return list_ ? nvlist_next_nvpair(list_, pair) : nullptr;
}

NvList::NvList() : list_(nullptr) {
  must(nvlist_alloc(&list_, NV_UNIQUE_NAME, 0));
}

NvList::~NvList() {
  nvlist_free(list_);
}

std::optional<NvList> NvList::unpack(std::span<const char> bytes) {
  NvList list = slot();
  if (nvlist_unpack(const_cast<char*>(bytes.data()), bytes.size(), list.out(), 0) != 0) return {};
  return list;
}

void NvList::add_flag(const std::string& key) {
  must(nvlist_add_boolean(list_, key.c_str()));
}
void NvList::add_bool(const std::string& key, bool value) {
  must(nvlist_add_boolean_value(list_, key.c_str(), value ? B_TRUE : B_FALSE));
}
void NvList::add_i32(const std::string& key, std::int32_t value) {
  must(nvlist_add_int32(list_, key.c_str(), value));
}
void NvList::add_u64(const std::string& key, std::uint64_t value) {
  must(nvlist_add_uint64(list_, key.c_str(), value));
}
void NvList::add_text(const std::string& key, const std::string& value) {
  must(nvlist_add_string(list_, key.c_str(), value.c_str()));
}
void NvList::add_value(const std::string& key,
                       const std::variant<std::uint64_t, std::string>& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value))
    add_u64(key, *number);
  else
    add_text(key, std::get<std::string>(value));
}
void NvList::add_list(const std::string& key, const NvList& value) {
  must(nvlist_add_nvlist(list_, key.c_str(), value.list_));
}
void NvList::add_lists(const std::string& key, const std::vector<NvList>& values) {
  std::vector<nvlist_t*> raw;
  raw.reserve(values.size());
  for (const NvList& value : values) raw.push_back(value.list_);
  must(nvlist_add_nvlist_array(list_, key.c_str(), raw.data(), static_cast<uint_t>(raw.size())));
}

std::vector<char> NvList::pack() const {
  std::size_t size = 0;
  must(nvlist_size(list_, &size, NV_ENCODE_NATIVE));
  std::vector<char> bytes(size);
  char* buffer = bytes.data();
  must(nvlist_pack(list_, &buffer, &size, NV_ENCODE_NATIVE, 0));
  return bytes;
}

nvlist** NvList::out() {
  nvlist_free(std::exchange(list_, nullptr));
  return &list_;
}

bool NvList::empty() const {
  return !list_ || nvlist_empty(list_) == B_TRUE;
}

}  // namespace zfsrest::zfs
