// The calls of libzfs_core that the product makes, with the library's own meaning: 0, or a positive
// errno. Which calls those are, and why not others: zfs/calls.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>

struct nvlist;

namespace zfsrest::zfs::library {

int init();
void fini();

int snapshot(nvlist* names, nvlist* properties, nvlist** errors);
int destroy_snapshots(nvlist* names, bool defer, nvlist** errors);
int get_bookmarks(const std::string& dataset, nvlist* properties, nvlist** bookmarks);
int destroy_bookmarks(nvlist* names, nvlist** errors);
int rollback(const std::string& dataset, std::span<char> target);
int rollback_to(const std::string& dataset, const std::string& snapshot);
int snaprange_space(const std::string& first, const std::string& last, std::uint64_t& used);
int sync(const std::string& pool, nvlist* input);
int promote(const std::string& dataset, std::span<char> conflict);
int rename(const std::string& from, const std::string& to);
int destroy(const std::string& name);

}  // namespace zfsrest::zfs::library
