#include "os/privileges.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "os/fd.hpp"

namespace zfsrest::os {
namespace {

// Without privileges it cannot be emptied, and with no_new_privs nothing can be gained from it.
Result<Nothing> empty_bounding_set() {
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM)
      return last_error("PR_CAPBSET_DROP");
  return Nothing{};
}

Result<Nothing> become_user(const User& user) {
  if (::setgroups(0, nullptr) != 0) return last_error("setgroups");
  if (::setresgid(user.gid, user.gid, user.gid) != 0) return last_error("setresgid");
  if (::setresuid(user.uid, user.uid, user.uid) != 0) return last_error("setresuid");
  return Nothing{};
}

Result<Nothing> empty_capability_sets() {
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) return last_error("capset");
  return Nothing{};
}

}  // namespace

Result<User> find_user(const std::string& name) {
  passwd entry{};
  passwd* user = nullptr;
  std::array<char, 4096> texts{};
  ::getpwnam_r(name.c_str(), &entry, texts.data(), texts.size(), &user);
  if (!user) return Error::of(Code::bad_request, "there is no user \"" + name + "\"");
  if (user->pw_uid == 0)
    return Error::of(Code::bad_request,
                     "the user \"" + name + "\" is root, so nothing would be given up");
  return User{.uid = user->pw_uid, .gid = user->pw_gid};
}

Result<Nothing> drop_privileges(const std::optional<User>& user) {
  // The bounding set goes first, because emptying it takes a capability.
  TRY(empty_bounding_set());
  if (user) TRY(become_user(*user));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return last_error("PR_SET_NO_NEW_PRIVS");
  return empty_capability_sets();
}

void forbid_core_files() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace zfsrest::os
