#include "api/dataset/key_change.hpp"

#include "api/key_settings.hpp"

namespace zfsrest::api {

void check_key_change(const KeyChange& change, const describe::Spot& spot) {
  const model::PropertySettings properties = new_key_settings(change);
  if (change.inherit && change.key)
    spot.key("inherit").fault("either a new key is given or the parent's is taken");
  if (!change.inherit && !change.key)
    spot.key("key").fault("the new key is missing; or `inherit` takes the parent's");
  // The kernel would crash.
  if (change.inherit && change.dataset.parent().empty())
    spot.key("inherit").fault("the root file system of a pool has no parent");
  model::check_settings(properties, model::any_dataset, model::Moment::creation, spot);
  check_key_settings(change.key, properties, Inherits::from_parent, spot.key("key"), spot);
}

model::PropertySettings new_key_settings(const KeyChange& change) {
  model::PropertySettings properties;
  if (change.keylocation) properties.emplace("keylocation", *change.keylocation);
  if (change.pbkdf2iters) properties.emplace("pbkdf2iters", *change.pbkdf2iters);
  return properties;
}

}  // namespace zfsrest::api
