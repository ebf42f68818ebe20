// What stands in paths, queries and fields of the header: names, filters, cursors, targets,
// conditions. What is accepted is read in one way.
#include "model/text.hpp"

#include <array>
#include <string>

#include "fuzz.hpp"
#include "gateway/prefer.hpp"
#include "gateway/target.hpp"
#include "model/conditions.hpp"
#include "model/dataset.hpp"
#include "model/field_form.hpp"
#include "model/filter.hpp"
#include "model/names.hpp"
#include "model/sort.hpp"
#include "ops/list_objects.hpp"
#include "zfs/resume_token.hpp"

namespace {

using namespace zfsrest;
using fuzz::expect;

template <class Text>
void read_text(std::string_view text) {
  const auto parsed = Text::parse(text);
  if (!parsed.ok()) {
    expect(parsed.error().code == Code::bad_request, "a refusal is the caller's fault");
    return;
  }
  const std::string written = parsed.value().text();
  const auto again = Text::parse(written);
  expect(again.ok() && again.value().text() == written, "a text is what it was written as");
}

void read_filter(std::string_view text) {
  read_text<model::SortKey>(text);
  const auto parsed = model::Filter::parse(text);
  if (!parsed.ok()) return;
  const auto bound = parsed.value().bind(model::form_of<model::Snapshot>, model::oldest_release);
  if (!bound.ok()) return;
  model::Snapshot snapshot;
  snapshot.properties["used"] = {.value = std::uint64_t{7}, .source = {}};
  snapshot.properties["compressratio"] = {.value = 1.5, .source = {}};
  snapshot.properties["creation"] = {.value = std::string("2026-11-23T15:08:33Z"), .source = {}};
  snapshot.properties["a:b"] = {.value = std::string("text"), .source = {}};
  const auto passes = [&](const model::Filter& filter) {
    return filter.passes([&](std::string_view field) -> std::optional<model::PropertyValue> {
      if (field == "name") return std::string("tank/home@monday");
      if (field == "createtxg") return std::uint64_t{42};
      const auto found = snapshot.properties.find(std::string(field));
      if (found == snapshot.properties.end()) return {};
      return found->second.value;
    });
  };
  const bool result = passes(bound.value());
  const auto negated = model::Filter::parse("not (" + std::string(text) + ")");
  if (!negated.ok()) return;  // one level too deep, or too long
  const auto bound_too =
      negated.value().bind(model::form_of<model::Snapshot>, model::oldest_release);
  expect(bound_too.ok() && passes(bound_too.value()) != result, "a filter or its negation passes");
}

void read_cursor(std::string_view text) {
  const auto cursor = model::Cursor::parse(text);
  if (!cursor.ok()) return;
  constexpr std::string_view list = "dataset.list";
  api::Listing sorted;
  sorted.sort = {{.field = "name"}};
  if (const auto place = ops::parse_place(cursor.value(), sorted, list); place.ok()) {
    const auto same =
        ops::parse_place(ops::cursor_after(place.value(), sorted, list), sorted, list);
    expect(same.ok() && same.value() == place.value(), "a cursor is a place");
    expect(ops::pool_at(place.value()).find_first_of("/@#") == std::string::npos,
           "the pool is the first part of a name");
  }
  const auto position = ops::parse_cursor(cursor.value(), {}, list);
  if (!position.ok()) return;
  const auto again = ops::parse_cursor(ops::cursor_of(position.value(), list), {}, list);
  expect(again.ok(), "a cursor leads on");
  expect(again.value().walk.size() == position.value().walk.size(), "a cursor leads to one place");
}

void read_target(std::string_view text) {
  const auto target = gateway::parse_target(text);
  if (!target.ok()) return;
  for (const std::string& segment : target.value().segments)
    expect(!segment.empty() && segment != "." && segment != "..", "no segment leads elsewhere");
}

void read_conditions(std::string_view text) {
  if (const auto key = model::IdempotencyKey::parse(text); key.ok())
    expect(key.value().text == text, "a key is as it came");
  if (const auto match = model::IfMatch::parse(text); match.ok())
    for (const std::string& tag : match.value().tags)
      expect(match.value().admits(tag), "a tag that is named matches");
  expect(gateway::wait_of({text}) <= gateway::longest_wait, "nobody waits longer");
}

void read_token(std::string_view text) {
  [[maybe_unused]] const auto token = zfs::parse_resume_token(text);
}

constexpr std::array readers{&read_text<model::DatasetName>,
                             &read_text<model::SnapshotName>,
                             &read_text<model::BookmarkName>,
                             &read_text<model::PoolName>,
                             &read_text<model::Guid>,
                             &read_text<model::Time>,
                             &read_text<model::Bytes>,
                             &read_text<model::DevicePath>,
                             &read_filter,
                             &read_cursor,
                             &read_target,
                             &read_conditions,
                             &read_token};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  readers[input.take_byte() % readers.size()](input.rest());
  return 0;
}
