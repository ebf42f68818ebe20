// Where ZFS runs.
#pragma once

#include <span>

#include "describe/codec.hpp"

namespace zfsrest::model {

enum class Engine { kernel, userland };

inline std::span<const describe::Word<Engine>> words_of(Engine) {
  static constexpr describe::Word<Engine> words[] = {
      {Engine::kernel, "kernel", "The kernel's module; file systems are mounted."},
      {Engine::userland, "userland", "ZFS in user space; nothing is mounted."},
  };
  return words;
}

}  // namespace zfsrest::model
