// The tables of properties and features, and the conversions that they drive.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "model/feature_table.hpp"
#include "model/property.hpp"
#include "model/property_setting.hpp"
#include "model/release.hpp"

namespace zfsrest::model {
namespace {

constexpr std::uint64_t all_ones = std::numeric_limits<std::uint64_t>::max();

const PropertyRow& dataset_row(std::string_view name) {
  const auto* row = find_dataset_property(name);
  if (row == nullptr) throw std::out_of_range(std::string(name));
  return *row;
}

const PropertyRow& pool_row(std::string_view name) {
  const auto* row = find_pool_property(name);
  if (row == nullptr) throw std::out_of_range(std::string(name));
  return *row;
}

PropertyValue word(std::string_view text) {
  return std::string(text);
}
PropertyValue number(std::uint64_t value) {
  return value;
}

PropertyValue shown(std::string_view name, KernelValue value, Release release = release_2_4) {
  return to_api(dataset_row(name), value, release);
}

PropertyValue shown_of_pool(std::string_view name, KernelValue value) {
  return to_api(pool_row(name), value, release_2_4);
}

Result<KernelValue> check(std::string_view name, PropertyValue value,
                          Target target = Target::filesystem, Moment moment = Moment::change,
                          Release release = release_2_4) {
  return check_property(name, value, {.target = target, .moment = moment, .release = release});
}

std::vector<const PropertyRow*> all_rows() {
  std::vector<const PropertyRow*> rows;
  for (const auto& row : dataset_properties()) rows.push_back(&row);
  for (const auto& row : pool_properties()) rows.push_back(&row);
  for (const auto& row : vdev_properties()) rows.push_back(&row);
  return rows;
}

void expect_kernel_value(const Result<KernelValue>& result, const KernelValue& expected) {
  ASSERT_TRUE(result.ok()) << result.error().detail;
  EXPECT_EQ(result.value(), expected);
}

void expect_failure(const Result<KernelValue>& result, Code code, std::string_view detail) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, code);
  EXPECT_EQ(result.error().detail, detail);
}

// --- releases ---

TEST(ModelRelease, IsReadFromWhatModulesAndPackagesSay) {
  const std::vector<std::pair<std::string_view, Release>> cases{
      {"2.1.11-1+deb12u2", {2, 1, 11}},
      {"zfs-kmod-2.3.2-1", {2, 3, 2}},
      {"zfs-2.2.8", {2, 2, 8}},
      {"2.4.0-rc1", {2, 4, 0}},
      {"2.4", {2, 4, 0}},
  };
  for (const auto& [text, expected] : cases) {
    const auto release = Release::parse(text);
    ASSERT_TRUE(release.ok()) << text;
    EXPECT_EQ(release.value(), expected) << text;
  }
}

TEST(ModelRelease, IsRefusedWhereTheNumbersAreMissing) {
  for (const std::string_view text : {"", "2", "2.", "zfs", "-2.1", " 2.1", "2.x", "99999999999.1"})
    EXPECT_FALSE(Release::parse(text).ok()) << text;
}

TEST(ModelRelease, IsOrderedByItsNumbers) {
  EXPECT_LT((Release{2, 1, 11}), release_2_2);
  EXPECT_LT((Release{2, 2, 9}), (Release{2, 2, 10}));
  EXPECT_EQ(to_string(release_2_3), "2.3");
  EXPECT_EQ(to_string({2, 2, 3}), "2.2.3");
}

// --- the tables as such ---

TEST(ModelProperty, EveryRowIsFoundByItsName) {
  std::set<std::string_view> names;
  for (const auto& row : dataset_properties()) {
    EXPECT_EQ(find_dataset_property(row.name), &row) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
  names.clear();
  for (const auto& row : pool_properties()) {
    EXPECT_EQ(find_pool_property(row.name), &row) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
  names.clear();
  for (const auto& row : vdev_properties()) {
    EXPECT_EQ(find_vdev_property(row.name), &row) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
  EXPECT_EQ(find_dataset_property("ashift"), nullptr);
  EXPECT_EQ(find_pool_property(""), nullptr);
  EXPECT_EQ(find_dataset_property("zzz"), nullptr);
}

TEST(ModelProperty, EveryRowIsDocumentedByASentenceAndSaysWhatItAppliesTo) {
  for (const auto* row : all_rows()) {
    EXPECT_TRUE(row->doc.ends_with('.')) << row->name;
    EXPECT_FALSE(row->targets.empty()) << row->name;
    EXPECT_EQ(row->form == PropertyForm::index && row->words.empty(), false) << row->name;
  }
}

TEST(ModelProperty, EveryOfferedWordSurvivesTheWayToTheKernelAndBack) {
  for (const auto release : {release_2_1, release_2_2, release_2_3, release_2_4}) {
    for (const auto* row : all_rows()) {
      if (row->form != PropertyForm::index) continue;
      for (const auto& entry : row->words) {
        if (entry.use == WordUse::read_only || entry.since > release || release >= entry.before)
          continue;
        const auto kernel = to_kernel(*row, word(entry.word), release);
        ASSERT_TRUE(kernel.ok()) << row->name << ' ' << entry.word;
        // Another word for the same number may come back, but it must mean the same.
        const auto again = to_kernel(*row, to_api(*row, kernel.value(), release), release);
        ASSERT_TRUE(again.ok()) << row->name << ' ' << entry.word;
        EXPECT_EQ(again.value(), kernel.value()) << row->name << ' ' << entry.word;
      }
    }
  }
}

TEST(ModelProperty, AVdevHasOnlyWhatIsInItsTable) {
  expect_kernel_value(check("checksum_n", nullptr, Target::vdev), all_ones);
  expect_kernel_value(check("checksum_n", number(0), Target::vdev), 0U);
  expect_kernel_value(check("failfast", word("off"), Target::vdev), 0U);
  expect_kernel_value(check("comment", nullptr, Target::vdev), "");
  EXPECT_TRUE(check("org.example:note", word(""), Target::vdev).ok());
  EXPECT_FALSE(check("atime", word("on"), Target::vdev).ok());
  EXPECT_FALSE(check("feature@encryption", word("enabled"), Target::vdev).ok());
  // The kernel would store it and stop at its own word for "does not apply".
  EXPECT_FALSE(check("allocating", word("-"), Target::vdev).ok());
  const auto on_2_1 = [](std::string_view name) {
    return check(name, word("x"), Target::vdev, Moment::change, release_2_1);
  };
  expect_failure(on_2_1("comment"), Code::not_in_this_release, "`comment` needs OpenZFS 2.2.");
  expect_failure(on_2_1("org.example:note"), Code::not_in_this_release,
                 "`org.example:note` on a vdev needs OpenZFS 2.2.");
}

TEST(ModelProperty, EveryDefaultOfAnIndexIsOneOfItsWords) {
  for (const auto release : {release_2_1, release_2_2, release_2_3, release_2_4}) {
    for (const auto* row : all_rows()) {
      for (const auto target :
           {Target::filesystem, Target::volume, Target::snapshot, Target::pool, Target::vdev}) {
        const auto value = default_of(*row, target, release);
        if (!value || row->form != PropertyForm::index) continue;
        EXPECT_TRUE(to_kernel(*row, *value, release).ok()) << row->name;
      }
    }
  }
}

// --- index properties ---

TEST(ModelProperty, NumbersOfTheKernelBecomeTheWordsOfZfs) {
  const std::vector<std::tuple<std::string_view, std::uint64_t, std::string_view>> cases{
      {"atime", 0, "off"},
      {"atime", 1, "on"},
      {"checksum", 1, "on"},
      {"checksum", 2, "off"},
      {"checksum", 6, "fletcher2"},
      {"checksum", 7, "fletcher4"},
      {"checksum", 8, "sha256"},
      {"checksum", 10, "noparity"},
      {"checksum", 11, "sha512"},
      {"checksum", 12, "skein"},
      {"checksum", 13, "edonr"},
      {"checksum", 14, "blake3"},
      {"dedup", 257, "verify"},
      {"dedup", 264, "sha256,verify"},
      {"dedup", 269, "edonr,verify"},
      {"dedup", 270, "blake3,verify"},
      {"compression", 2, "off"},
      {"compression", 3, "lzjb"},
      {"compression", 5, "gzip-1"},
      {"compression", 10, "gzip"},
      {"compression", 13, "gzip-9"},
      {"compression", 14, "zle"},
      {"compression", 15, "lz4"},
      {"compression", 16, "zstd"},
      {"compression", 144, "zstd-1"},
      {"compression", 656, "zstd-5"},
      {"compression", 2448, "zstd-19"},
      {"compression", 13200, "zstd-fast"},
      {"compression", 13328, "zstd-fast-2"},
      {"compression", 14352, "zstd-fast-10"},
      {"compression", 14480, "zstd-fast-20"},
      {"compression", 15760, "zstd-fast-1000"},
      {"encryption", 8, "aes-256-gcm"},
      {"keyformat", 3, "passphrase"},
      {"keystatus", 2, "available"},
      {"normalization", 80, "formC"},
      {"normalization", 16, "formD"},
      {"normalization", 96, "formKC"},
      {"normalization", 32, "formKD"},
      {"acltype", 0, "off"},
      {"acltype", 1, "posix"},
      {"acltype", 2, "nfsv4"},
      {"aclinherit", 4, "restricted"},
      {"aclinherit", 5, "passthrough-x"},
      {"aclmode", 2, "groupmask"},
      {"dnodesize", 0, "legacy"},
      {"dnodesize", 16384, "16k"},
      {"volmode", 1, "full"},
      {"snapdir", 2, "disabled"},
      {"canmount", 2, "noauto"},
      {"redundant_metadata", 3, "none"},
      {"direct", 1, "standard"},
      {"sync", 2, "disabled"},
      {"defer_destroy", 1, "on"},
      {"mounted", 1, "yes"},
  };
  for (const auto& [name, value, expected] : cases)
    EXPECT_EQ(shown(name, value), word(expected)) << name;
}

TEST(ModelProperty, XattrOnMeansDirectoriesBeforeTwoThreeAndSystemAttributesSince) {
  EXPECT_EQ(shown("xattr", 1U, release_2_2), word("on"));
  EXPECT_EQ(shown("xattr", 2U, release_2_2), word("sa"));
  EXPECT_EQ(shown("xattr", 1U, release_2_3), word("dir"));
  EXPECT_EQ(shown("xattr", 2U, release_2_3), word("on"));
  expect_kernel_value(to_kernel(dataset_row("xattr"), word("on"), release_2_2), 1U);
  expect_kernel_value(to_kernel(dataset_row("xattr"), word("on"), release_2_3), 2U);
  expect_kernel_value(to_kernel(dataset_row("xattr"), word("dir"), release_2_3), 1U);
}

TEST(ModelProperty, ANumberWithoutAWordIsShownAsDecimalText) {
  EXPECT_EQ(shown("compression", 9999U), word("9999"));
  EXPECT_EQ(shown("checksum", 14U, release_2_1), word("14"));
}

TEST(ModelProperty, AValueOfAnUnexpectedTypeKeepsItsOwnForm) {
  EXPECT_EQ(shown("quota", "1G"), word("1G"));
  EXPECT_EQ(shown("mountpoint", 7U), word("7"));
}

TEST(ModelProperty, OldWordsAreAcceptedButNotAdvertised) {
  expect_kernel_value(check("acltype", word("posixacl")), 1U);
  expect_kernel_value(check("aclinherit", word("secure")), 4U);
  expect_kernel_value(check("volmode", word("geom")), 1U);
  EXPECT_EQ(allowed_values(dataset_row("acltype"), release_2_4), "one of `off`, `posix`, `nfsv4`");
}

TEST(ModelProperty, AChecksumThatCannotBeChosenIsShownButRefused) {
  expect_failure(
      check("checksum", word("noparity")), Code::bad_request,
      "`checksum` must be one of `on`, `off`, `fletcher2`, `fletcher4`, `sha256`, `sha512`, "
      "`skein`, `edonr`, `blake3`.");
}

// --- numbers, ratios, times, identities ---

TEST(ModelProperty, AnAbsentQuotaReservationOrLimitIsNull) {
  for (const std::string_view name : {"quota", "refquota", "reservation", "refreservation",
                                      "defaultuserquota", "defaultprojectobjquota"}) {
    EXPECT_EQ(shown(name, 0U), PropertyValue(nullptr)) << name;
    EXPECT_EQ(shown(name, 4096U), number(4096)) << name;
    expect_kernel_value(check(name, nullptr), 0U);
  }
  for (const std::string_view name : {"filesystem_limit", "snapshot_limit"}) {
    EXPECT_EQ(shown(name, all_ones), PropertyValue(nullptr)) << name;
    EXPECT_EQ(shown(name, 0U), number(0)) << name;
    expect_kernel_value(check(name, nullptr), all_ones);
    expect_kernel_value(check(name, number(0)), 0U);
    EXPECT_FALSE(check(name, number(all_ones)).ok()) << name;
  }
  EXPECT_EQ(shown("snapshot_count", all_ones), PropertyValue(nullptr));
}

TEST(ModelProperty, AQuotaOfZeroIsRefusedBecauseItWouldMeanNone) {
  expect_failure(check("quota", number(0)), Code::bad_request,
                 "`quota` must be a number of bytes of at least 1, or null.");
  expect_kernel_value(check("reservation", number(0)), 0U);
}

TEST(ModelProperty, NullIsRefusedWhereNoneDoesNotExist) {
  for (const std::string_view name : {"recordsize", "atime", "mountpoint", "copies"})
    EXPECT_FALSE(check(name, nullptr).ok()) << name;
}

TEST(ModelProperty, RatiosAreMultipliersWithTwoDecimals) {
  EXPECT_EQ(shown("compressratio", 153U), PropertyValue(1.53));
  EXPECT_EQ(shown("refcompressratio", 100U), PropertyValue(1.0));
  EXPECT_EQ(shown_of_pool("dedupratio", 217U), PropertyValue(2.17));
}

TEST(ModelProperty, TimesAreInUniversalTime) {
  EXPECT_EQ(shown("creation", 0U), word("1970-01-01T00:00:00Z"));
  EXPECT_EQ(shown("creation", 1700000000U), word("2023-11-14T22:13:20Z"));
  EXPECT_EQ(shown("creation", 253402300799U), word("9999-12-31T23:59:59Z"));
  EXPECT_EQ(shown("creation", all_ones), word("18446744073709551615"));
  EXPECT_EQ(shown("snapshots_changed", 0U), PropertyValue(nullptr));
}

TEST(ModelProperty, IdentitiesAreDecimalStringsSoThatNoReaderRoundsThem) {
  EXPECT_EQ(shown("guid", all_ones), word("18446744073709551615"));
  EXPECT_EQ(shown("objsetid", 54U), word("54"));
  EXPECT_EQ(shown_of_pool("guid", 9007199254740993U), word("9007199254740993"));
  EXPECT_EQ(shown("createtxg", 12U), number(12));
}

TEST(ModelProperty, SizesAreCheckedAgainstTheirRange) {
  expect_kernel_value(check("recordsize", number(512)), 512U);
  expect_kernel_value(check("recordsize", number(16777216)), 16777216U);
  for (const std::uint64_t size : {0, 1, 256, 513, 100000, 33554432}) {
    expect_failure(check("recordsize", number(size)), Code::bad_request,
                   "`recordsize` must be a power of two from 512 to 16777216.");
  }
  EXPECT_FALSE(check("copies", number(4)).ok());
  EXPECT_FALSE(check("copies", number(0)).ok());
  expect_kernel_value(check("copies", number(2)), 2U);
}

TEST(ModelProperty, AValueOfTheWrongTypeIsRefused) {
  EXPECT_FALSE(check("recordsize", word("128K")).ok());
  EXPECT_FALSE(check("quota", word("none")).ok());
  EXPECT_FALSE(check("quota", PropertyValue(1.5)).ok());
  EXPECT_FALSE(check("mountpoint", number(1)).ok());
  expect_failure(check("atime", number(1)), Code::bad_request,
                 "`atime` must be one of `off`, `on`.");
}

// --- texts ---

TEST(ModelProperty, TextsAreCheckedByTheirRule) {
  expect_kernel_value(check("mountpoint", word("/srv")), "/srv");
  expect_kernel_value(check("mountpoint", word("legacy")), "legacy");
  expect_kernel_value(check("mountpoint", word("none")), "none");
  expect_failure(check("mountpoint", word("srv")), Code::bad_request,
                 "`mountpoint` must be an absolute path, `legacy` or `none` (at most 1023 bytes).");
  expect_kernel_value(check("keylocation", word("prompt")), "prompt");
  expect_kernel_value(check("keylocation", word("file:///etc/key")), "file:///etc/key");
  EXPECT_FALSE(check("keylocation", word("file:///")).ok());
  EXPECT_FALSE(check("keylocation", word("/etc/key")).ok());
  EXPECT_FALSE(check("cachefile", word("zpool.cache"), Target::pool).ok());
  expect_kernel_value(check("cachefile", word("none"), Target::pool), "none");
}

TEST(ModelProperty, ATextThatTheKernelWouldCutShortIsRefused) {
  EXPECT_FALSE(check("sharenfs", std::string("on\0off", 6)).ok());
  EXPECT_FALSE(check("org.example:note", std::string("a\0b", 3)).ok());
  EXPECT_FALSE(check("sharenfs", std::string(8192, 'x')).ok());
  EXPECT_TRUE(check("sharenfs", std::string(8191, 'x')).ok());
}

TEST(ModelProperty, AnEmptyTextOfTheKernelIsNullWhereNothingIsSet) {
  EXPECT_EQ(shown("origin", ""), PropertyValue(nullptr));
  EXPECT_EQ(shown("origin", "tank/a@b"), word("tank/a@b"));
  EXPECT_EQ(shown_of_pool("comment", ""), PropertyValue(nullptr));
  expect_kernel_value(check("comment", nullptr, Target::pool), "");
  expect_kernel_value(check("bootfs", nullptr, Target::pool), "");
}

TEST(ModelProperty, AnEncryptedDatasetNeedsAtLeastAHundredThousandRounds) {
  const auto creation = [](std::uint64_t rounds) {
    return check("pbkdf2iters", number(rounds), Target::filesystem, Moment::creation);
  };
  EXPECT_FALSE(creation(99999).ok());
  expect_kernel_value(creation(350000), 350000U);
}

// --- pools ---

TEST(ModelProperty, AVdevStateIsThePoolsHealth) {
  EXPECT_EQ(shown_of_pool("health", 7U), word("ONLINE"));
  EXPECT_EQ(shown_of_pool("health", 6U), word("DEGRADED"));
  EXPECT_EQ(shown_of_pool("health", 5U), word("FAULTED"));
  EXPECT_EQ(shown_of_pool("health", 4U), word("UNAVAIL"));
}

TEST(ModelProperty, UnknownFiguresOfAPoolAreNull) {
  EXPECT_EQ(shown_of_pool("fragmentation", all_ones), PropertyValue(nullptr));
  EXPECT_EQ(shown_of_pool("fragmentation", 3U), number(3));
  EXPECT_EQ(shown_of_pool("expandsize", 0U), PropertyValue(nullptr));
  EXPECT_EQ(shown_of_pool("checkpoint", 0U), PropertyValue(nullptr));
}

TEST(ModelProperty, TheQuotaOfDeduplicationTablesIsANumberOrAutoOrNull) {
  EXPECT_EQ(shown_of_pool("dedup_table_quota", all_ones), word("auto"));
  EXPECT_EQ(shown_of_pool("dedup_table_quota", 0U), PropertyValue(nullptr));
  EXPECT_EQ(shown_of_pool("dedup_table_quota", 1024U), number(1024));
  expect_kernel_value(check("dedup_table_quota", word("auto"), Target::pool), all_ones);
  expect_kernel_value(check("dedup_table_quota", nullptr, Target::pool), 0U);
  expect_kernel_value(check("dedup_table_quota", number(1024), Target::pool), 1024U);
  EXPECT_EQ(allowed_values(pool_row("dedup_table_quota"), release_2_3),
            "a number of bytes of at least 1, or `auto`, or null");
}

TEST(ModelProperty, AnAshiftIsZeroOrFromNineToSixteen) {
  for (const std::uint64_t shift : {0, 9, 12, 16})
    EXPECT_TRUE(check("ashift", number(shift), Target::pool).ok());
  for (const std::uint64_t shift : {1, 8, 17})
    expect_failure(check("ashift", number(shift), Target::pool), Code::bad_request,
                   "`ashift` must be a number from 9 to 16, or 0.");
}

TEST(ModelProperty, APoolsCommentIsShortAndPrintable) {
  expect_kernel_value(check("comment", word("rack 4, shelf 2"), Target::pool), "rack 4, shelf 2");
  EXPECT_FALSE(check("comment", std::string(33, 'x'), Target::pool).ok());
  EXPECT_FALSE(check("comment", word("tab\t"), Target::pool).ok());
}

TEST(ModelProperty, SomePropertiesOfAPoolAreChosenAtImport) {
  const auto readonly = [](Moment moment) {
    return check("readonly", word("on"), Target::pool, moment);
  };
  EXPECT_TRUE(readonly(Moment::importing).ok());
  expect_failure(readonly(Moment::change), Code::bad_request,
                 "`readonly` can only be set at import.");
  EXPECT_FALSE(readonly(Moment::creation).ok());
  EXPECT_TRUE(check("altroot", word("/mnt"), Target::pool, Moment::creation).ok());
  EXPECT_TRUE(check("altroot", word("/mnt"), Target::pool, Moment::importing).ok());
  EXPECT_FALSE(check("altroot", word("/mnt"), Target::pool, Moment::change).ok());
}

// --- what may be set ---

TEST(ModelProperty, AnUnknownOrHiddenNameIsNoProperty) {
  expect_failure(check("atmie", word("off")), Code::bad_request, "There is no property `atmie`.");
  expect_failure(check("ashift", number(12)), Code::bad_request, "There is no property `ashift`.");
  expect_failure(check("pbkdf2salt", word("1"), Target::filesystem, Moment::creation),
                 Code::bad_request, "There is no property `pbkdf2salt`.");
}

TEST(ModelProperty, WhatIsReadOnlyCannotBeSet) {
  expect_failure(check("used", number(1)), Code::bad_request, "`used` is read-only.");
  expect_failure(check("mounted", word("yes")), Code::bad_request, "`mounted` is read-only.");
  expect_failure(check("guid", word("1"), Target::pool), Code::bad_request, "`guid` is read-only.");
}

TEST(ModelProperty, WhatAppliesToAnotherKindOfDatasetIsRefused) {
  expect_failure(check("recordsize", number(4096), Target::volume), Code::bad_request,
                 "`recordsize` on a volume does not exist.");
  expect_failure(check("volsize", number(4096)), Code::bad_request,
                 "`volsize` on a file system does not exist.");
  expect_kernel_value(check("snapdev", word("visible")), 1U);
}

TEST(ModelProperty, ASnapshotTakesUserPropertiesOnly) {
  expect_failure(check("exec", word("off"), Target::snapshot), Code::bad_request,
                 "`exec` cannot be set on a snapshot.");
  expect_kernel_value(check("org.example:kept", word("yes"), Target::snapshot), "yes");
  EXPECT_FALSE(check("org.example:kept", word("yes"), Target::bookmark).ok());
}

TEST(ModelProperty, WhatIsFixedAtCreationCannotBeChanged) {
  expect_failure(check("volblocksize", number(4096), Target::volume), Code::bad_request,
                 "`volblocksize` can only be set at creation.");
  expect_kernel_value(check("volblocksize", number(4096), Target::volume, Moment::creation), 4096U);
  EXPECT_FALSE(check("encryption", word("on")).ok());
}

TEST(ModelProperty, WhatTheReleaseLacksIsSaidToNeedANewerOne) {
  const auto on_2_1 = [](std::string_view name, PropertyValue value, Target target) {
    return check(name, value, target, Moment::change, release_2_1);
  };
  expect_failure(on_2_1("prefetch", word("all"), Target::filesystem), Code::not_in_this_release,
                 "`prefetch` needs OpenZFS 2.2.");
  expect_failure(on_2_1("checksum", word("blake3"), Target::volume), Code::not_in_this_release,
                 "The value `blake3` of `checksum` needs OpenZFS 2.2.");
  expect_failure(on_2_1("snapdir", word("disabled"), Target::filesystem), Code::not_in_this_release,
                 "The value `disabled` of `snapdir` needs OpenZFS 2.3.");
  expect_failure(on_2_1("special_small_blocks", number(4096), Target::volume),
                 Code::not_in_this_release,
                 "`special_small_blocks` on a volume needs OpenZFS 2.4.");
  expect_failure(on_2_1("org.example:note", word("x"), Target::pool), Code::not_in_this_release,
                 "`org.example:note` on a pool needs OpenZFS 2.2.");
}

TEST(ModelProperty, SmallBlocksNeedNoPowerOfTwoSinceTwoFour) {
  const auto in = [](Release release, std::uint64_t size) {
    return check("special_small_blocks", number(size), Target::filesystem, Moment::change, release);
  };
  EXPECT_TRUE(in(release_2_3, 0).ok());
  EXPECT_TRUE(in(release_2_3, 65536).ok());
  EXPECT_FALSE(in(release_2_3, 65537).ok());
  EXPECT_TRUE(in(release_2_4, 65537).ok());
}

// --- defaults ---

TEST(ModelProperty, DefaultsAreThoseOfTheRunningRelease) {
  const std::vector<std::tuple<std::string_view, Target, PropertyValue, PropertyValue>> cases{
      // name, target, 2.1, 2.4
      {"atime", Target::filesystem, word("on"), word("on")},
      {"relatime", Target::filesystem, word("off"), word("on")},
      {"compression", Target::volume, word("off"), word("on")},
      {"xattr", Target::filesystem, word("on"), word("sa")},
      {"volblocksize", Target::volume, number(8192), number(16384)},
      {"recordsize", Target::filesystem, number(131072), number(131072)},
      {"aclinherit", Target::filesystem, word("restricted"), word("restricted")},
      {"acltype", Target::filesystem, word("off"), word("off")},
      {"checksum", Target::filesystem, word("on"), word("on")},
      {"dedup", Target::filesystem, word("off"), word("off")},
      {"encryption", Target::filesystem, word("off"), word("off")},
      {"primarycache", Target::snapshot, word("all"), word("all")},
      {"quota", Target::filesystem, nullptr, nullptr},
      {"snapshot_limit", Target::volume, nullptr, nullptr},
      {"origin", Target::filesystem, nullptr, nullptr},
      {"sharenfs", Target::filesystem, word("off"), word("off")},
      {"context", Target::snapshot, word("none"), word("none")},
      {"copies", Target::volume, number(1), number(1)},
      {"delegation", Target::pool, word("on"), word("on")},
      {"failmode", Target::pool, word("wait"), word("wait")},
      {"version", Target::pool, number(5000), number(5000)},
      {"compatibility", Target::pool, word("off"), word("off")},
  };
  for (const auto& [name, target, in_2_1, in_2_4] : cases) {
    const auto& row = target == Target::pool ? pool_row(name) : dataset_row(name);
    EXPECT_EQ(default_of(row, target, release_2_1), in_2_1) << name;
    EXPECT_EQ(default_of(row, target, release_2_4), in_2_4) << name;
  }
}

TEST(ModelProperty, ThereIsNoDefaultWhereThePropertyDoesNotExist) {
  EXPECT_EQ(default_of(dataset_row("recordsize"), Target::volume, release_2_4), std::nullopt);
  EXPECT_EQ(default_of(dataset_row("prefetch"), Target::filesystem, release_2_1), std::nullopt);
  EXPECT_EQ(default_of(dataset_row("used"), Target::filesystem, release_2_4), std::nullopt);
  EXPECT_EQ(default_of(dataset_row("mountpoint"), Target::filesystem, release_2_4), std::nullopt);
  EXPECT_EQ(default_of(dataset_row("special_small_blocks"), Target::volume, release_2_3),
            std::nullopt);
  EXPECT_EQ(default_of(dataset_row("special_small_blocks"), Target::volume, release_2_4),
            number(0));
}

// --- user properties ---

TEST(ModelProperty, AUserPropertyHasAColonAndFewKindsOfCharacters) {
  for (const std::string_view name : {"a:b", "com.example:backup_2-daily", ":", "a:b:c"})
    EXPECT_TRUE(is_user_property(name)) << name;
  for (const std::string_view name : {"", "ab", "A:b", "a:b c", "a:+b", "a:b/c", "a:b@c", "a:ü"})
    EXPECT_FALSE(is_user_property(name)) << name;
  EXPECT_TRUE(is_user_property("a:" + std::string(253, 'x')));
  EXPECT_FALSE(is_user_property("a:" + std::string(254, 'x')));
}

TEST(ModelProperty, AUserPropertyIsATextOfLimitedLength) {
  expect_kernel_value(check("a:b", std::string(8191, 'x')), std::string(8191, 'x'));
  expect_kernel_value(check("a:b", word("")), "");
  expect_failure(check("a:b", std::string(8192, 'x')), Code::bad_request,
                 "`a:b` must be a text of at most 8191 bytes.");
  EXPECT_FALSE(check("a:b", number(1)).ok());
  EXPECT_FALSE(check("a:b", nullptr).ok());
  EXPECT_FALSE(check("-a:b", word("x")).ok());
  expect_kernel_value(check("a:b", word("x"), Target::pool), "x");
}

// --- features ---

TEST(ModelFeature, EachReleaseKnowsAllFeaturesOfThoseBefore) {
  EXPECT_EQ(features_of({2, 1, 11}).size(), 34U);
  EXPECT_EQ(features_of({2, 2, 8}).size(), 39U);
  EXPECT_EQ(features_of({2, 3, 2}).size(), 44U);
  EXPECT_EQ(features_of({2, 4, 0}).size(), 47U);
  EXPECT_EQ(features().size(), 47U);
}

TEST(ModelFeature, AFeatureComesAfterThoseItNeedsAndIsNotOlderThanThey) {
  std::map<std::string_view, Release> seen;
  for (const auto& row : features()) {
    for (const auto need : row.needs) {
      if (need.empty()) continue;
      ASSERT_TRUE(seen.contains(need)) << row.name << " needs " << need;
      EXPECT_LE(seen[need], row.since) << row.name;
    }
    EXPECT_TRUE(seen.emplace(row.name, row.since).second) << row.name;
    EXPECT_TRUE(row.guid.ends_with(row.name)) << row.name;
    EXPECT_TRUE(row.doc.ends_with('.')) << row.name;
  }
}

TEST(ModelFeature, IsFoundByNameAndByGuid) {
  ASSERT_NE(find_feature("async_destroy"), nullptr);
  EXPECT_EQ(find_feature("async_destroy")->guid, "com.delphix:async_destroy");
  EXPECT_TRUE(find_feature("async_destroy")->read_only_compatible);
  ASSERT_NE(find_feature_by_guid("com.fudosecurity:block_cloning"), nullptr);
  EXPECT_EQ(find_feature_by_guid("com.fudosecurity:block_cloning")->name, "block_cloning");
  EXPECT_EQ(find_feature("com.delphix:async_destroy"), nullptr);
  EXPECT_EQ(find_feature(""), nullptr);
}

TEST(ModelFeature, IsEnabledByItsPropertyOfThePool) {
  expect_kernel_value(check("feature@async_destroy", word("enabled"), Target::pool), 0U);
  expect_failure(check("feature@async_destroy", word("disabled"), Target::pool), Code::bad_request,
                 "`feature@async_destroy` must be `enabled`.");
  expect_failure(check("feature@nonsense", word("enabled"), Target::pool), Code::bad_request,
                 "There is no feature `feature@nonsense`.");
  expect_failure(
      check("feature@blake3", word("enabled"), Target::pool, Moment::creation, release_2_1),
      Code::not_in_this_release, "`feature@blake3` needs OpenZFS 2.2.");
  expect_failure(check("feature@async_destroy", word("enabled")), Code::bad_request,
                 "There is no property `feature@async_destroy`.");
}

}  // namespace
}  // namespace zfsrest::model
