#include "model/settable_state.hpp"

#include "describe/codec.hpp"

namespace zfsrest::model {
namespace {

// The properties that were set on the object itself, or came with a stream.
json::Value own_properties(const Properties& properties) {
  json::Object own;
  for (const auto& [name, property] : properties)
    if (property.source.kind == SourceKind::local || property.source.kind == SourceKind::received)
      own[name] = describe::encode(property);
  return own;
}

template <class Object>
json::Object identity_of(const Object& object) {
  return {{"name", object.name.text()},
          {"guid", object.guid.text()},
          {"properties", own_properties(object.properties)}};
}

}  // namespace

json::Value settable_state(const Pool& pool) {
  json::Object state = identity_of(pool);
  // Whether one is in use changes by itself.
  json::Array enabled;
  for (const auto& [name, feature] : pool.features)
    if (feature != FeatureState::disabled) enabled.emplace_back(name);
  state["features"] = std::move(enabled);
  return state;
}

json::Value settable_state(const Dataset& dataset) {
  return identity_of(dataset);
}

json::Value settable_state(const Snapshot& snapshot) {
  json::Object state = identity_of(snapshot);
  if (const auto holds = snapshot.properties.find("userrefs"); holds != snapshot.properties.end())
    state["holds"] = describe::encode(holds->second.value);
  return state;
}

// All that a bookmark has was fixed when it was made.
json::Value settable_state(const Bookmark& bookmark) {
  return identity_of(bookmark);
}

}  // namespace zfsrest::model
