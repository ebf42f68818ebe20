// The strict parser: the library's tokeniser with a handler of our own, because the library's keeps
// the last of two equal keys and turns long integers into doubles.
#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "json/value.hpp"

namespace zfsrest::json {
namespace {

namespace bj = boost::json;

// What the library takes for memory, from what the standard does.
class Memory final : public bj::memory_resource {
 public:
  explicit Memory(std::pmr::memory_resource& memory) : memory_(memory) {}

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    return memory_.allocate(bytes, alignment);
  }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const bj::memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::pmr::memory_resource& memory_;
};

// In place of the library's stack, where only the text is looked at.
class NoValues {
 public:
  explicit NoValues(const bj::storage_ptr&) {}
  void reset(const bj::storage_ptr&) {}
  void push_object(std::size_t) {}
  void push_array(std::size_t) {}
  void push_chars(bj::string_view) {}
  void push_key(bj::string_view) {}
  void push_string(bj::string_view) {}
  void push_int64(std::int64_t) {}
  void push_uint64(std::uint64_t) {}
  void push_double(double) {}
  void push_bool(bool) {}
  void push_null() {}
};

template <class Stack>
class Handler {
 public:
  Handler(bj::storage_ptr storage, std::pmr::memory_resource* memory, const Bounds& bounds)
      : bounds_(bounds),
        storage_(std::move(storage)),
        stack_(storage_),
        places_(memory),
        keys_(memory),
        names_(memory) {}

  static constexpr std::size_t max_object_size = bj::object::max_size();
  static constexpr std::size_t max_array_size = bj::array::max_size();
  static constexpr std::size_t max_key_size = bj::string::max_size();
  static constexpr std::size_t max_string_size = bj::string::max_size();

  bool on_document_begin(bj::error_code&) {
    stack_.reset(storage_);
    return true;
  }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code&) {
    places_.push_back({.is_object = true});
    keys_.emplace_back();
    names_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t count, bj::error_code& ec) {
    places_.pop_back();
    keys_.pop_back();
    names_.pop_back();
    stack_.push_object(count);
    return end_value(ec);
  }
  bool on_array_begin(bj::error_code&) {
    places_.push_back({.is_object = false});
    return true;
  }
  bool on_array_end(std::size_t count, bj::error_code& ec) {
    places_.pop_back();
    stack_.push_array(count);
    return end_value(ec);
  }
  bool on_key_part(bj::string_view part, std::size_t total, bj::error_code&) {
    name(part, total);
    stack_.push_chars(part);
    return true;
  }
  bool on_key(bj::string_view part, std::size_t total, bj::error_code& ec) {
    name(part, total);
    stack_.push_key(part);
    if (!keys_.back().insert(names_.back()).second)
      return refuse(ec, "a key stands twice in one object");
    if (keys_.back().size() <= bounds_.keys) return true;
    return refuse(ec, fmt::format("an object has more than {} keys", bounds_.keys));
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& ec) {
    stack_.push_string(part);
    return end_value(ec);
  }
  bool on_number_part(bj::string_view, bj::error_code&) {
    number_in_parts_ = true;
    return true;
  }
  bool on_int64(std::int64_t value, bj::string_view, bj::error_code& ec) {
    stack_.push_int64(value);
    return end_number(ec);
  }
  bool on_uint64(std::uint64_t value, bj::string_view, bj::error_code& ec) {
    stack_.push_uint64(value);
    return end_number(ec);
  }
  bool on_double(double value, bj::string_view text, bj::error_code& ec) {
    // The whole text is one buffer, so the tokeniser never hands over a number in parts; should it
    // ever, the check below cannot be made and the number is refused.
    if (number_in_parts_ || text.find_first_of(".eE") == bj::string_view::npos)
      return refuse(ec, "an integer does not fit 64 bits");
    if (!std::isfinite(value)) return refuse(ec, "a number is too large");
    stack_.push_double(value);
    return end_number(ec);
  }
  bool on_bool(bool value, bj::error_code& ec) {
    stack_.push_bool(value);
    return end_value(ec);
  }
  bool on_null(bj::error_code& ec) {
    stack_.push_null();
    return end_value(ec);
  }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

  Value take() { return stack_.release(); }
  const std::string& refusal() const { return refusal_; }
  // Where the tokeniser is, as a JSON pointer; it ends above a name that is longer than any of
  // ours.
  std::string pointer() const {
    constexpr std::size_t longest_name = 255;
    std::string text;
    auto name = names_.begin();
    for (const Place& place : places_) {
      if (place.is_object && name->size() > longest_name) break;
      text += '/';
      text += place.is_object ? pointer_token(*name++) : std::to_string(place.position);
    }
    return text;
  }

 private:
  // An object or array that is open.
  struct Place {
    bool is_object = false;
    std::size_t position = 0;  // in an array
  };

  // `total` is how much of the name there is with this part.
  void name(bj::string_view part, std::size_t total) {
    if (total == part.size()) names_.back().clear();
    names_.back().append(part.data(), part.size());
  }
  bool end_value(bj::error_code& ec) {
    if (!places_.empty()) ++places_.back().position;
    if (++values_ <= bounds_.values) return true;
    return refuse(ec, fmt::format("there are more than {} values", bounds_.values));
  }
  bool end_number(bj::error_code& ec) {
    number_in_parts_ = false;
    return end_value(ec);
  }
  bool refuse(bj::error_code& ec, std::string why) {
    refusal_ = std::move(why);
    ec = bj::error::syntax;
    return false;
  }

  const Bounds bounds_;
  std::size_t values_ = 0;
  bj::storage_ptr storage_;
  Stack stack_;
  std::pmr::vector<Place> places_;
  // Of each object that is open, the keys so far and the last of them.
  std::pmr::vector<std::pmr::set<std::pmr::string>> keys_;
  std::pmr::vector<std::pmr::string> names_;
  bool number_in_parts_ = false;
  std::string refusal_;
};

// Has the tokeniser tell the handler all of the text.
template <class Stack>
Result<Nothing> read(std::string_view text, bj::basic_parser<Handler<Stack>>& parser) {
  bj::error_code ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && read < text.size()) ec = bj::error::extra_data;
  if (!ec) return Nothing{};
  const std::string& refusal = parser.handler().refusal();
  Error error =
      Error::of(Code::bad_request, fmt::format("the text is no acceptable JSON at byte {}: {}",
                                               read, refusal.empty() ? ec.message() : refusal));
  if (!refusal.empty())
    error.faults = {{.in = {}, .pointer = parser.handler().pointer(), .detail = refusal}};
  return error;
}

bj::parse_options options_for(const Bounds& bounds) {
  bj::parse_options options;
  options.max_depth = bounds.depth;
  return options;
}

Result<Value> parse_into(std::string_view text, bj::storage_ptr storage,
                         std::pmr::memory_resource* memory, const Bounds& bounds) {
  bj::basic_parser<Handler<bj::value_stack>> parser(options_for(bounds), std::move(storage), memory,
                                                    bounds);
  TRY(read(text, parser));
  return parser.handler().take();
}

}  // namespace

Result<Value> parse(std::string_view text) {
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  constexpr Bounds bounds{.values = any, .keys = any};
  return parse_into(text, {}, std::pmr::get_default_resource(), bounds);
}

Result<Value> parse(std::string_view text, std::pmr::memory_resource& memory,
                    const Bounds& bounds) {
  // The values refer to it, so that it must stay as long as they may.
  auto* adapter = new (memory.allocate(sizeof(Memory), alignof(Memory))) Memory(memory);
  return parse_into(text, adapter, &memory, bounds);
}

Result<bool> is_object(std::string_view text, std::pmr::memory_resource& memory,
                       const Bounds& bounds) {
  bj::basic_parser<Handler<NoValues>> parser(options_for(bounds), bj::storage_ptr(), &memory,
                                             bounds);
  TRY(read(text, parser));
  return text[text.find_first_not_of(" \t\r\n")] == '{';
}

}  // namespace zfsrest::json
