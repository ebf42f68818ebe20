#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "model/dataset.hpp"
#include "model/sort.hpp"

namespace zfsrest::model {
namespace {

Dataset dataset(const std::string& name, const PropertyValue& value) {
  Dataset made;
  made.name = DatasetName::parse(name).value();
  made.properties["used"].value = value;
  made.properties["org.example:a"].value = value;
  return made;
}

std::string place(std::string_view key, const Dataset& object) {
  return Order({SortKey::parse(key).value()}, form_of<Dataset>).place_of(object);
}

TEST(ModelSort, PlacesAreOrderedAsValuesAre) {
  const std::vector<PropertyValue> values{
      std::uint64_t{0},        std::uint64_t{1},
      std::uint64_t{255},      std::uint64_t{256},
      std::uint64_t{1} << 63U, std::numeric_limits<std::uint64_t>::max(),
      std::string(),           std::string("a"),
      std::string("aa"),       std::string("ab"),
      std::string("b"),        std::string("\xc3\xa4"),
      std::string("\xff\xff"), nullptr};
  for (std::size_t left = 0; left < values.size(); ++left)
    for (std::size_t right = left + 1; right < values.size(); ++right) {
      const Dataset first = dataset("p/z", values[left]), second = dataset("p/a", values[right]);
      EXPECT_LT(place("org.example:a", first), place("org.example:a", second)) << left << right;
      const bool are_alike_in_kind = values[left].index() == values[right].index();
      EXPECT_EQ(are_alike_in_kind, place("-org.example:a", first) > place("-org.example:a", second))
          << left << right;
    }
}

TEST(ModelSort, NamesDecideBetweenEquals) {
  for (const PropertyValue& value :
       {PropertyValue(nullptr), PropertyValue(std::uint64_t{7}), PropertyValue(std::string("x"))})
    for (const char* key : {"used", "-used"}) {
      EXPECT_LT(place(key, dataset("p/a", value)), place(key, dataset("p/b", value)));
      EXPECT_EQ(Order::name_in(place(key, dataset("p/a", value))), "p/a");
    }
}

TEST(ModelSort, AKeyIsAFieldAndItsDirection) {
  EXPECT_EQ(SortKey::parse("-used").value().field, "used");
  EXPECT_TRUE(SortKey::parse("-used").value().is_descending);
  EXPECT_EQ(SortKey::parse("-used").value().text(), "-used");
  EXPECT_EQ(SortKey::parse("used").value().text(), "used");
  EXPECT_FALSE(SortKey::parse("").ok());
  EXPECT_FALSE(SortKey::parse("-").ok());
}

TEST(ModelSort, TheFirstPlacesAreKept) {
  FirstPlaces all(4, "");
  for (const char* each : {"c", "a", "d", "b"}) all.offer(each);
  EXPECT_FALSE(all.has_more());
  EXPECT_EQ(all.take(), (std::vector<std::string>{"a", "b", "c", "d"}));

  FirstPlaces some(2, "b");
  for (const char* each : {"e", "a", "d", "b", "c"}) some.offer(each);
  EXPECT_TRUE(some.has_more());
  EXPECT_EQ(some.take(), (std::vector<std::string>{"c", "d"}));

  FirstPlaces none(0, "");
  none.offer("a");
  EXPECT_TRUE(none.has_more());
  EXPECT_TRUE(none.take().empty());
}

}  // namespace
}  // namespace zfsrest::model
