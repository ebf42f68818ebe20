#include "zfs/nvlist.hpp"

#include <libnvpair.h>

#include <array>
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

// The same for a getter of numbers, widened.
template <class Wide, class Pair, class Out>
Wide widened(int (*get)(Pair*, Out*), std::type_identity_t<Pair>* pair) {
  return static_cast<Wide>(*read_pair(get, pair));
}

template <class Wide, class Pair, class Item>
std::vector<Wide> array_of(int (*get)(Pair*, Item**, uint_t*), std::type_identity_t<Pair>* pair) {
  Item* items = nullptr;
  uint_t count = 0;
  get(pair, &items, &count);
  std::vector<Wide> array;
  array.reserve(count);
  for (uint_t i = 0; i < count; ++i) array.push_back(static_cast<Wide>(items[i]));
  return array;
}

void must(int rc) {
  if (rc != 0) throw std::bad_alloc();
}

void* allocate_in_arena(nv_alloc_t* allocator, std::size_t bytes) {
  try {
    return static_cast<os::Arena*>(allocator->nva_arg)->allocate(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

// The arena takes all of it back at its end.
constexpr nv_alloc_ops_t arena_operations{.nv_ao_init = nullptr,
                                          .nv_ao_fini = nullptr,
                                          .nv_ao_alloc = allocate_in_arena,
                                          .nv_ao_free = [](nv_alloc_t*, void*, std::size_t) {},
                                          .nv_ao_reset = nullptr};

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

NvValue NvPair::value() const {
  switch (nvpair_type(pair_)) {
    case DATA_TYPE_BOOLEAN_VALUE:
      return widened<bool>(nvpair_value_boolean_value, pair_);
    case DATA_TYPE_BYTE:
      return widened<std::uint64_t>(nvpair_value_byte, pair_);
    case DATA_TYPE_UINT8:
      return widened<std::uint64_t>(nvpair_value_uint8, pair_);
    case DATA_TYPE_UINT16:
      return widened<std::uint64_t>(nvpair_value_uint16, pair_);
    case DATA_TYPE_UINT32:
      return widened<std::uint64_t>(nvpair_value_uint32, pair_);
    case DATA_TYPE_UINT64:
      return widened<std::uint64_t>(nvpair_value_uint64, pair_);
    case DATA_TYPE_INT8:
      return widened<std::int64_t>(nvpair_value_int8, pair_);
    case DATA_TYPE_INT16:
      return widened<std::int64_t>(nvpair_value_int16, pair_);
    case DATA_TYPE_INT32:
      return widened<std::int64_t>(nvpair_value_int32, pair_);
    case DATA_TYPE_INT64:
      return widened<std::int64_t>(nvpair_value_int64, pair_);
    case DATA_TYPE_HRTIME:
      return widened<std::int64_t>(nvpair_value_hrtime, pair_);
    case DATA_TYPE_DOUBLE:
      return widened<double>(nvpair_value_double, pair_);
    case DATA_TYPE_STRING:
      return *text();
    case DATA_TYPE_NVLIST:
      return *list();
    case DATA_TYPE_BOOLEAN_ARRAY:
      return array_of<bool>(nvpair_value_boolean_array, pair_);
    case DATA_TYPE_BYTE_ARRAY:
      return array_of<std::uint64_t>(nvpair_value_byte_array, pair_);
    case DATA_TYPE_UINT8_ARRAY:
      return array_of<std::uint64_t>(nvpair_value_uint8_array, pair_);
    case DATA_TYPE_UINT16_ARRAY:
      return array_of<std::uint64_t>(nvpair_value_uint16_array, pair_);
    case DATA_TYPE_UINT32_ARRAY:
      return array_of<std::uint64_t>(nvpair_value_uint32_array, pair_);
    case DATA_TYPE_UINT64_ARRAY:
      return array_of<std::uint64_t>(nvpair_value_uint64_array, pair_);
    case DATA_TYPE_INT8_ARRAY:
      return array_of<std::int64_t>(nvpair_value_int8_array, pair_);
    case DATA_TYPE_INT16_ARRAY:
      return array_of<std::int64_t>(nvpair_value_int16_array, pair_);
    case DATA_TYPE_INT32_ARRAY:
      return array_of<std::int64_t>(nvpair_value_int32_array, pair_);
    case DATA_TYPE_INT64_ARRAY:
      return array_of<std::int64_t>(nvpair_value_int64_array, pair_);
    case DATA_TYPE_STRING_ARRAY:
      return array_of<std::string_view>(nvpair_value_string_array, pair_);
    case DATA_TYPE_NVLIST_ARRAY:
      return array_of<NvView>(nvpair_value_nvlist_array, pair_);
    default:
      return std::monostate();
  }
}

std::string_view NvPair::type() const {
  // In the order of the numbers.
  static constexpr std::array<std::string_view, 28> words{
      "unknown",      "boolean",       "byte",         "int16",       "uint16",
      "int32",        "uint32",        "int64",        "uint64",      "string",
      "byte_array",   "int16_array",   "uint16_array", "int32_array", "uint32_array",
      "int64_array",  "uint64_array",  "string_array", "hrtime",      "nvlist",
      "nvlist_array", "boolean_value", "int8",         "uint8",       "boolean_array",
      "int8_array",   "uint8_array",   "double"};
  static_assert(DATA_TYPE_UINT64 == 8 && DATA_TYPE_NVLIST == 19 && DATA_TYPE_DOUBLE == 27);
  const auto type = static_cast<std::size_t>(nvpair_type(pair_));
  return type < words.size() ? words[type] : words[0];
}

std::optional<std::uint64_t> NvView::u64(const char* key) const {
  return read(nvlist_lookup_uint64, list_, key);
}

std::optional<std::string_view> NvView::text(const char* key) const {
  const auto text = read(nvlist_lookup_string, list_, key);
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

std::optional<bool> NvView::flag(const char* key) const {
  const auto value = read(nvlist_lookup_boolean_value, list_, key);
  return value ? std::optional(*value == B_TRUE) : std::nullopt;
}

std::optional<NvView> NvView::list(const char* key) const {
  const auto list = read(nvlist_lookup_nvlist, list_, key);
  return list ? std::optional(NvView(*list)) : std::nullopt;
}

std::optional<NvPair> NvView::pair(const char* key) const {
  const auto pair = read(nvlist_lookup_nvpair, list_, key);
  return pair ? std::optional(NvPair(*pair)) : std::nullopt;
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

NvList::NvList(Content content) : list_(nullptr) {
  if (content == Content::ordinary) {
    must(nvlist_alloc(&list_, NV_UNIQUE_NAME, 0));
    return;
  }
  memory_ = std::make_unique<os::Arena>();
  auto* allocator = new (memory_->allocate(sizeof(nv_alloc_t)))
      nv_alloc_t{.nva_ops = &arena_operations, .nva_arg = memory_.get()};
  must(nvlist_xalloc(&list_, NV_UNIQUE_NAME, allocator));
}

NvList NvList::with_repeats() {
  NvList list = slot();
  must(nvlist_alloc(&list.list_, 0, 0));
  return list;
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
void NvList::add_i64(const std::string& key, std::int64_t value) {
  must(nvlist_add_int64(list_, key.c_str(), value));
}
void NvList::add_text(const std::string& key, const std::string& value) {
  must(nvlist_add_string(list_, key.c_str(), value.c_str()));
}
void NvList::add_bytes(const std::string& key, std::string_view bytes) {
  // The parameter is not const, and is not written to.
  auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  must(nvlist_add_uint8_array(list_, key.c_str(), data, static_cast<uint_t>(bytes.size())));
}
void NvList::add_byte_array(const std::string& key, std::string_view bytes) {
  auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  must(nvlist_add_byte_array(list_, key.c_str(), data, static_cast<uint_t>(bytes.size())));
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
void NvList::add_i64s(const std::string& key, const std::vector<std::int64_t>& values) {
  must(nvlist_add_int64_array(list_, key.c_str(), const_cast<std::int64_t*>(values.data()),
                              static_cast<uint_t>(values.size())));
}
void NvList::add_texts(const std::string& key, const std::vector<std::string>& values) {
  std::vector<char*> raw;
  raw.reserve(values.size());
  for (const std::string& value : values) raw.push_back(const_cast<char*>(value.c_str()));
  must(nvlist_add_string_array(list_, key.c_str(), raw.data(), static_cast<uint_t>(raw.size())));
}
void NvList::add_lists(const std::string& key, const std::vector<NvList>& values) {
  std::vector<nvlist_t*> raw;
  raw.reserve(values.size());
  for (const NvList& value : values) raw.push_back(value.list_);
  must(nvlist_add_nvlist_array(list_, key.c_str(), raw.data(), static_cast<uint_t>(raw.size())));
}

std::pmr::vector<char> NvList::pack() const {
  std::size_t size = 0;
  must(nvlist_size(list_, &size, NV_ENCODE_NATIVE));
  std::pmr::vector<char> bytes(size, memory_ ? memory_.get() : std::pmr::get_default_resource());
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
