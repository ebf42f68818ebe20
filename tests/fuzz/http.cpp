// The framing of HTTP: in whatever portions a request arrives, it is read in one way only.
#include <algorithm>
#include <optional>
#include <string>

#include "fuzz.hpp"
#include "http/request_parser.hpp"

namespace {

using namespace zfsrest;
using fuzz::expect;

struct Parsed {
  bool done = false;
  bool is_refused = false;
  std::size_t consumed = 0;
  std::string method, target, body;
  std::size_t fields = 0;
  bool chunked = false;

  friend bool operator==(const Parsed&, const Parsed&) = default;
};

// Hands the bytes over in portions of so many; each call sees what is left over from the one before
// and the next portion.
class Feeder {
 public:
  Feeder(std::string_view bytes, std::size_t portion) : bytes_(bytes), portion_(portion) {}

  // False if the part did not come to its end.
  template <class Parse>
  bool feed(const Parse& parse, Parsed& parsed) {
    while (true) {
      const http::RequestParser::Step step =
          parse(bytes_.substr(parsed.consumed, seen_ - parsed.consumed));
      expect(step.consumed_bytes <= seen_ - parsed.consumed, "no more is consumed than was there");
      parsed.consumed += step.consumed_bytes;
      if (step.refusal) {
        parsed.is_refused = true;
        return false;
      }
      if (step.done) return true;
      if (seen_ == bytes_.size()) return false;
      seen_ = std::min(seen_ + portion_, bytes_.size());
    }
  }

 private:
  std::string_view bytes_;
  std::size_t portion_;
  std::size_t seen_ = 0;
};

Parsed parse(std::string_view bytes, std::size_t portion) {
  const http::Limits limits;
  http::RequestParser parser(limits);
  Feeder feeder(bytes, portion);
  Parsed parsed;
  if (!feeder.feed([&](std::string_view input) { return parser.parse_head(input); }, parsed))
    return parsed;
  const http::RequestHead& head = parser.head();
  expect(!(head.chunked && head.content_length), "a body has one end only");
  parsed.method = head.method;
  parsed.target = head.target;
  parsed.fields = head.fields.size();
  parsed.chunked = head.chunked;
  if (parser.check_body_size()) {
    parsed.is_refused = true;
    return parsed;
  }
  if (!feeder.feed([&](std::string_view input) { return parser.parse_body(input); }, parsed))
    return parsed;
  parsed.done = true;
  parsed.body = parser.take_request().body;
  return parsed;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t portion = input.take_byte() % 32 + 1;
  const Parsed whole = parse(input.rest(), input.rest().size());
  const Parsed pieces = parse(input.rest(), portion);
  expect(whole.done == pieces.done && whole.is_refused == pieces.is_refused,
         "a request is taken or refused whatever its portions");
  if (whole.done) expect(whole == pieces, "a request means the same whatever its portions");
  return 0;
}
