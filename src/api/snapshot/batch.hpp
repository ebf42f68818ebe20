// What batches of snapshots and of bookmarks must keep to: the kernel takes a batch as a whole,
// within one pool.
#pragma once

#include <string>
#include <vector>

#include "describe/report.hpp"

namespace zfsrest::api {

// Notes an empty batch, and each name that is in another pool than the first.
template <class Name>
void check_one_pool(const std::vector<Name>& names, const describe::Spot& spot) {
  if (names.empty()) spot.fault("the batch is empty");
  for (std::size_t i = 1; i < names.size(); ++i)
    if (names[i].pool() != names.front().pool())
      spot.index(i).fault(names[i].text() + " is in another pool than " + names.front().text() +
                          "; a batch is one pool's");
}

}  // namespace zfsrest::api
