#include "model/settable_state.hpp"

#include "describe/codec.hpp"

namespace zfsrest::model {
namespace {

// The name and guid, and the properties that were set on the object itself or came with a stream.
template <class Object>
void write_identity(const Object& object, json::Writer& out) {
  out.key("name");
  out.text(object.name.text());
  out.key("guid");
  out.text(object.guid.text());
  out.key("properties");
  out.begin_object();
  for (const auto& [name, property] : object.properties) {
    if (property.source.kind != SourceKind::local && property.source.kind != SourceKind::received)
      continue;
    out.key(name);
    describe::write(property, out);
  }
  out.end_object();
}

// `write_more(out)` adds members to it.
template <class Object, class WriteMore>
std::string state_of(const Object& object, const WriteMore& write_more) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_identity(object, out);
  write_more(out);
  out.end_object();
  return text;
}

constexpr auto nothing_more = [](json::Writer&) {};

}  // namespace

std::string settable_state(const Pool& pool) {
  return state_of(pool, [&](json::Writer& out) {
    out.key("features");
    out.begin_array();
    // Whether one is in use changes by itself.
    for (const auto& [name, feature] : pool.features)
      if (feature != FeatureState::disabled) out.text(name);
    out.end_array();
  });
}

std::string settable_state(const Dataset& dataset) {
  return state_of(dataset, nothing_more);
}

std::string settable_state(const Snapshot& snapshot) {
  return state_of(snapshot, [&](json::Writer& out) {
    // One that is received again has the same guid.
    out.key("createtxg");
    out.number(snapshot.createtxg);
    const auto holds = snapshot.properties.find("userrefs");
    if (holds == snapshot.properties.end()) return;
    out.key("holds");
    describe::write(holds->second.value, out);
  });
}

// All that a bookmark has was fixed when it was made.
std::string settable_state(const Bookmark& bookmark) {
  return state_of(bookmark, nothing_more);
}

}  // namespace zfsrest::model
