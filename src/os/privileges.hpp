// Giving up privileges for good.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.hpp"

namespace zfsrest::os {

struct User {
  uid_t uid;
  gid_t gid;
};

// The user of that name. Fails with bad_request if there is none, or if it is root, which would
// give up nothing.
Result<User> find_user(const std::string& name);

// Makes this process the user, if one is given, with no further groups; and leaves it no
// capability, now or after any exec.
Result<Nothing> drop_privileges(const std::optional<User>& user);

// Lets the kernel write no core file of this process, which may hold key material, and nobody but
// root look into it.
void forbid_core_files();

}  // namespace zfsrest::os
