// The one answer that a request gets, from whoever has it first: the operation or its deadline.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "api/operation.hpp"
#include "base/error.hpp"
#include "json/value.hpp"
#include "link/channel.hpp"

namespace zfsrest::agent {

class Reply {
 public:
  Reply(std::shared_ptr<link::Channel> channel, std::uint64_t id, std::string request_id)
      : channel_(std::move(channel)), id_(id), request_id_(std::move(request_id)) {}

  // The first of these decides the answer; later ones are logged, and say nothing to the caller,
  // but that a failure breaks a stream that has begun.
  void document(std::string body, std::string location = "", std::string etag = "");
  void fail(const Error& error, const api::Operation& operation);
  // A problem document that was made before, for another request or for a job.
  void problem(json::Value document);
  // It goes on as a job, which is at `location`.
  void accepted(std::string job, std::string location);

  // From here on only the holder answers, however long that takes: true for the first who asks,
  // and only as long as there is no answer.
  bool hold();

  // The answer waits for a job, as the caller wished.
  void note_wait() { has_waited_ = true; }

  // Begins an answer whose body follows on `read_end`, if it is the first. A stream of ZFS has a
  // head.
  bool begin_stream(os::Fd read_end, std::string head = "");
  // One of these must come when all of it is written, or nothing more will be; they say nothing if
  // no stream was begun.
  void end_stream(bool whole);
  void break_stream(const Error& error, const api::Operation& operation);

  // Asks for the body of the request, which is to be written to `write_end`. An answer must follow.
  void ask_for_body(os::Fd write_end, std::string head);

  // Whether there is an answer, or has begun to be one.
  bool is_given() const { return state_ == State::streaming || state_ == State::given; }

  const std::string& request_id() const { return request_id_; }

 private:
  enum class State : std::uint8_t { open, held, streaming, given };

  // True for the one who may answer.
  bool claim(State state);
  void send(link::Frame frame);
  void finish_stream(std::string end);

  std::shared_ptr<link::Channel> channel_;
  std::uint64_t id_;
  std::string request_id_;
  std::atomic<State> state_ = State::open;
  std::atomic<bool> has_waited_ = false;
};

}  // namespace zfsrest::agent
