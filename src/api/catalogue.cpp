#include "api/catalogue.hpp"

#include <algorithm>
#include <array>

namespace zfsrest::api {
namespace {

template <class... Op>
constexpr auto pointers(List<Op...>) {
  return std::array{&Op::operation...};
}

constexpr auto all = pointers(Catalogue{});

consteval bool ids_are_unique() {
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (all[i]->id == all[j]->id) return false;
  return true;
}
static_assert(ids_are_unique());

}  // namespace

std::span<const Operation* const> operations() {
  return all;
}

const Operation* find_operation(std::string_view id) {
  const auto found =
      std::ranges::find_if(all, [&](const Operation* operation) { return operation->id == id; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace zfsrest::api
