// A release of OpenZFS, as the loaded module and our tables name it.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zfsrest {

struct Release {
  int major = 0;
  int minor = 0;
  int patch = 0;

  // Takes what `/sys/module/zfs/version` and `zfs version` say: "2.1.11-1+deb12u2",
  // "zfs-kmod-2.3.2-1", "2.4.0-rc1". What follows the numbers is the packager's and is ignored; a
  // missing patch number is 0. Fails with bad_request.
  static Result<Release> parse(std::string_view text);

  friend constexpr auto operator<=>(const Release&, const Release&) = default;
};

// "2.2", or "2.2.3" where the patch number tells more.
std::string to_string(Release release);

}  // namespace zfsrest
