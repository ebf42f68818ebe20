#include "api/dataset/dataset_change_key.hpp"

#include "api/key_settings.hpp"

namespace zfsrest::api {

void DatasetChangeKey::check(const Request& request, const Spots& spots) {
  const model::PropertySettings properties = new_key_settings(request);
  if (request.inherit && request.key)
    spots.body.key("inherit").fault("either a new key is given or the parent's is taken");
  if (!request.inherit && !request.key)
    spots.body.key("key").fault("the new key is missing; or `inherit` takes the parent's");
  model::check_settings(properties, model::any_dataset, model::Moment::creation, spots.body);
  check_key_settings(request.key, properties, Inherits::from_parent, spots.body.key("key"),
                     spots.body);
}

model::PropertySettings DatasetChangeKey::new_key_settings(const Request& request) {
  model::PropertySettings properties;
  if (request.keylocation) properties.emplace("keylocation", *request.keylocation);
  if (request.pbkdf2iters) properties.emplace("pbkdf2iters", *request.pbkdf2iters);
  return properties;
}

}  // namespace zfsrest::api
