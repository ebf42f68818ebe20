#include "http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>
#include <vector>

#include "http/target.hpp"

namespace zfsrest::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t max_method_bytes = 32;

// What a request line has besides method and target.
constexpr std::size_t request_line_frame_bytes = std::string_view("  HTTP/1.1\r\n").size();

std::string_view view_of(string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

// Beast's parser, given only slices that the guard has found whole.
class RequestParser::Wire final : public beast_http::basic_parser<true> {
 public:
  Wire(const Limits& limits, os::Arena& memory) : body(&memory), limits_(limits) {
    // The limits are ours, with answers of their own: Beast's own body limit would speak first.
    body_limit(boost::none);
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
  }

  RequestHead head;
  std::pmr::vector<char> body;
  std::uint64_t chunk_bytes_left = 0;
  bool has_too_many_fields = false;
  bool is_body_too_large = false;

 private:
  void on_request_impl(beast_http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    head.method = view_of(method);
    head.target = view_of(target);
    head.version = version == 11 ? Version::http_1_1 : Version::http_1_0;
  }

  // Fields after the head are trailers: they are counted and dropped, whatever they say.
  void on_field_impl(beast_http::field, string_view name, string_view value,
                     error_code& ec) override {
    if (++field_count_ > limits_.header_fields) {
      has_too_many_fields = true;
      ec = beast_http::error::header_limit;
    } else if (!is_header_done()) {
      head.fields.push_back({std::string(view_of(name)), std::string(view_of(value))});
    }
  }

  void on_header_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& size_bytes, error_code&) override {
    if (size_bytes) body.reserve(*size_bytes);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t on_body_impl(string_view piece, error_code&) override {
    body.insert(body.end(), piece.begin(), piece.end());
    return piece.size();
  }

  void on_chunk_header_impl(std::uint64_t size_bytes, string_view, error_code& ec) override {
    if (size_bytes > limits_.body_bytes - body.size()) {
      is_body_too_large = true;
      ec = beast_http::error::body_limit;
    }
    chunk_bytes_left = size_bytes;
  }

  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override {
    body.insert(body.end(), piece.begin(), piece.end());
    chunk_bytes_left -= piece.size();
    return piece.size();
  }

  const Limits& limits_;
  std::size_t field_count_ = 0;
};

RequestParser::RequestParser(const Limits& limits)
    : limits_(limits), wire_(std::make_unique<Wire>(limits, *memory_)) {}

RequestParser::~RequestParser() = default;

std::uint64_t RequestParser::body_bytes() const {
  return wire_->body.size();
}

Request RequestParser::take_request() {
  const std::string_view body(wire_->body.data(), wire_->body.size());
  // The bytes stay in the memory, which is not ours any more.
  wire_.reset();
  return {.head = std::move(head_), .memory = std::move(memory_), .body = body};
}

RequestParser::Step RequestParser::parse_head(std::string_view input) {
  // RFC 9112, 2.2: some clients end a body with one CRLF too many.
  if (!skipped_empty_line_ && input.starts_with("\r\n")) {
    skipped_empty_line_ = true;
    scanned_bytes_ = 0;
    Step rest = parse_head(input.substr(2));
    rest.consumed_bytes += 2;
    return rest;
  }

  Scan scan = scan_lines(input, scanned_bytes_);
  if (scan.refusal) return {.refusal = std::move(scan.refusal)};
  const std::string_view raw = input.substr(0, scan.length.value_or(input.size()));
  if (auto refusal = check_head_size(raw)) return {.refusal = std::move(refusal)};
  if (!scan.length) {
    scanned_bytes_ = input.size();
    return {};
  }
  if (auto refusal = put(raw)) return {.refusal = std::move(refusal)};
  head_ = std::move(wire_->head);
  if (auto refusal = settle_head()) return {.refusal = std::move(refusal)};
  return {.consumed_bytes = raw.size(), .done = true};
}

// Judges the part of a head that has arrived, so that no limit waits for the end of what exceeds
// it.
std::optional<Refusal> RequestParser::check_head_size(std::string_view input) const {
  const std::size_t line_bytes = std::min(input.find('\n'), input.size());
  if (line_bytes > limits_.target_bytes + max_method_bytes + request_line_frame_bytes)
    return Refusal{Code::uri_too_long, "the request target is too long"};
  if (input.size() > limits_.header_bytes)
    return Refusal{Code::header_too_large, "the header has too many bytes"};
  return std::nullopt;
}

std::optional<Refusal> RequestParser::settle_head() {
  if (head_.method.size() > max_method_bytes)
    return Refusal{Code::bad_framing, "the method is too long"};
  if (head_.target.size() > limits_.target_bytes)
    return Refusal{Code::uri_too_long, "the request target is too long"};
  if (auto refusal = settle_target(head_)) return refusal;
  if (auto refusal = settle_framing(head_)) return refusal;

  // Two readings of the same fields must agree before either is relied on.
  const boost::optional<std::uint64_t> length = wire_->content_length();
  const bool same_length =
      length ? head_.content_length == *length : !head_.content_length.has_value();
  if (wire_->chunked() != head_.chunked || !same_length)
    return Refusal{Code::bad_framing, "the end of the body is in doubt"};
  return std::nullopt;
}

std::optional<Refusal> RequestParser::check_body_size() const {
  if (head_.content_length.value_or(0) > limits_.body_bytes)
    return Refusal{Code::body_too_large, "Content-Length exceeds the limit"};
  return std::nullopt;
}

RequestParser::Step RequestParser::parse_body(std::string_view input) {
  if (wire_->is_done()) return {.done = true};
  if (head_.chunked) return parse_chunks(input);
  if (auto refusal = check_body_size()) return {.refusal = std::move(refusal)};
  if (input.empty()) return {};
  const std::uint64_t left_bytes = head_.content_length.value_or(0) - wire_->body.size();
  const std::string_view piece = input.substr(0, std::min<std::uint64_t>(left_bytes, input.size()));
  if (auto refusal = put(piece)) return {.refusal = std::move(refusal)};
  return {.consumed_bytes = piece.size(), .done = wire_->is_done()};
}

RequestParser::Step RequestParser::parse_chunks(std::string_view input) {
  Step step;
  while (!step.done) {
    const std::string_view rest = input.substr(step.consumed_bytes);
    std::size_t slice_bytes = std::min<std::uint64_t>(wire_->chunk_bytes_left, rest.size());
    const bool at_head = wire_->chunk_bytes_left == 0;
    if (at_head) {
      Scan scan = scan_chunk_head(rest, place_);
      step.refusal = std::move(scan.refusal);
      if (step.refusal || !scan.length) return step;
      slice_bytes = *scan.length;
      place_ = ChunkPlace::after_chunk;
    }
    if (slice_bytes == 0) return step;
    step.refusal = put(rest.substr(0, slice_bytes));
    if (!step.refusal && at_head)
      step.refusal = overhead_.account(slice_bytes, wire_->chunk_bytes_left);
    if (step.refusal) return step;
    step.consumed_bytes += slice_bytes;
    step.done = wire_->is_done();
  }
  return step;
}

// Hands Beast a slice that must be consumed to its last byte: where Beast and the guard differ
// about an end, the request is refused.
std::optional<Refusal> RequestParser::put(std::string_view slice) {
  error_code ec;
  const std::size_t taken_bytes =
      wire_->put(boost::asio::const_buffer(slice.data(), slice.size()), ec);
  if (wire_->has_too_many_fields) return Refusal{Code::header_too_large, "too many header fields"};
  if (wire_->is_body_too_large) return Refusal{Code::body_too_large, "the body exceeds the limit"};
  if (ec) return Refusal{Code::bad_framing, ec.message()};
  if (taken_bytes != slice.size())
    return Refusal{Code::bad_framing, "the request could be read in two ways"};
  return std::nullopt;
}

}  // namespace zfsrest::http
