// A deadline that is moved far more often than it passes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace zfsrest::http {

// Moving the deadline later costs nothing: the timer, once it fires, looks whether the deadline has
// moved and waits on. One thread.
class Deadline : public std::enable_shared_from_this<Deadline> {
 public:
  using Clock = std::chrono::steady_clock;

  // `expire` is called when the deadline passes, never after the last owner has let go.
  Deadline(boost::asio::io_context& io, std::function<void()> expire);

  void set(Clock::time_point when);
  void set_in(Clock::duration from_now) { set(Clock::now() + from_now); }
  void clear() { when_ = Clock::time_point::max(); }

 private:
  void arm();

  boost::asio::steady_timer timer_;
  std::function<void()> expire_;
  Clock::time_point when_ = Clock::time_point::max();
  Clock::time_point armed_for_ = Clock::time_point::max();
};

}  // namespace zfsrest::http
