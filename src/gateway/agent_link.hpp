// The gateway's end of the link: many requests at once, each waiting for its answer. One thread
// does all.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "base/error.hpp"
#include "base/hurry.hpp"
#include "link/frame.hpp"

namespace zfsrest::gateway {

class AgentLink : public std::enable_shared_from_this<AgentLink> {
 public:
  struct Events {
    std::function<void(std::string handle, os::Fd)>
        connection;                // the agent accepted a Unix connection
    std::function<void()> up;      // the agent takes requests
    std::function<void()> down;    // its handles are void
    std::function<void()> broken;  // it sent what makes no sense; a new link is needed
  };

  // How long an answer is waited for: the agent keeps the deadlines, and this is for an agent that
  // cannot.
  struct Patience {
    std::chrono::milliseconds read;
    std::chrono::milliseconds page;
    std::chrono::milliseconds write;
  };
  AgentLink(boost::asio::io_context& io, Events events, Patience patience)
      : io_(io), events_(std::move(events)), patience_(patience) {}

  // Takes a new link in place of the one there was.
  void connect(os::Fd fd);

  // At the end, when nothing waits any more: link and connection hold each other.
  void disconnect() { connection_.reset(); }

  // What follows after the first frame of a streamed answer or request.
  class Rest;
  // The end of a stream: "ok", or what the agent says of what went wrong, which may be nothing.
  static boost::asio::awaitable<std::string> wait_stream_end(std::shared_ptr<Rest> rest);
  // The answer to a request whose body was uploaded.
  static boost::asio::awaitable<std::variant<link::Frame, Error>> wait_answer(
      std::shared_ptr<Rest> rest);
  // The caller is gone while he gets a stream.
  void abandon(const Rest& rest);
  // How much of the body has been passed on.
  void tell_moved(const Rest& rest, std::uint64_t bytes);

  struct Answer {
    link::Frame frame;           // a document, a problem, a stream or an upload
    std::shared_ptr<Rest> rest;  // of the latter two
  };
  // A page is a list in one document, which comes only after its last row; a list as lines is a
  // read.
  enum class Effect { read, page, write };
  // What a caller wants to wait beyond the usual, for a job to end, and what says that it waits no
  // longer; nothing if it does not wait.
  struct Wait {
    std::chrono::seconds longest{0};
    std::shared_ptr<Hurry> hurry{};
  };
  // The agent's answer, or why there is none: `agent_away` if the operation was certainly not
  // begun, `outcome_unknown` if a write may have been, `body_too_large` if it is more than the link
  // takes.
  boost::asio::awaitable<std::variant<Answer, Error>> call(link::Frame request, Effect effect,
                                                           Wait wait);

  void tell_closed(const std::string& handle);

  // How long anything that may be slow is waited for.
  std::chrono::milliseconds longest_patience() const { return patience_.write; }

 private:
  class Connection;
  struct Pending;

  std::chrono::milliseconds patience_for(Effect effect) const;
  void receive(link::Frame frame);
  void finish(link::Frame frame);
  void hurry(std::uint64_t id);
  void lost(const Connection* connection);

  boost::asio::io_context& io_;
  Events events_;
  Patience patience_;
  std::shared_ptr<Connection> connection_;
  bool is_up_ = false;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::shared_ptr<Pending>> pending_;
  std::map<std::uint64_t, std::shared_ptr<Rest>> rests_;  // until they have come, wanted or not
};

}  // namespace zfsrest::gateway
