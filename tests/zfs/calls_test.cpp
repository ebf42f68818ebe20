// Where libzfs_core has a function for an ioctl, both ways must do the same: the same errno, the
// same answer, the same state afterwards. What follows is done twice, each way in a tree of its own
// that began alike.
#include "zfs/calls.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/errno_name.hpp"
#include "model/feature_table.hpp"
#include "os/fd.hpp"
#include "pool.hpp"
#include "unused_calls.hpp"
#include "zfs/background.hpp"
#include "zfs/bookmark.hpp"
#include "zfs/boot_environment.hpp"
#include "zfs/dataset.hpp"
#include "zfs/device.hpp"
#include "zfs/hold.hpp"
#include "zfs/iterate.hpp"
#include "zfs/key.hpp"
#include "zfs/library.hpp"
#include "zfs/nvlist_json.hpp"
#include "zfs/pool.hpp"
#include "zfs/snapshot.hpp"
#include "zfs/stream.hpp"
#include "zfs/vdev_tree.hpp"

namespace zfsrest::zfs {
namespace {

std::string text_of(NvView list) {
  std::string text;
  list.each([&](const NvPair& pair) {
    text += std::string(pair.name()) + "=";
    if (const auto value = pair.text()) text += *value;
    if (const auto value = pair.u64()) text += std::to_string(*value);
    if (const auto value = pair.integer()) text += std::to_string(*value);
    if (const auto value = pair.list()) text += "{" + text_of(*value) + "}";
    text += " ";
  });
  return text;
}

struct Outcome {
  int os_errno = 0;
  std::string answer;
  bool operator==(const Outcome&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << "errno " << outcome.os_errno << ", answer '" << outcome.answer << "'";
}

Outcome without_answer(int rc) {
  return {.os_errno = rc};
}

// One of the two trees.
struct Side {
  const Handle& handle;
  std::string root;

  std::string operator/(const std::string& name) const { return root + "/" + name; }

  void filesystem(const std::string& name) const {
    ASSERT_TRUE(create_dataset(handle, *this / name, model::DatasetType::filesystem, NvList()).ok())
        << name;
  }
  void snapshot(const std::string& name) const {
    ASSERT_TRUE(create_snapshots(handle, {*this / name}, NvList()).ok()) << name;
  }
  void clone(const std::string& name, const std::string& origin) const {
    ASSERT_TRUE(clone_snapshot(handle, *this / name, *this / origin, NvList()).ok()) << name;
  }

  // Issues the ioctl of the product's own.
  Outcome call(Ioctl number, Command& command, const NvList* input = nullptr) const {
    const Reply reply = handle.call(number, command, input);
    return {.os_errno = reply.os_errno, .answer = text_of(reply.output.view())};
  }
  Outcome call(Ioctl number, const std::string& name, const NvList* input = nullptr) const {
    return call(number, *command_for(name), input);
  }
};

// What is in a tree: names, types, origins, bookmarks and the properties that were set.
std::string state_of(const Side& side) {
  std::string state;
  const auto describe = [&](const std::string& name) {
    const auto command = command_for(name);
    const Reply reply = side.handle.call(Ioctl::objset_stats, *command);
    ASSERT_EQ(reply.os_errno, 0) << name;
    state += name + " type " + std::to_string(command->stats.type) + " origin " +
             command->stats.origin + " clones " + std::to_string(command->stats.num_clones) + " ";
    // The order of the properties, too, is the kernel's own affair.
    std::set<std::string> properties;
    reply.output.view().each([&](const NvPair& pair) {
      const auto property = pair.list();
      if (!property || !property->has("source") || property->text("source")->empty()) return;
      properties.insert(std::string(pair.name()) + ":" + text_of(*property));
    });
    for (const std::string& property : properties) state += property;
    state += "\n";
  };
  // The kernel's order depends on a salt of each directory.
  std::vector<std::string> datasets = read_tree(side.handle, side.root).value();
  std::ranges::sort(datasets);
  for (const std::string& dataset : datasets) {
    describe(dataset);
    const std::vector<SnapshotBrief> snapshots = read_snapshots(side.handle, dataset).value();
    for (const SnapshotBrief& snapshot : snapshots) {
      describe(snapshot.name);
      std::vector<model::Hold> holds = read_holds(side.handle, snapshot.name).value();
      std::ranges::sort(holds, {}, &model::Hold::tag);
      for (const model::Hold& hold : holds) state += "held by " + hold.tag + "\n";
    }
    for (const BookmarkBrief& bookmark : read_bookmarks(side.handle, dataset).value())
      state += bookmark.name + "\n";
  }
  return state;
}

// The text with the tree's own name taken out, so that two trees can be compared.
std::string without_root(std::string text, const std::string& root) {
  for (std::size_t at = 0; (at = text.find(root, at)) != std::string::npos;)
    text.replace(at, root.size(), "ROOT");
  return text;
}

struct Case {
  std::string function;
  std::string what;
  int os_errno;  // that both ways must end with
  std::function<void(const Side&)> prepare;
  std::function<Outcome(const Side&)> by_library;
  std::function<Outcome(const Side&)> by_ioctl;
};
std::ostream& operator<<(std::ostream& out, const Case& each) {
  return out << each.function << ": " << each.what;
}

// --- One function for each of libzfs_core's: its cases.

using Prepare = std::function<void(const Side&)>;

NvList a_property(const std::string& name, std::uint64_t value) {
  NvList properties;
  properties.add_u64(name, value);
  return properties;
}

NvList a_note() {
  NvList properties;
  properties.add_text("test:note", "kept");
  return properties;
}

std::vector<Case> create_cases() {
  const auto of = [](std::string what, int os_errno, std::string name, bool volume,
                     std::function<NvList()> properties) {
    return Case{
        .function = "lzc_create",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = [](const Side& side) { side.filesystem("there"); },
        .by_library =
            [=](const Side& side) {
              return without_answer(library::create(side / name, volume, properties().raw()));
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_i32("type", volume ? 3 : 2);
              input.add_list("props", properties());
              // The answer names the property, which is why the product does not use the function.
              return without_answer(side.call(Ioctl::create, side / name, &input).os_errno);
            },
    };
  };
  return {
      of("a file system with a note", 0, "new", false, a_note),
      of("a file system without atime", 0, "new", false, [] { return a_property("atime", 0); }),
      of("a volume", 0, "new", true, [] { return a_property("volsize", 1 << 20); }),
      of("a volume without a size", EINVAL, "new", true, [] { return NvList(); }),
      of("a name that is taken", EEXIST, "there", false, [] { return NvList(); }),
      of("no parent", ENOENT, "absent/new", false, [] { return NvList(); }),
      of("a record size that is too large", ERANGE, "new", false,
         [] { return a_property("recordsize", 1 << 30); }),
  };
}

std::vector<Case> clone_cases() {
  const auto of = [](std::string what, int os_errno, std::string name, std::string origin) {
    return Case{
        .function = "lzc_clone",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [](const Side& side) {
              side.filesystem("there");
              side.snapshot("there@s");
            },
        .by_library =
            [=](const Side& side) {
              return without_answer(library::clone(side / name, side / origin, a_note().raw()));
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_text("origin", side / origin);
              input.add_list("props", a_note());
              return without_answer(side.call(Ioctl::clone, side / name, &input).os_errno);
            },
    };
  };
  return {
      of("a clone with a note", 0, "new", "there@s"),
      of("a name that is taken", EEXIST, "there", "there@s"),
      of("no such snapshot", ENOENT, "new", "there@absent"),
      of("an origin that is no snapshot", EINVAL, "new", "there"),
  };
}

std::vector<Case> exists_cases() {
  const auto of = [](std::string what, std::string name) {
    return Case{
        .function = "lzc_exists",
        .what = std::move(what),
        .os_errno = 0,
        .prepare =
            [](const Side& side) {
              side.filesystem("there");
              side.snapshot("there@s");
            },
        .by_library =
            [=](const Side& side) {
              return Outcome{.answer = library::exists(side / name) ? "yes" : "no"};
            },
        .by_ioctl =
            [=](const Side& side) {
              const bool found = side.call(Ioctl::objset_stats, side / name).os_errno == 0;
              return Outcome{.answer = found ? "yes" : "no"};
            },
    };
  };
  return {of("a file system", "there"), of("a snapshot", "there@s"), of("neither", "absent")};
}

std::vector<Case> snapshot_cases() {
  const auto of = [](std::string what, int os_errno, std::vector<std::string> names) {
    const auto list = [names = std::move(names)](const Side& side) {
      NvList snapshots;
      for (const std::string& name : names) snapshots.add_flag(side / name);
      return snapshots;
    };
    return Case{
        .function = "lzc_snapshot",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [](const Side& side) {
              side.filesystem("a");
              side.filesystem("b");
              side.snapshot("a@old");
            },
        .by_library =
            [=](const Side& side) {
              NvList errors = NvList::slot();
              const int rc = library::snapshot(list(side).raw(), a_note().raw(), errors.out());
              return Outcome{.os_errno = rc, .answer = text_of(errors.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_list("snaps", list(side));
              input.add_list("props", a_note());
              return side.call(Ioctl::snapshot, side.root.substr(0, side.root.find('/')), &input);
            },
    };
  };
  return {
      of("two at once, with a note", 0, {"a@new", "b@new"}),
      of("one of two is there", EEXIST, {"a@old", "b@old"}),
      of("one of two has no dataset", ENOENT, {"a@new", "absent@new"}),
      of("two of one dataset", EXDEV, {"a@one", "a@two"}),
  };
}

std::vector<Case> destroy_snaps_cases() {
  const auto of = [](std::string what, int os_errno, std::vector<std::string> names, bool defer) {
    const auto list = [names = std::move(names)](const Side& side) {
      NvList snapshots;
      for (const std::string& name : names) snapshots.add_flag(side / name);
      return snapshots;
    };
    return Case{
        .function = "lzc_destroy_snaps",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [](const Side& side) {
              side.filesystem("a");
              side.snapshot("a@plain");
              side.snapshot("a@cloned");
              side.clone("clone", "a@cloned");
            },
        .by_library =
            [=](const Side& side) {
              NvList errors = NvList::slot();
              const int rc = library::destroy_snapshots(list(side).raw(), defer, errors.out());
              return Outcome{.os_errno = rc, .answer = text_of(errors.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_list("snaps", list(side));
              if (defer) input.add_flag("defer");
              return side.call(Ioctl::destroy_snapshots, side.root.substr(0, side.root.find('/')),
                               &input);
            },
    };
  };
  return {
      of("one of two is absent", 0, {"a@plain", "a@absent"}, false),
      of("one of two has a clone", EEXIST, {"a@plain", "a@cloned"}, false),
      of("one of two has a clone, deferred", 0, {"a@plain", "a@cloned"}, true),
  };
}

Prepare three_snapshots() {
  return [](const Side& side) {
    side.filesystem("a");
    side.filesystem("bare");
    for (const char* name : {"a@1", "a@2", "a@3"}) side.snapshot(name);
  };
}

std::vector<Case> rollback_cases() {
  const auto of = [](std::string what, int os_errno, std::string name) {
    return Case{
        .function = "lzc_rollback",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = three_snapshots(),
        .by_library =
            [=](const Side& side) {
              std::array<char, 256> target{};
              const int rc = library::rollback(side / name, target);
              return Outcome{.os_errno = rc, .answer = target.data()};
            },
        .by_ioctl =
            [=](const Side& side) {
              const Reply reply = side.handle.call(Ioctl::rollback, *command_for(side / name));
              return Outcome{
                  .os_errno = reply.os_errno,
                  .answer = std::string(reply.output.view().text("target").value_or(""))};
            },
    };
  };
  return {of("what is there", 0, "a"), of("no snapshot", ESRCH, "bare"),
          of("no dataset", ENOENT, "absent")};
}

std::vector<Case> rollback_to_cases() {
  const auto of = [](std::string what, int os_errno, std::string name, std::string snapshot) {
    return Case{
        .function = "lzc_rollback_to",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = three_snapshots(),
        .by_library =
            [=](const Side& side) {
              return without_answer(library::rollback_to(side / name, side / snapshot));
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_text("target", side / snapshot);
              return without_answer(side.call(Ioctl::rollback, side / name, &input).os_errno);
            },
    };
  };
  return {of("the newest", 0, "a", "a@3"), of("not the newest", EEXIST, "a", "a@2"),
          of("no such snapshot", ESRCH, "a", "a@absent")};
}

Prepare two_bookmarks() {
  return [](const Side& side) {
    three_snapshots()(side);
    for (const std::string number : {"1", "2"})
      ASSERT_TRUE(create_bookmarks(side.handle,
                                   {{.name = side / "a#" + number, .source = side / "a@" + number}})
                      .ok());
  };
}

// The names of the pairs, for answers whose values differ between the two trees.
std::string keys_of(NvView list) {
  std::string keys;
  list.each([&](const NvPair& pair) { keys += std::string(pair.name()) + " "; });
  return keys;
}

std::vector<Case> get_bookmark_props_cases() {
  const auto of = [](std::string what, int os_errno, std::string name) {
    return Case{
        .function = "lzc_get_bookmark_props",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_bookmarks(),
        .by_library =
            [=](const Side& side) {
              NvList found = NvList::slot();
              const int rc = library::get_bookmark_props(side / name, found.out());
              return Outcome{.os_errno = rc, .answer = keys_of(found.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              const Reply reply =
                  side.handle.call(Ioctl::get_bookmark_props, *command_for(side / name));
              return Outcome{.os_errno = reply.os_errno, .answer = keys_of(reply.output.view())};
            },
    };
  };
  return {of("one", 0, "a#1"), of("no bookmark", ESRCH, "a#absent"),
          of("no dataset", ENOENT, "absent#1")};
}

std::string pool_of(const Side& side) {
  return side.root.substr(0, side.root.find('/'));
}

std::vector<Case> bookmark_cases() {
  const auto of = [](std::string what, int os_errno,
                     std::vector<std::pair<std::string, std::string>> bookmarks) {
    const auto list = [bookmarks = std::move(bookmarks)](const Side& side) {
      NvList names;
      for (const auto& [name, source] : bookmarks) names.add_text(side / name, side / source);
      return names;
    };
    return Case{
        .function = "lzc_bookmark",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_bookmarks(),
        .by_library =
            [=](const Side& side) {
              NvList errors = NvList::slot();
              const int rc = library::bookmark(list(side).raw(), errors.out());
              return Outcome{.os_errno = rc, .answer = text_of(errors.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              const NvList input = list(side);
              return side.call(Ioctl::bookmark, pool_of(side), &input);
            },
    };
  };
  return {of("of a snapshot and of a bookmark", 0, {{"a#3", "a@3"}, {"a#copy", "a#1"}}),
          of("one exists", EEXIST, {{"a#3", "a@3"}, {"a#1", "a@1"}}),
          of("no source", ENOENT, {{"a#3", "a@absent"}}),
          of("no bookmark to copy", ESRCH, {{"a#3", "a#absent"}})};
}

using Tags = std::vector<std::pair<std::string, std::string>>;

Prepare two_holds() {
  return [](const Side& side) {
    three_snapshots()(side);
    for (const std::string number : {"1", "2"})
      ASSERT_TRUE(
          hold_snapshots(side.handle,
                         {{.snapshot = model::SnapshotName::parse(side / "a@" + number).value(),
                           .tag = model::HoldTag::parse("kept").value()}},
                         permanent)
              .ok());
  };
}

std::vector<Case> hold_cases() {
  const auto of = [](std::string what, int os_errno, Tags holds) {
    const auto list = [holds = std::move(holds)](const Side& side) {
      NvList tags = NvList::with_repeats();
      for (const auto& [snapshot, tag] : holds) tags.add_text(side / snapshot, tag);
      return tags;
    };
    return Case{
        .function = "lzc_hold",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_holds(),
        .by_library =
            [=](const Side& side) {
              NvList errors = NvList::slot();
              const int rc = library::hold(list(side).raw(), permanent, errors.out());
              return Outcome{.os_errno = rc, .answer = text_of(errors.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_list("holds", list(side));
              return side.call(Ioctl::hold, pool_of(side), &input);
            },
    };
  };
  return {of("two on one and one absent", 0, {{"a@3", "one"}, {"a@3", "two"}, {"a@absent", "one"}}),
          of("one exists", EEXIST, {{"a@3", "kept"}, {"a@1", "kept"}}),
          of("an empty tag", EINVAL, {{"a@3", ""}})};
}

std::vector<Case> release_cases() {
  const auto of = [](std::string what, int os_errno, Tags holds) {
    const auto list = [holds = std::move(holds)](const Side& side) {
      NvList snapshots;
      for (const auto& [snapshot, tag] : holds) {
        NvList tags;
        tags.add_flag(tag);
        snapshots.add_list(side / snapshot, tags);
      }
      return snapshots;
    };
    return Case{
        .function = "lzc_release",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_holds(),
        .by_library =
            [=](const Side& side) {
              NvList errors = NvList::slot();
              const int rc = library::release(list(side).raw(), errors.out());
              return Outcome{.os_errno = rc, .answer = text_of(errors.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              const NvList input = list(side);
              return side.call(Ioctl::release, pool_of(side), &input);
            },
    };
  };
  return {of("one and two that are absent", 0,
             {{"a@1", "kept"}, {"a@2", "absent"}, {"a@absent", "kept"}}),
          of("of a dataset", EINVAL, {{"a@1", "kept"}, {"a", "kept"}})};
}

std::vector<Case> get_holds_cases() {
  const auto of = [](std::string what, int os_errno, std::string name) {
    return Case{
        .function = "lzc_get_holds",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_holds(),
        .by_library =
            [=](const Side& side) {
              NvList found = NvList::slot();
              const int rc = library::get_holds(side / name, found.out());
              return Outcome{.os_errno = rc, .answer = keys_of(found.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              const Reply reply = side.handle.call(Ioctl::get_holds, *command_for(side / name));
              return Outcome{.os_errno = reply.os_errno, .answer = keys_of(reply.output.view())};
            },
    };
  };
  return {of("one", 0, "a@1"), of("none", 0, "a@3"), of("no snapshot", ENOENT, "a@absent")};
}

std::vector<Case> get_bookmarks_cases() {
  const auto of = [](std::string what, int os_errno, std::string name) {
    const auto wanted = [] {
      NvList properties;
      properties.add_flag("redact_complete");
      return properties;
    };
    return Case{
        .function = "lzc_get_bookmarks",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_bookmarks(),
        .by_library =
            [=](const Side& side) {
              NvList found = NvList::slot();
              const int rc = library::get_bookmarks(side / name, wanted().raw(), found.out());
              return Outcome{.os_errno = rc, .answer = text_of(found.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              const NvList input = wanted();
              return side.call(Ioctl::get_bookmarks, side / name, &input);
            },
    };
  };
  return {of("two", 0, "a"), of("none", 0, "bare"), of("no dataset", ENOENT, "absent")};
}

std::vector<Case> destroy_bookmarks_cases() {
  const auto of = [](std::string what, int os_errno, std::vector<std::string> names) {
    const auto list = [names = std::move(names)](const Side& side) {
      NvList bookmarks;
      for (const std::string& name : names) bookmarks.add_flag(side / name);
      return bookmarks;
    };
    return Case{
        .function = "lzc_destroy_bookmarks",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_bookmarks(),
        .by_library =
            [=](const Side& side) {
              NvList errors = NvList::slot();
              const int rc = library::destroy_bookmarks(list(side).raw(), errors.out());
              return Outcome{.os_errno = rc, .answer = text_of(errors.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              const NvList input = list(side);
              return side.call(Ioctl::destroy_bookmarks, pool_of(side), &input);
            },
    };
  };
  return {of("one of two is absent", 0, {"a#1", "a#absent"}),
          of("one of two is no bookmark", EINVAL, {"a#1", "a@2"})};
}

std::vector<Case> space_cases() {
  const auto of = [](std::string what, int os_errno, std::string first, std::string last) {
    return Case{
        .function = "lzc_snaprange_space",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = three_snapshots(),
        .by_library =
            [=](const Side& side) {
              std::uint64_t used = 0;
              const int rc = library::snaprange_space(side / first, side / last, used);
              return Outcome{.os_errno = rc, .answer = std::to_string(used)};
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_text("firstsnap", side / first);
              const Reply reply =
                  side.handle.call(Ioctl::space_snapshots, *command_for(side / last), &input);
              // The kernel fills the answer in when it fails, too, with what its stack held.
              const auto used =
                  reply.os_errno == 0 ? reply.output.view().u64("used") : std::nullopt;
              return Outcome{.os_errno = reply.os_errno,
                             .answer = std::to_string(used.value_or(0))};
            },
    };
  };
  return {of("first to last", 0, "a@1", "a@3"), of("the wrong way round", EINVAL, "a@3", "a@1"),
          of("no such snapshot", ENOENT, "a@absent", "a@3")};
}

std::vector<Case> sync_cases() {
  const auto of = [](std::string what, int os_errno, std::string pool) {
    const auto input = [] {
      NvList list;
      list.add_bool("force", true);
      return list;
    };
    const auto name_of = [pool](const Side& side) {
      return pool.empty() ? side.root.substr(0, side.root.find('/')) : pool;
    };
    return Case{
        .function = "lzc_sync",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = [](const Side&) {},
        .by_library =
            [=](const Side& side) {
              return without_answer(library::sync(name_of(side), input().raw()));
            },
        .by_ioctl =
            [=](const Side& side) {
              const NvList list = input();
              return side.call(Ioctl::pool_sync, name_of(side), &list);
            },
    };
  };
  return {of("a pool", 0, ""), of("no such pool", ENOENT, "absent")};
}

// The pool is the same for both ways, so each begins by bringing it into the state it needs.
void without_checkpoint(const Side& side) {
  library::discard_checkpoint(pool_of(side));
  for (int i = 0; i < 1000 && read_pool_status(side.handle, pool_of(side)).value().checkpoint; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_FALSE(read_pool_status(side.handle, pool_of(side)).value().checkpoint);
}
void with_checkpoint(const Side& side) {
  without_checkpoint(side);
  ASSERT_TRUE(checkpoint_pool(side.handle, pool_of(side)).ok());
}

std::vector<Case> checkpoint_cases() {
  const auto of = [](std::string what, int os_errno, Prepare prepare) {
    return Case{
        .function = "lzc_pool_checkpoint",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = std::move(prepare),
        .by_library =
            [](const Side& side) { return without_answer(library::checkpoint(pool_of(side))); },
        .by_ioctl =
            [](const Side& side) { return side.call(Ioctl::pool_checkpoint, pool_of(side)); },
    };
  };
  return {of("a pool without", 0, without_checkpoint),
          of("a pool that has one", zfs_err_checkpoint_exists, with_checkpoint)};
}

std::vector<Case> discard_checkpoint_cases() {
  const auto of = [](std::string what, int os_errno, Prepare prepare) {
    return Case{
        .function = "lzc_pool_checkpoint_discard",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = std::move(prepare),
        .by_library =
            [](const Side& side) {
              return without_answer(library::discard_checkpoint(pool_of(side)));
            },
        .by_ioctl =
            [](const Side& side) {
              return side.call(Ioctl::pool_discard_checkpoint, pool_of(side));
            },
    };
  };
  return {of("a pool that has one", 0, with_checkpoint),
          of("a pool without", zfs_err_no_checkpoint, without_checkpoint)};
}

std::vector<Case> reopen_cases() {
  const auto of = [](std::string what, int os_errno, std::string pool, bool restart) {
    const auto name_of = [pool](const Side& side) { return pool.empty() ? pool_of(side) : pool; };
    return Case{
        .function = "lzc_reopen",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = [](const Side&) {},
        .by_library =
            [=](const Side& side) {
              return without_answer(library::reopen(name_of(side), restart));
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_bool("scrub_restart", restart);
              return side.call(Ioctl::pool_reopen, name_of(side), &input);
            },
    };
  };
  return {of("a pool", 0, "", true), of("a pool, the scrub going on", 0, "", false),
          of("no such pool", ENOENT, "absent", true)};
}

model::Guid leaf_of(const Side& side) {
  return read_pool_status(side.handle, pool_of(side)).value().vdevs.data.front().guid;
}

NvList leaf_list(model::Guid leaf) {
  NvList list;
  list.add_u64(leaf.text(), leaf.value);
  return list;
}

constexpr model::Guid no_leaf{4711};

// Nothing is initialized or trimmed any more, whoever began it; that there was nothing to end does
// not matter.
void at_rest(const Side& side) {
  const std::vector leaves{leaf_of(side)};
  std::ignore = trim(side.handle, pool_of(side), VdevCommand::cancel, {}, leaves);
  std::ignore = initialize(side.handle, pool_of(side), VdevCommand::cancel, leaves);
}

std::vector<Case> trim_cases() {
  const auto of = [](std::string what, int os_errno, VdevCommand command,
                     std::optional<model::Guid> leaf) {
    const auto number = static_cast<std::uint64_t>(command);
    return Case{
        .function = "lzc_trim",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = at_rest,
        .by_library =
            [=](const Side& side) {
              NvList errors = NvList::slot();
              const int rc =
                  library::trim(pool_of(side), number, 1 << 20, false,
                                leaf_list(leaf.value_or(leaf_of(side))).raw(), errors.out());
              return Outcome{.os_errno = rc, .answer = text_of(errors.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_u64("trim_command", number);
              input.add_list("trim_vdevs", leaf_list(leaf.value_or(leaf_of(side))));
              input.add_u64("trim_rate", 1 << 20);
              return side.call(Ioctl::pool_trim, pool_of(side), &input);
            },
    };
  };
  return {of("a leaf", 0, VdevCommand::start, {}),
          of("no such leaf", EINVAL, VdevCommand::start, no_leaf),
          of("what is not trimmed", EINVAL, VdevCommand::suspend, {})};
}

std::vector<Case> initialize_cases() {
  const auto of = [](std::string what, int os_errno, VdevCommand command,
                     std::optional<model::Guid> leaf) {
    const auto number = static_cast<std::uint64_t>(command);
    return Case{
        .function = "lzc_initialize",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = at_rest,
        .by_library =
            [=](const Side& side) {
              NvList errors = NvList::slot();
              const int rc =
                  library::initialize(pool_of(side), number,
                                      leaf_list(leaf.value_or(leaf_of(side))).raw(), errors.out());
              return Outcome{.os_errno = rc, .answer = text_of(errors.view())};
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_u64("initialize_command", number);
              input.add_list("initialize_vdevs", leaf_list(leaf.value_or(leaf_of(side))));
              return side.call(Ioctl::pool_initialize, pool_of(side), &input);
            },
    };
  };
  return {of("a leaf", 0, VdevCommand::start, {}),
          of("no such leaf", EINVAL, VdevCommand::start, no_leaf),
          of("what is not initialized", EINVAL, VdevCommand::suspend, {})};
}

// What the library makes of the one value that the kernel answers a wait with.
Outcome waited_outcome(int rc, bool waited) {
  if (rc != 0) return without_answer(rc);
  return {.os_errno = 0, .answer = waited ? "waited" : "had nothing to wait for"};
}

bool holds_true(const NvPair& pair) {
  const NvValue value = pair.value();
  const bool* flag = std::get_if<bool>(&value);
  return flag && *flag;
}

Outcome wait_by_ioctl(const Side& side, Ioctl number, const std::string& name,
                      const NvList& input) {
  const auto command = command_for(name);
  const Reply reply = side.handle.call(number, *command, &input);
  const auto pair = reply.output.view().pair("wait_waited");
  return waited_outcome(reply.os_errno, pair && holds_true(*pair));
}

constexpr int wait_for_initializing = 2;
constexpr int no_activity = 99;

std::vector<Case> wait_cases() {
  const auto of = [](std::string what, int os_errno, int activity) {
    return Case{
        .function = "lzc_wait",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = at_rest,
        .by_library =
            [=](const Side& side) {
              bool waited = false;
              const int rc = library::wait(pool_of(side), activity, waited);
              return waited_outcome(rc, waited);
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_i32("wait_activity", activity);
              return wait_by_ioctl(side, Ioctl::wait, pool_of(side), input);
            },
    };
  };
  return {of("what is at rest", 0, wait_for_initializing), of("no activity", EINVAL, no_activity)};
}

std::vector<Case> wait_tag_cases() {
  const auto of = [](std::string what, int os_errno, std::optional<model::Guid> leaf) {
    return Case{
        .function = "lzc_wait_tag",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = at_rest,
        .by_library =
            [=](const Side& side) {
              bool waited = false;
              const int rc = library::wait_tag(pool_of(side), wait_for_initializing,
                                               leaf.value_or(leaf_of(side)).value, waited);
              return waited_outcome(rc, waited);
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_i32("wait_activity", wait_for_initializing);
              input.add_u64("wait_tag", leaf.value_or(leaf_of(side)).value);
              return wait_by_ioctl(side, Ioctl::wait, pool_of(side), input);
            },
    };
  };
  return {of("a leaf at rest", 0, {}), of("no such leaf", EINVAL, no_leaf)};
}

std::vector<Case> wait_fs_cases() {
  const auto of = [](std::string what, int os_errno, std::string name) {
    return Case{
        .function = "lzc_wait_fs",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = [](const Side& side) { side.filesystem("fs"); },
        .by_library =
            [=](const Side& side) {
              bool waited = false;
              const int rc = library::wait_for_deletions(side / name, waited);
              return waited_outcome(rc, waited);
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList input;
              input.add_i32("wait_activity", 0);
              return wait_by_ioctl(side, Ioctl::wait_fs, side / name, input);
            },
    };
  };
  return {of("a file system", 0, "fs"), of("no such file system", ENOENT, "absent")};
}

std::vector<Case> redact_cases() {
  const auto of = [](std::string what, int os_errno, std::string snapshot) {
    return Case{
        .function = "lzc_redact",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [](const Side& side) {
              side.filesystem("fs");
              side.snapshot("fs@s");
              side.clone("clone", "fs@s");
              side.snapshot("clone@t");
            },
        .by_library =
            [=](const Side& side) {
              NvList snapshots;
              snapshots.add_flag(side / "clone@t");
              return without_answer(library::redact(side / snapshot, "book", snapshots.raw()));
            },
        .by_ioctl =
            [=](const Side& side) {
              NvList snapshots;
              snapshots.add_flag(side / "clone@t");
              NvList input;
              input.add_text("bookname", "book");
              input.add_list("snapnv", snapshots);
              return side.call(Ioctl::redact, side / snapshot, &input);
            },
    };
  };
  return {of("a snapshot", 0, "fs@s"), of("no such snapshot", ENOENT, "fs@absent")};
}

std::vector<Case> get_bootenv_cases() {
  const auto of = [](std::string what, int os_errno, std::string pool) {
    const auto name_of = [pool](const Side& side) { return pool.empty() ? pool_of(side) : pool; };
    return Case{
        .function = "lzc_get_bootenv",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [](const Side& side) {
              const model::RawEnvironment raw{"default=1"};
              ASSERT_TRUE(write_boot_environment(side.handle, pool_of(side), raw).ok());
            },
        .by_library =
            [=](const Side& side) {
              NvList found = NvList::slot();
              const int rc = library::get_bootenv(name_of(side), found.out());
              return Outcome{.os_errno = rc, .answer = text_of(found.view())};
            },
        .by_ioctl = [=](const Side& side) { return side.call(Ioctl::get_bootenv, name_of(side)); },
    };
  };
  return {of("a pool", 0, ""), of("no such pool", ENOENT, "absent")};
}

std::vector<Case> set_bootenv_cases() {
  const auto of = [](std::string what, int os_errno, std::size_t bytes) {
    const auto input = [bytes] {
      NvList list;
      list.add_u64("version", 1);
      list.add_text("test:note", std::string(bytes, 'x'));
      return list;
    };
    const auto with_what_is_there = [](const Side& side, int rc) {
      return Outcome{.os_errno = rc, .answer = side.call(Ioctl::get_bootenv, pool_of(side)).answer};
    };
    return Case{
        .function = "lzc_set_bootenv",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [](const Side& side) {
              ASSERT_TRUE(
                  write_boot_environment(side.handle, pool_of(side), model::RawEnvironment()).ok());
            },
        .by_library =
            [=](const Side& side) {
              return with_what_is_there(side, library::set_bootenv(pool_of(side), input().raw()));
            },
        .by_ioctl =
            [=](const Side& side) {
              const NvList list = input();
              return with_what_is_there(
                  side, side.call(Ioctl::set_bootenv, pool_of(side), &list).os_errno);
            },
    };
  };
  return {of("a note", 0, 10), of("a note that is too long", E2BIG, 9000)};
}

// Both functions: what a program returns, what it changes, and how it fails.
std::vector<Case> program_cases(const char* function, bool sync,
                                decltype(&library::channel_program) by_library) {
  struct Row {
    const char* what;
    int os_errno;
    std::string program;
    std::uint64_t instructions = 100'000;
  };
  std::vector<Row> rows{
      {"types there and back", 0, "local a = ... return {a.text, a.number, a.flag, a.texts[2]}"},
      {"nothing returned", 0, "local a = 1"},
      {"an error of the program", ECHRNG, "local a = 1\nerror('boom')"},
      {"no Lua", EINVAL, "this is no Lua"},
      {"an endless loop", ETIME, "while true do end"},
  };
  if (sync)
    rows.push_back({"a snapshot", 0, "local a = ... return zfs.sync.snapshot(a.root .. '@s')"});
  else
    rows.push_back(
        {"a snapshot", ECHRNG, "local a = ... return zfs.sync.snapshot(a.root .. '@s')"});
  std::vector<Case> cases;
  for (const Row& row : rows) {
    const auto arguments = [](const Side& side) {
      return to_nvlist({{"root", side.root},
                        {"text", "x"},
                        {"number", -7},
                        {"flag", true},
                        {"texts", json::Array{"one", "two"}}});
    };
    constexpr std::uint64_t memory_bytes = std::uint64_t{1} << 20;
    cases.push_back({.function = function,
                     .what = row.what,
                     .os_errno = row.os_errno,
                     .prepare = [](const Side&) {},
                     .by_library =
                         [=](const Side& side) {
                           NvList output = NvList::slot();
                           const int rc = by_library(
                               pool_of(side), row.program,
                               {.instructions = row.instructions, .memory_bytes = memory_bytes},
                               arguments(side).raw(), output.out());
                           return Outcome{.os_errno = rc, .answer = text_of(output.view())};
                         },
                     .by_ioctl =
                         [=](const Side& side) {
                           NvList input;
                           input.add_text("program", row.program);
                           input.add_list("arg", arguments(side));
                           input.add_bool("sync", sync);
                           input.add_u64("instrlimit", row.instructions);
                           input.add_u64("memlimit", memory_bytes);
                           return side.call(Ioctl::channel_program, pool_of(side), &input);
                         }});
  }
  return cases;
}

std::vector<Case> sync_program_cases() {
  return program_cases("lzc_channel_program", true, &library::channel_program);
}
std::vector<Case> nosync_program_cases() {
  return program_cases("lzc_channel_program_nosync", false, &library::channel_program_nosync);
}

std::vector<Case> promote_cases() {
  const auto of = [](std::string what, int os_errno, std::string name, bool conflict) {
    return Case{
        .function = "lzc_promote",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [=](const Side& side) {
              side.filesystem("a");
              side.snapshot("a@s");
              side.clone("clone", "a@s");
              if (conflict) side.snapshot("clone@s");
            },
        .by_library =
            [=](const Side& side) {
              std::array<char, 256> text{};
              const int rc = library::promote(side / name, text);
              return Outcome{.os_errno = rc, .answer = text.data()};
            },
        .by_ioctl =
            [=](const Side& side) {
              const auto command = command_for(side / name);
              const int rc = side.call(Ioctl::promote, *command).os_errno;
              return Outcome{.os_errno = rc, .answer = command->string};
            },
    };
  };
  return {of("a clone", 0, "clone", false), of("a snapshot of both names", EEXIST, "clone", true),
          of("no clone", EINVAL, "a", false), of("no dataset", ENOENT, "absent", false)};
}

std::vector<Case> rename_cases() {
  const auto of = [](std::string what, int os_errno, std::string from, std::string to) {
    return Case{
        .function = "lzc_rename",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [](const Side& side) {
              side.filesystem("a");
              side.filesystem("a/below");
              side.filesystem("b");
              side.snapshot("a@s");
            },
        .by_library =
            [=](const Side& side) {
              return without_answer(library::rename(side / from, side / to));
            },
        .by_ioctl =
            [=](const Side& side) {
              const auto command = command_for(side / from);
              (side / to).copy(command->value, sizeof(command->value) - 1);
              return side.call(Ioctl::rename, *command);
            },
    };
  };
  return {
      of("a file system", 0, "a", "new"),
      of("a snapshot", 0, "a@s", "a@new"),
      of("a name that is taken", EEXIST, "a", "b"),
      of("no dataset", ENOENT, "absent", "new"),
      of("into itself", EINVAL, "a", "a/below/new"),
  };
}

std::vector<Case> destroy_cases() {
  const auto of = [](std::string what, int os_errno, std::string name) {
    return Case{
        .function = "lzc_destroy",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [](const Side& side) {
              side.filesystem("a");
              side.filesystem("a/below");
              side.filesystem("b");
              side.snapshot("b@s");
            },
        .by_library =
            [=](const Side& side) { return without_answer(library::destroy(side / name)); },
        .by_ioctl = [=](const Side& side) { return side.call(Ioctl::destroy, side / name); },
    };
  };
  return {of("a file system", 0, "a/below"), of("a snapshot", 0, "b@s"),
          of("what has children", EEXIST, "a"), of("what has snapshots", EBUSY, "b"),
          of("no dataset", ENOENT, "absent")};
}

// --- Keys.

std::string text_of_key(char byte) {
  return std::string(model::wrapping_key_bytes, byte);
}
// What the kernel is told of a new key.
NvList key_properties(bool is_new_root) {
  NvList properties;
  add_key_properties(key_of('k'), properties);
  if (is_new_root) properties.add_text("keylocation", "prompt");
  return properties;
}

// An encryption root with a child, and one whose key is not loaded.
Prepare two_roots() {
  return [](const Side& side) {
    side.filesystem("plain");
    for (const char* name : {"root", "closed"})
      ASSERT_TRUE(create_dataset(side.handle, side / name, model::DatasetType::filesystem,
                                 encryption(), key_of('k'))
                      .ok());
    side.filesystem("root/below");
    ASSERT_TRUE(unload_key(side.handle, side / "closed").ok());
  };
}

int os_errno_of(const Result<Nothing>& result) {
  return result.ok() ? 0 : result.error().os_errno;
}

std::vector<Case> create_encrypted_cases() {
  const auto of = [](std::string what, int os_errno, std::string name,
                     std::function<NvList()> properties) {
    return Case{
        .function = "lzc_create",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_roots(),
        .by_library =
            [=](const Side& side) {
              return without_answer(
                  library::create_encrypted(side / name, properties().raw(), text_of_key('k')));
            },
        .by_ioctl =
            [=](const Side& side) {
              return without_answer(os_errno_of(create_dataset(side.handle, side / name,
                                                               model::DatasetType::filesystem,
                                                               properties(), key_of('k'))));
            },
    };
  };
  return {of("an encryption root", 0, "new", encryption),
          of("an encryption root below another", 0, "root/new", encryption),
          of("a key without encryption", EINVAL, "new", [] { return NvList(); })};
}

std::vector<Case> load_key_cases() {
  const auto of = [](std::string what, int os_errno, std::string name, char byte, Load load) {
    return Case{
        .function = "lzc_load_key",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_roots(),
        .by_library =
            [=](const Side& side) {
              return without_answer(
                  library::load_key(side / name, load == Load::only_verify, text_of_key(byte)));
            },
        .by_ioctl =
            [=](const Side& side) {
              return without_answer(
                  os_errno_of(load_key(side.handle, side / name, key_of(byte), load)));
            },
    };
  };
  return {of("the key", 0, "closed", 'k', Load::yes),
          of("the key, only verified", 0, "closed", 'k', Load::only_verify),
          of("a loaded key, only verified", 0, "root", 'k', Load::only_verify),
          of("a loaded key", EEXIST, "root", 'k', Load::yes),
          of("another key", EACCES, "closed", 'x', Load::yes),
          of("no encryption root", EINVAL, "root/below", 'k', Load::yes),
          of("what is not encrypted", EINVAL, "plain", 'k', Load::yes),
          of("no dataset", ENOENT, "absent", 'k', Load::yes)};
}

std::vector<Case> unload_key_cases() {
  const auto of = [](std::string what, int os_errno, std::string name) {
    return Case{
        .function = "lzc_unload_key",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_roots(),
        .by_library =
            [=](const Side& side) { return without_answer(library::unload_key(side / name)); },
        .by_ioctl =
            [=](const Side& side) {
              const NvList input;
              return side.call(Ioctl::unload_key, side / name, &input);
            },
    };
  };
  return {of("a loaded key", 0, "root"), of("a key that is not loaded", EACCES, "closed"),
          of("no encryption root", EACCES, "root/below"), of("no dataset", ENOENT, "absent")};
}

std::vector<Case> change_key_cases() {
  constexpr std::uint64_t new_key = 2;
  constexpr std::uint64_t inherit = 3;
  const auto change = [](std::string what, int os_errno, std::string name, bool is_new_root) {
    return Case{
        .function = "lzc_change_key",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = two_roots(),
        .by_library =
            [=](const Side& side) {
              return without_answer(library::change_key(
                  side / name, new_key, key_properties(is_new_root).raw(), text_of_key('n')));
            },
        .by_ioctl =
            [=](const Side& side) {
              return without_answer(
                  os_errno_of(change_key(side.handle, side / name, key_of('n'),
                                         is_new_root ? std::optional("prompt") : std::nullopt)));
            },
    };
  };
  const auto take_parents = [](std::string what, int os_errno, std::string name) {
    return Case{
        .function = "lzc_change_key",
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare =
            [=](const Side& side) {
              two_roots()(side);
              ASSERT_TRUE(create_dataset(side.handle, side / "root/own",
                                         model::DatasetType::filesystem, encryption(), key_of('k'))
                              .ok());
            },
        .by_library =
            [=](const Side& side) {
              return without_answer(library::change_key(side / name, inherit, nullptr, ""));
            },
        .by_ioctl =
            [=](const Side& side) {
              return without_answer(os_errno_of(inherit_key(side.handle, side / name)));
            },
    };
  };
  return {change("of a root", 0, "root", false),
          change("of a new root", 0, "root/below", true),
          change("of a new root without a location", EINVAL, "root/below", false),
          change("of a root that is not open", EACCES, "closed", false),
          change("of what is not encrypted", EINVAL, "plain", true),
          take_parents("to the parent's", 0, "root/own"),
          take_parents("to that of a parent that has none", EINVAL, "root"),
          take_parents("to the parent's, which it has", EINVAL, "root/below")};
}

// --- Streams.

// Two snapshots with a bookmark each, and a redaction bookmark of the newer one.
Prepare streams() {
  return [](const Side& side) {
    two_bookmarks()(side);
    side.clone("clone", "a@2");
    side.snapshot("clone@t");
    ASSERT_TRUE(redact(side.handle, side / "a@2", "book", {side / "clone@t"}).ok());
  };
}

// What `write` puts into a pipe, as the answer: how much it is, since guids differ.
Outcome written(const std::function<int(int)>& write, std::string* stream = nullptr) {
  os::Pipe pipe = os::make_pipe().value();
  std::string text;
  std::thread reader([&] {
    std::array<char, 65536> part{};
    for (ssize_t count = 0; (count = ::read(pipe.read_end.get(), part.data(), part.size())) > 0;)
      text.append(part.data(), static_cast<std::size_t>(count));
  });
  const int rc = write(pipe.write_end.get());
  pipe.write_end.close();
  reader.join();
  if (stream) *stream = text;
  return {.os_errno = rc, .answer = std::to_string(text.size())};
}

// What is given as a name alone is of the side's tree.
library::Stream of_side(const Side& side, library::Stream stream) {
  stream.snapshot = side / stream.snapshot;
  if (!stream.from.empty()) stream.from = side / stream.from;
  return stream;
}

NvList stream_input(const library::Stream& stream, const char* from) {
  NvList input;
  if (!stream.from.empty()) input.add_text(from, stream.from);
  if (stream.flags & library::send_embedded) input.add_flag("embedok");
  if (stream.flags & library::send_large_blocks) input.add_flag("largeblockok");
  if (stream.flags & library::send_compressed) input.add_flag("compressok");
  if (stream.flags & library::send_raw) input.add_flag("rawok");
  if (stream.object != 0 || stream.offset != 0) {
    input.add_u64("resume_object", stream.object);
    input.add_u64("resume_offset", stream.offset);
  }
  if (!stream.redaction_bookmark.empty()) input.add_text("redactbook", stream.redaction_bookmark);
  return input;
}

std::vector<Case> send_cases() {
  const auto of = [](const char* function, decltype(&library::send) by_library, std::string what,
                     int os_errno, library::Stream stream) {
    return Case{
        .function = function,
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = streams(),
        .by_library =
            [=](const Side& side) {
              return written([&](int fd) { return by_library(of_side(side, stream), fd); });
            },
        .by_ioctl =
            [=](const Side& side) {
              return written([&](int fd) {
                NvList input = stream_input(of_side(side, stream), "fromsnap");
                input.add_i32("fd", fd);
                return side.call(Ioctl::send, side / stream.snapshot, &input).os_errno;
              });
            },
    };
  };
  constexpr unsigned all_flags = library::send_embedded | library::send_large_blocks |
                                 library::send_compressed | library::send_raw;
  std::vector<Case> cases;
  for (const auto& [function, by_library] :
       {std::pair("lzc_send", &library::send), std::pair("lzc_send_resume", &library::send_resume),
        std::pair("lzc_send_redacted", &library::send_redacted),
        std::pair("lzc_send_resume_redacted", &library::send_resume_redacted)}) {
    cases.push_back(of(function, by_library, "a snapshot", 0, {.snapshot = "a@2", .from = ""}));
    cases.push_back(of(function, by_library, "since a bookmark, with all flags", 0,
                       {.snapshot = "a@2", .from = "a#1", .flags = all_flags}));
    cases.push_back(of(function, by_library, "since a snapshot that is newer", EXDEV,
                       {.snapshot = "a@1", .from = "a@2"}));
    cases.push_back(
        of(function, by_library, "no such snapshot", ENOENT, {.snapshot = "a@absent", .from = ""}));
  }
  cases.push_back(of("lzc_send_resume", &library::send_resume, "from an object on", 0,
                     {.snapshot = "a@2", .from = "", .object = 1}));
  cases.push_back(of("lzc_send_resume_redacted", &library::send_resume_redacted,
                     "from an object on", 0, {.snapshot = "a@2", .from = "", .object = 1}));
  for (const auto& [function, by_library] :
       {std::pair("lzc_send_redacted", &library::send_redacted),
        std::pair("lzc_send_resume_redacted", &library::send_resume_redacted)}) {
    cases.push_back(of(function, by_library, "redacted", 0,
                       {.snapshot = "a@2", .from = "", .redaction_bookmark = "book"}));
    cases.push_back(of(function, by_library, "redacted by no bookmark", ESRCH,
                       {.snapshot = "a@2", .from = "", .redaction_bookmark = "absent"}));
  }
  return cases;
}

std::vector<Case> send_space_cases() {
  using BySpace = std::function<int(const library::Stream&, std::uint64_t&)>;
  const auto of = [](const char* function, const BySpace& by_library, std::string what,
                     int os_errno, library::Stream stream) {
    return Case{
        .function = function,
        .what = std::move(what),
        .os_errno = os_errno,
        .prepare = streams(),
        .by_library =
            [=](const Side& side) {
              std::uint64_t space = 0;
              const int rc = by_library(of_side(side, stream), space);
              return Outcome{.os_errno = rc, .answer = rc == 0 ? std::to_string(space) : ""};
            },
        .by_ioctl =
            [=](const Side& side) {
              const NvList input = stream_input(of_side(side, stream), "from");
              const Reply reply =
                  side.handle.call(Ioctl::send_space, *command_for(side / stream.snapshot), &input);
              return Outcome{.os_errno = reply.os_errno,
                             .answer = reply.os_errno == 0
                                           ? std::to_string(*reply.output.view().u64("space"))
                                           : ""};
            },
    };
  };
  std::vector<Case> cases;
  const BySpace all = [](const library::Stream& stream, std::uint64_t& space) {
    return library::send_space_resume_redacted(stream, 0, space);
  };
  for (const auto& [function, by_library] :
       {std::pair("lzc_send_space", BySpace(&library::send_space)),
        std::pair("lzc_send_space_resume_redacted", all)}) {
    cases.push_back(of(function, by_library, "a snapshot", 0, {.snapshot = "a@2", .from = ""}));
    cases.push_back(of(function, by_library, "since a bookmark, compressed", 0,
                       {.snapshot = "a@2", .from = "a#1", .flags = library::send_compressed}));
    cases.push_back(
        of(function, by_library, "no such snapshot", ENOENT, {.snapshot = "a@absent", .from = ""}));
  }
  cases.push_back(of("lzc_send_space_resume_redacted", all, "redacted", 0,
                     {.snapshot = "a@2", .from = "", .redaction_bookmark = "book"}));
  return cases;
}

std::string stream_of(const Side& side, const std::string& snapshot) {
  std::string stream;
  written(
      [&](int fd) {
        return library::send_resume_redacted({.snapshot = side / snapshot, .from = ""}, fd);
      },
      &stream);
  return stream;
}

// Reads `stream` from a pipe.
Outcome read_in(std::string_view stream, const std::function<Outcome(int)>& read) {
  os::Pipe pipe = os::make_pipe().value();
  std::thread writer([&] {
    static_cast<void>(os::write_all(pipe.write_end.get(), stream));
    pipe.write_end.close();
  });
  Outcome outcome = read(pipe.read_end.get());
  pipe.read_end.close();
  writer.join();
  return outcome;
}

// How a receive is done by the library; all that it reads of the stream is in `stream`, or `header`
// is beside it.
using ByReceive = std::function<Outcome(const library::Reception&, const std::string& stream)>;

template <class Function>
ByReceive of_whole_stream(Function function) {
  return [=](const library::Reception& what, const std::string& stream) {
    return read_in(stream, [&](int fd) { return without_answer(function(what, fd)); });
  };
}
template <class Function>
ByReceive of_stream_without_header(Function function) {
  return [=](const library::Reception& what, const std::string& stream) {
    const std::string header = stream.substr(0, model::stream_header_bytes);
    return read_in(std::string_view(stream).substr(header.size()),
                   [&](int fd) { return function(what, header, fd); });
  };
}

struct ReceiveTrial {
  const char* what;
  int os_errno;
  const char* snapshot;
};

NvList override_atime() {
  return a_property("atime", 0);
}
NvList override_encryption() {
  NvList properties = encryption();
  properties.add_flag("test:note");
  return properties;
}

Case receive_case(const char* function, const ByReceive& by_library, const ReceiveTrial& trial,
                  bool answers, const std::function<void(Receive&)>& with) {
  return {
      .function = function,
      .what = trial.what,
      .os_errno = trial.os_errno,
      .prepare =
          [](const Side& side) {
            side.filesystem("a");
            side.snapshot("a@1");
          },
      .by_library =
          [=](const Side& side) {
            const NvList note = a_note();
            return by_library({.snapshot = side / trial.snapshot, .properties = note.raw()},
                              stream_of(side, "a@1"));
          },
      .by_ioctl =
          [=](const Side& side) {
            const std::string stream = stream_of(side, "a@1");
            const NvList note = a_note();
            Receive what{.snapshot = side / trial.snapshot,
                         .header = std::span(stream).first<model::stream_header_bytes>(),
                         .origin = "",
                         .received = &note};
            with(what);
            return read_in(std::string_view(stream).substr(what.header.size()), [&](int fd) {
              const auto result = receive(side.handle, what, fd);
              if (!result.ok()) return without_answer(result.error().os_errno);
              return Outcome{.answer = answers ? std::to_string(result.value().bytes) : ""};
            });
          },
  };
}

std::vector<Case> receive_cases() {
  constexpr auto trials = std::to_array<ReceiveTrial>({{"a new file system", 0, "new@1"},
                                                       {"a name that is taken", EEXIST, "a@2"},
                                                       {"no parent", ENOENT, "absent/new@1"}});
  const auto with_bytes = [](int rc, std::uint64_t bytes) {
    return Outcome{.os_errno = rc, .answer = rc == 0 ? std::to_string(bytes) : ""};
  };
  const ByReceive one = of_stream_without_header(
      [=](const library::Reception& what, const std::string& header, int fd) {
        std::uint64_t bytes = 0;
        const int rc = library::receive_one(what, header, fd, bytes);
        return with_bytes(rc, bytes);
      });
  const ByReceive with_header = of_stream_without_header(
      [](const library::Reception& what, const std::string& header, int fd) {
        return without_answer(library::receive_with_header(what, header, fd));
      });
  const auto with_overrides = [=](NvList (*overrides)(), std::string key) {
    return of_stream_without_header(
        [=](const library::Reception& what, const std::string& header, int fd) {
          std::uint64_t bytes = 0;
          const int rc =
              library::receive_with_overrides(what, overrides().raw(), key, header, fd, bytes);
          return with_bytes(rc, bytes);
        });
  };
  const auto plainly = [](Receive&) {};
  const auto resumably = [](Receive& what) { what.resumable = true; };
  std::vector<Case> cases;
  for (const ReceiveTrial& trial : trials) {
    cases.push_back(
        receive_case("lzc_receive", of_whole_stream(&library::receive), trial, false, plainly));
    cases.push_back(receive_case("lzc_receive_resumable",
                                 of_whole_stream(&library::receive_resumable), trial, false,
                                 resumably));
    cases.push_back(receive_case("lzc_receive_with_header", with_header, trial, false, plainly));
    cases.push_back(receive_case("lzc_receive_one", one, trial, true, plainly));
    cases.push_back(receive_case("lzc_receive_with_cmdprops", with_overrides(override_atime, ""),
                                 trial, true, [](Receive& what) {
                                   static const NvList overrides = override_atime();
                                   what.overrides = &overrides;
                                 }));
  }
  cases.push_back(receive_case("lzc_receive_with_cmdprops",
                               with_overrides(override_encryption, text_of_key('k')),
                               {"a new encryption root", 0, "new@1"}, true, [](Receive& what) {
                                 static const NvList overrides = override_encryption();
                                 static const WrappingKey key = key_of('k');
                                 what.overrides = &overrides;
                                 what.key = &key;
                               }));
  return cases;
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& cases : {create_cases,
                            clone_cases,
                            exists_cases,
                            snapshot_cases,
                            destroy_snaps_cases,
                            rollback_cases,
                            rollback_to_cases,
                            get_bookmarks_cases,
                            destroy_bookmarks_cases,
                            get_bookmark_props_cases,
                            bookmark_cases,
                            hold_cases,
                            release_cases,
                            get_holds_cases,
                            space_cases,
                            sync_cases,
                            checkpoint_cases,
                            discard_checkpoint_cases,
                            reopen_cases,
                            trim_cases,
                            initialize_cases,
                            wait_cases,
                            wait_tag_cases,
                            wait_fs_cases,
                            redact_cases,
                            get_bootenv_cases,
                            set_bootenv_cases,
                            sync_program_cases,
                            nosync_program_cases,
                            promote_cases,
                            rename_cases,
                            destroy_cases,
                            create_encrypted_cases,
                            load_key_cases,
                            unload_key_cases,
                            change_key_cases,
                            send_cases,
                            send_space_cases,
                            receive_cases})
    for (Case& each : cases()) all.push_back(std::move(each));
  return all;
}

// A pool of its own for the whole program, on a file in ZFSREST_TEST_DIR.
class BothWays : public testing::TestWithParam<Case> {
 protected:
  static constexpr const char* pool = "zfsrest_calls";

  static void SetUpTestSuite() { make_pool(device_, pool, std::uintmax_t{256} << 20); }
  static void TearDownTestSuite() { EXPECT_TRUE(destroy_pool(device_.open().value(), pool).ok()); }

  static inline Device device_{Mounting::impossible};
};

TEST_P(BothWays, DoTheSame) {
  const Case& each = GetParam();
  const Handle handle = device_.open().value();
  static int number = 0;
  const std::string trees = std::string(pool) + "/" + std::to_string(++number);
  const Side library{.handle = handle, .root = trees + "-library"};
  const Side ioctl{.handle = handle, .root = trees + "-ioctl"};
  std::vector<std::pair<const Side*, Outcome>> outcomes;
  for (const Side* side : {&library, &ioctl}) {
    ASSERT_TRUE(create_dataset(handle, side->root, model::DatasetType::filesystem, NvList()).ok());
    ASSERT_NO_FATAL_FAILURE(each.prepare(*side));
    Outcome outcome = side == &library ? each.by_library(*side) : each.by_ioctl(*side);
    outcome.answer = without_root(outcome.answer, side->root);
    outcomes.emplace_back(side, std::move(outcome));
  }
  EXPECT_EQ(outcomes[0].second.os_errno, each.os_errno);
  EXPECT_EQ(outcomes[0].second, outcomes[1].second);
  EXPECT_EQ(without_root(state_of(library), library.root),
            without_root(state_of(ioctl), ioctl.root));
}

INSTANTIATE_TEST_SUITE_P(Calls, BothWays, testing::ValuesIn(all_cases()),
                         [](const testing::TestParamInfo<Case>& test) {
                           std::string name = test.param.function + "_" + test.param.what;
                           for (char& each : name)
                             if (!std::isalnum(static_cast<unsigned char>(each))) each = '_';
                           return name;
                         });

TEST(Calls, EveryFunctionInTheTableIsComparedSucceedingAndFailing) {
  std::set<std::string> succeeding;
  std::set<std::string> failing;
  for (const Case& each : all_cases())
    (each.os_errno == 0 ? succeeding : failing).insert(each.function);
  for (const Call& call : calls) {
    if (call.function.empty()) continue;
    EXPECT_TRUE(succeeding.contains(std::string(call.function))) << call.function;
    if (call.function != "lzc_exists")
      EXPECT_TRUE(failing.contains(std::string(call.function))) << call.function;
  }
}

}  // namespace
}  // namespace zfsrest::zfs
