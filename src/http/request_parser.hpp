// The parser of one request: bytes in, a head and a body out, no input or output of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/guard.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "http/refusal.hpp"

namespace zfsrest::http {

class RequestParser {
 public:
  // `limits` outlives the parser.
  explicit RequestParser(const Limits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // What a call made of its input. The caller drops the consumed bytes and, unless done or refused,
  // calls again with the rest and more behind it. After a refusal the parser is of no further use.
  struct Step {
    std::size_t consumed_bytes = 0;
    bool done = false;
    std::optional<Refusal> refusal;
  };

  // Takes the head as a whole, once it is there; limits and guard have judged it when it is done.
  Step parse_head(std::string_view input);

  // Once the head is done, of a body that is to be kept: whether it is known to be too large.
  std::optional<Refusal> check_body_size() const;

  // Takes the body piece by piece. Called after the head is done; for a request without body done
  // at once.
  Step parse_body(std::string_view input);

  // Once the head is done.
  const RequestHead& head() const { return head_; }

  std::uint64_t body_bytes() const;

  // Once the body is done; the parser is of no further use.
  Request take_request();

 private:
  class Wire;

  std::optional<Refusal> check_head_size(std::string_view input) const;
  std::optional<Refusal> settle_head();
  Step parse_chunks(std::string_view input);
  std::optional<Refusal> put(std::string_view slice);

  const Limits& limits_;
  std::shared_ptr<os::Arena> memory_ = std::make_shared<os::Arena>();
  std::unique_ptr<Wire> wire_;
  RequestHead head_;
  std::size_t scanned_bytes_ = 0;
  bool skipped_empty_line_ = false;
  ChunkPlace place_ = ChunkPlace::first;
  ChunkOverhead overhead_;
};

}  // namespace zfsrest::http
