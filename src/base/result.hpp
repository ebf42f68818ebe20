// Result<T>: a value, or the Error that says why there is none.
#pragma once

#include <utility>
#include <variant>

#include "base/error.hpp"

namespace zfsrest {

// The value of an operation that has nothing to tell but that it succeeded.
struct Nothing {};

template <class T>
class [[nodiscard]] Result {
 public:
  using Value = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Each accessor's precondition is that the Result holds what it asks for. Of a temporary the
  // value is moved out, not referred to, so that a loop over it is sound.
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T value() && { return std::get<0>(std::move(state_)); }
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace zfsrest

// Yields the value of a Result, or returns its Error from the enclosing function.
#define TRY(expression)                                         \
  __extension__({                                               \
    auto try_result = (expression);                             \
    if (!try_result.ok()) return std::move(try_result).error(); \
    std::move(try_result).value();                              \
  })
