#include <gtest/gtest.h>

#include "model/hold.hpp"
#include "model/names.hpp"
#include "model/text.hpp"
#include "model/vdev_layout.hpp"

namespace zfsrest::model {
namespace {

template <class Name>
bool accepts(std::string_view text) {
  return Name::parse(text).ok();
}

TEST(DatasetName, TakesWhatZfsTakes) {
  EXPECT_TRUE(accepts<DatasetName>("tank"));
  EXPECT_TRUE(accepts<DatasetName>("tank/home/ann b_c-d.e:f"));
  EXPECT_TRUE(accepts<DatasetName>("t/" + std::string(253, 'x')));
}

TEST(DatasetName, RefusesWhatZfsRefuses) {
  using namespace std::string_view_literals;
  for (const std::string_view name :
       {""sv, "1tank"sv, "tank/"sv, "/tank"sv, "tank//a"sv, "tank/.."sv, "tank/./a"sv, "tank@s"sv,
        "tank#b"sv, "tank/a%b"sv, "tank/a\0b"sv, "tank/a\tb"sv, "tank/\xc3\xa9"sv, "tank/a+b"sv})
    EXPECT_FALSE(accepts<DatasetName>(name)) << name;
  EXPECT_FALSE(accepts<DatasetName>("t/" + std::string(254, 'x')));
}

TEST(DatasetName, RefusesWhatIsNestedTooDeep) {
  std::string name = "t";
  for (std::size_t i = 0; i < max_nesting; ++i) name += "/d";
  EXPECT_TRUE(accepts<DatasetName>(name));
  EXPECT_FALSE(accepts<DatasetName>(name + "/d"));
}

TEST(DatasetName, KnowsItsParentAndPool) {
  const DatasetName name = DatasetName::parse("tank/home/ann").value();
  EXPECT_EQ(name.parent(), "tank/home");
  EXPECT_EQ(name.pool(), "tank");
  EXPECT_TRUE(DatasetName::parse("tank/home").value().holds(name));
  EXPECT_FALSE(DatasetName::parse("tank/hom").value().holds(name));
}

TEST(SnapshotName, NeedsExactlyOneSnapshotPart) {
  EXPECT_TRUE(accepts<SnapshotName>("tank/a@monday"));
  for (const char* name :
       {"tank/a", "tank/a@", "@monday", "tank@a@b", "tank@a/b", "tank@a%b", "tank@.."})
    EXPECT_FALSE(accepts<SnapshotName>(name)) << name;
}

TEST(BookmarkName, NeedsExactlyOneBookmarkPart) {
  EXPECT_TRUE(accepts<BookmarkName>("tank/a#monday"));
  EXPECT_EQ(BookmarkName::parse("tank/a#monday").value().dataset(), "tank/a");
  EXPECT_EQ(BookmarkName::parse("tank/a#monday").value().short_name(), "monday");
  for (const char* name :
       {"tank/a", "tank/a#", "#monday", "tank#a#b", "tank#a/b", "tank@a#b", "tank#a@b", "tank#.."})
    EXPECT_FALSE(accepts<BookmarkName>(name)) << name;
}

TEST(BookmarkSource, IsASnapshotOrABookmark) {
  EXPECT_TRUE(accepts<BookmarkSource>("tank/a@monday"));
  EXPECT_TRUE(accepts<BookmarkSource>("tank/a#monday"));
  for (const char* name : {"tank/a", "tank@a#b", "tank#a@b", "tank@", "tank#", ""})
    EXPECT_FALSE(accepts<BookmarkSource>(name)) << name;
}

TEST(HoldTag, IsAnyTextThatTheKernelCanKeep) {
  using namespace std::string_view_literals;
  for (const std::string_view tag :
       {"backup"sv, ".send-1"sv, "a b#c@d/e"sv, "\xc3\xa9"sv, "a\nb"sv})
    EXPECT_TRUE(accepts<HoldTag>(tag)) << tag;
  EXPECT_TRUE(accepts<HoldTag>(std::string(max_tag_bytes, 'x')));
  EXPECT_FALSE(accepts<HoldTag>(std::string(max_tag_bytes + 1, 'x')));
  EXPECT_FALSE(accepts<HoldTag>(""));
  EXPECT_FALSE(accepts<HoldTag>("a\0b"sv));
}

TEST(HoldTag, OfANewHoldIsNotZfssOwnAndHasNoControlCharacters) {
  EXPECT_TRUE(check_new_tag(HoldTag::parse("a.b c").value()).ok());
  EXPECT_FALSE(check_new_tag(HoldTag::parse(".send-1").value()).ok());
  EXPECT_FALSE(check_new_tag(HoldTag::parse("a\tb").value()).ok());
}

TEST(LeaseId, IsAPoolAndDigits) {
  const std::string digits(32, 'a');
  EXPECT_EQ(LeaseId::parse("ta:nk:" + digits).value().pool(), "ta:nk");
  for (const std::string& text :
       {"tank:" + digits + "a", "tank:" + digits.substr(1), digits, ":" + digits, "1:" + digits,
        "tank:" + std::string(32, 'A'), "a/b:" + digits, std::string()})
    EXPECT_FALSE(accepts<LeaseId>(text)) << text;
}

TEST(SnapshotRange, HasEndsThatMayBeLeftOut) {
  EXPECT_EQ(SnapshotRange::parse("tank@a%b").value().first(), "a");
  EXPECT_EQ(SnapshotRange::parse("tank@a%b").value().last(), "b");
  EXPECT_EQ(SnapshotRange::parse("tank@%b").value().first(), "");
  EXPECT_EQ(SnapshotRange::parse("tank@a%").value().last(), "");
  EXPECT_TRUE(SnapshotRange::parse("tank@%").value().is_range());
  EXPECT_FALSE(SnapshotRange::parse("tank@a").value().is_range());
  EXPECT_FALSE(accepts<SnapshotRange>("tank@a%b%c"));
}

TEST(NewPoolName, MayNotBeginLikeAVdev) {
  for (const char* name : {"mirror", "mirror1", "raidz2", "draid", "spare", "log"})
    EXPECT_FALSE(check_new_pool_name(PoolName::parse(name).value()).ok()) << name;
  EXPECT_TRUE(check_new_pool_name(PoolName::parse("logs").value()).ok());
}

TEST(DevicePath, IsAbsoluteAndPlain) {
  EXPECT_TRUE(accepts<DevicePath>("/dev/disk/by-id/x y"));
  for (const char* path : {"dev/sda", "/", "/a/../b", "/a//b", "/a/", "/a\nb"})
    EXPECT_FALSE(accepts<DevicePath>(path)) << path;
}

TEST(Time, IsWrittenInUtc) {
  EXPECT_EQ(Time{1'700'000'000}.text(), "2023-11-14T22:13:20Z");
}

LeafVdev file(const std::string& path) {
  return FileVdev{DevicePath::parse(path).value()};
}

std::vector<std::string> faults_of(const VdevLayout& layout) {
  describe::Report report;
  check_layout(layout, describe::Spot(report, "body"));
  std::vector<std::string> pointers;
  for (const Fault& fault : report.take().faults) pointers.push_back(fault.pointer);
  return pointers;
}

TEST(VdevLayout, NeedsData) {
  EXPECT_EQ(faults_of({}), (std::vector<std::string>{"/data"}));
}

TEST(VdevLayout, NeedsEnoughChildrenForItsParity) {
  VdevLayout layout;
  layout.data.emplace_back(RaidzVdev{.parity = 2, .children = {file("/a"), file("/b")}});
  EXPECT_EQ(faults_of(layout), (std::vector<std::string>{"/data/0/children"}));
  layout.data.front() = RaidzVdev{.parity = 2, .children = {file("/a"), file("/b"), file("/c")}};
  EXPECT_TRUE(faults_of(layout).empty());
}

TEST(VdevLayout, NamesEachPathOnce) {
  VdevLayout layout;
  layout.data.emplace_back(MirrorVdev{.children = {file("/a"), file("/b")}});
  layout.cache.push_back(file("/a"));
  EXPECT_EQ(faults_of(layout), (std::vector<std::string>{"/cache/0/path"}));
}

TEST(VdevLayout, GivesADraidWithoutDataLeavesWhatIsLeft) {
  DraidVdev draid{.parity = 1, .data = {}, .spares = 1, .children = {}};
  for (const char* path : {"/a", "/b", "/c", "/d", "/e"}) draid.children.push_back(file(path));
  EXPECT_EQ(draid_data(draid), 3U);
}

}  // namespace
}  // namespace zfsrest::model
