// Messages between gateway and agent: in whatever portions they arrive, they are the same.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "json/value.hpp"
#include "link/frame.hpp"

namespace {

using namespace zfsrest;
using fuzz::expect;

struct Read {
  std::vector<std::string> frames;
  bool is_broken = false;
};

Read read(std::string_view bytes, std::size_t portion) {
  link::Decoder decoder;
  Read read;
  while (true) {
    auto frame = decoder.next();
    if (!frame.ok()) {
      read.is_broken = true;
      return read;
    }
    if (frame.value()) {
      const link::Frame& got = *frame.value();
      read.frames.emplace_back(link::encode(got));
      // The canonical object is parsed as the agent does.
      if (got.kind == link::Kind::request) {
        [[maybe_unused]] const auto parsed =
            json::parse(got.request, *got.memory, json::Bounds{.depth = json::max_depth + 1});
      }
      continue;
    }
    if (bytes.empty()) return read;
    decoder.feed(bytes.substr(0, portion));
    bytes.remove_prefix(std::min(portion, bytes.size()));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t portion = input.take_byte() % 64 + 1;
  const Read whole = read(input.rest(), std::max<std::size_t>(input.rest().size(), 1));
  const Read pieces = read(input.rest(), portion);
  expect(whole.is_broken == pieces.is_broken, "a link is broken whatever the portions");
  expect(whole.is_broken || whole.frames == pieces.frames,
         "messages are the same whatever the portions");
  return 0;
}
