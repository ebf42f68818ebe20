// Entity tags: what tells whether an object is still as a caller has seen it.
#pragma once

#include <concepts>
#include <string>

#include "auth/digest.hpp"
#include "model/settable_state.hpp"
#include "ops/context.hpp"

namespace zfsrest::agent {

template <class Object>
concept Tagged = requires(const Object& object) {
  { model::settable_state(object) } -> std::same_as<std::string>;
};

template <Tagged Object>
std::string etag_of(const Object& object) {
  return auth::digest_of(model::settable_state(object));
}

// That of the object as ZFS has it now. Fails as reading it does.
Result<std::string> read_etag(ops::Context& context, const model::PoolName& pool);
Result<std::string> read_etag(ops::Context& context, const model::DatasetName& dataset);
Result<std::string> read_etag(ops::Context& context, const model::SnapshotName& snapshot);
Result<std::string> read_etag(ops::Context& context, const model::BookmarkName& bookmark);

// The pool or dataset whose tree is held while the object is compared and changed.
inline std::string tree_of(const model::PoolName& pool) {
  return pool.text();
}
inline std::string tree_of(const model::DatasetName& dataset) {
  return dataset.text();
}
inline std::string tree_of(const model::SnapshotName& snapshot) {
  return snapshot.dataset();
}
inline std::string tree_of(const model::BookmarkName& bookmark) {
  return bookmark.dataset();
}

}  // namespace zfsrest::agent
