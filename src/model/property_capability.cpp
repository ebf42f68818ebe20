#include "model/property_capability.hpp"

#include <algorithm>
#include <initializer_list>

#include "model/property_setting.hpp"

namespace zfsrest::model {
namespace {

// The release from which on a word is accepted for the property; the oldest if it always is, or
// never.
Release since_of(const PropertyRow& row, std::string_view word) {
  std::optional<Release> since;
  for (const IndexWord& each : row.words)
    if (each.word == word && each.use != WordUse::read_only)
      since = std::min(since.value_or(each.since), each.since);
  return since.value_or(oldest_release);
}

class Collector {
 public:
  explicit Collector(const Running& running) : running_(running) {}

  void add(const PropertyRow& row) {
    if (row.visibility == Visibility::hidden || row.access == PropertyAccess::read_only) return;
    const std::string name(row.name);
    if (row.since > oldest_release) add(name, {}, row.targets, row.since);
    Targets later;
    for (const Target target : list_of(row.later.targets))
      if (!row.targets.has(target)) later = later | target;
    if (!later.empty()) add(name, {}, later, row.later.since);
    for (auto word = row.words.begin(); word != row.words.end(); ++word) {
      const bool is_repeated = std::any_of(
          row.words.begin(), word, [&](const IndexWord& each) { return each.word == word->word; });
      const Release since = since_of(row, word->word);
      if (!is_repeated && since > std::max(row.since, oldest_release))
        add(name, std::string(word->word), row.targets, since);
    }
  }
  void add(std::string name, std::optional<std::string> value, Targets targets, Release since) {
    const auto lack = running_.find_lack({}, since);
    list_.push_back({.property = std::move(name),
                     .value = std::move(value),
                     .targets = list_of(targets),
                     .available = !lack,
                     .code = lack,
                     .since = text_of_since(since)});
  }
  std::vector<PropertyCapability> take() && { return std::move(list_); }

 private:
  Running running_;
  std::vector<PropertyCapability> list_;
};

}  // namespace

std::vector<PropertyCapability> property_capabilities(const Running& running) {
  Collector all(running);
  for (const auto rows : {pool_properties(), vdev_properties(), dataset_properties()})
    for (const PropertyRow& row : rows) all.add(row);
  all.add("*:*", {}, Targets(Target::pool) | Target::vdev, other_user_properties_since);
  return std::move(all).take();
}

}  // namespace zfsrest::model
