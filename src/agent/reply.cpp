#include "agent/reply.hpp"

#include "api/classify.hpp"
#include "api/problem.hpp"
#include "base/errno_name.hpp"
#include "log/log.hpp"

namespace zfsrest::agent {

bool Reply::claim(State state) {
  State now = state_;
  while (now == State::open || now == State::held)
    if (state_.compare_exchange_weak(now, state)) return true;
  return false;
}

bool Reply::hold() {
  State open = State::open;
  return state_.compare_exchange_strong(open, State::held);
}

void Reply::document(std::string body, std::string location, std::string etag) {
  if (!claim(State::given)) {
    log::line(log::Level::info, "late_success", {{"request_id", request_id_}});
    return;
  }
  link::Frame frame{.kind = link::Kind::document,
                    .id = id_,
                    .location = std::move(location),
                    .etag = std::move(etag)};
  if (body.size() > link::largest_payload) {
    auto file = os::make_memory_file(body);
    // What was done stays done, but nobody can be told what it was.
    if (!file.ok())
      log::line(log::Level::error, "answer_lost", {{"request_id", request_id_}});
    else
      frame.descriptor = std::move(file.value());
  } else {
    frame.payload = std::move(body);
  }
  send(std::move(frame));
}

void Reply::fail(const Error& error, const api::Operation& operation) {
  const Code code = api::code_of(error, operation);
  const bool first = claim(State::given);
  if (!first || code == Code::bug)
    log::line(code == Code::bug ? log::Level::error : log::Level::info,
              first ? "bug" : "late_failure",
              {{"request_id", request_id_},
               {"operation", operation.id},
               {"subject", error.subject},
               {"errno", errno_name(error.os_errno)},
               {"detail", error.detail}});
  if (first)
    send({.kind = link::Kind::problem,
          .id = id_,
          .payload = json::serialize(api::problem(error, operation, request_id_))});
  else
    break_stream(error, operation);
}

void Reply::problem(json::Value document) {
  document.as_object()["request_id"] = request_id_;
  if (claim(State::given))
    send({.kind = link::Kind::problem, .id = id_, .payload = json::serialize(document)});
}

void Reply::accepted(std::string job, std::string location) {
  if (claim(State::given))
    send({.kind = link::Kind::accepted,
          .id = id_,
          .location = std::move(location),
          .payload = std::move(job)});
}

bool Reply::begin_stream(os::Fd read_end, std::string head) {
  if (!claim(State::streaming)) return false;
  send({.kind = link::Kind::stream,
        .id = id_,
        .payload = std::move(head),
        .descriptor = std::move(read_end)});
  return true;
}

void Reply::end_stream(bool whole) {
  finish_stream(whole ? "ok" : "");
}

void Reply::break_stream(const Error& error, const api::Operation& operation) {
  finish_stream(json::serialize(api::problem(error, operation, request_id_)));
}

void Reply::finish_stream(std::string end) {
  State streaming = State::streaming;
  if (state_.compare_exchange_strong(streaming, State::given))
    send({.kind = link::Kind::stream_end, .id = id_, .payload = std::move(end)});
}

void Reply::ask_for_body(os::Fd write_end, std::string head) {
  send({.kind = link::Kind::upload,
        .id = id_,
        .payload = std::move(head),
        .descriptor = std::move(write_end)});
}

void Reply::send(link::Frame frame) {
  frame.has_waited = has_waited_;
  // A gateway that is gone cannot be told; what was done stays done.
  if (auto sent = channel_->send(frame); !sent.ok())
    log::line(log::Level::warning, "answer_lost", {{"request_id", request_id_}});
}

}  // namespace zfsrest::agent
