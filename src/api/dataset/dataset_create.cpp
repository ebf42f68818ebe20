#include "api/dataset/dataset_create.hpp"

#include "api/key_settings.hpp"

namespace zfsrest::api {

void DatasetCreate::check(const Request& request, const Spots& spots) {
  const bool is_volume = request.type == model::DatasetType::volume;
  if (request.name.parent().empty())
    spots.body.key("name").fault("a pool's root file system is created with its pool");
  model::check_settings(request.properties,
                        is_volume ? model::Target::volume : model::Target::filesystem,
                        model::Moment::creation, spots.body.key("properties"));
  check_key_settings(request.key, request.properties, Inherits::from_parent, spots.body.key("key"),
                     spots.body.key("properties"));
  if (is_volume && !request.properties.contains("volsize"))
    spots.body.key("properties").key("volsize").fault("a volume needs its size in bytes");
}

}  // namespace zfsrest::api
