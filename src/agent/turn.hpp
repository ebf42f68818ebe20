// A thread's turn at reading a link. It may carry out what it has read while nobody reads on:
// another does as soon as that takes long, or at once if there is more to be read.
#pragma once

#include <functional>
#include <memory>

#include "agent/deadlines.hpp"
#include "agent/workers.hpp"

namespace zfsrest::agent {

class Turn {
 public:
  // `read` is what one of `readers` does who reads on.
  Turn(Deadlines& deadlines, std::shared_ptr<Workers> readers, std::function<void()> read)
      : deadlines_(deadlines), readers_(std::move(readers)), read_(std::move(read)) {}

  // To be called at most once, before something is carried out. False if there would be nobody to
  // read on.
  bool begin(bool is_more_there);

  // Whether the thread reads on, and no other. To be called last.
  bool end();

 private:
  class Taking;

  Deadlines& deadlines_;
  const std::shared_ptr<Workers> readers_;
  std::function<void()> read_;      // until something is carried out
  std::shared_ptr<Taking> taking_;  // while something is carried out
};

}  // namespace zfsrest::agent
