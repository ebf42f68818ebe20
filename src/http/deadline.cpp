#include "http/deadline.hpp"

#include <utility>

namespace zfsrest::http {

Deadline::Deadline(boost::asio::io_context& io, std::function<void()> expire)
    : timer_(io), expire_(std::move(expire)) {}

void Deadline::set(Clock::time_point when) {
  when_ = when;
  if (when_ < armed_for_) arm();
}

void Deadline::arm() {
  armed_for_ = when_;
  timer_.expires_at(when_);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
    const std::shared_ptr<Deadline> self = weak.lock();
    if (ec || !self) return;
    self->armed_for_ = Clock::time_point::max();
    if (self->when_ == Clock::time_point::max()) return;
    if (Clock::now() < self->when_) return self->arm();
    self->clear();
    self->expire_();
  });
}

}  // namespace zfsrest::http
