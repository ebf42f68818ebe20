#include "api/receive/receive_create.hpp"

#include <algorithm>

#include "api/key_settings.hpp"
#include "api/receive/receive_checks.hpp"

namespace zfsrest::api {

void ReceiveCreate::check(const Request& request, const Spots& spots) {
  const describe::Spot properties = spots.body.key("properties");
  model::check_settings(request.properties, model::any_dataset, model::Moment::creation,
                        properties);
  check_key_settings(request.key, request.properties, Inherits::from_parent, spots.body.key("key"),
                     properties);
  model::check_settings(request.received_properties, model::any_dataset, model::Moment::creation,
                        spots.body.key("received_properties"));
  const describe::Spot excluded = spots.body.key("exclude_properties");
  for (std::size_t i = 0; i < request.exclude_properties.size(); ++i) {
    model::check_settable(request.exclude_properties[i], excluded.index(i));
    if (request.properties.contains(request.exclude_properties[i]))
      excluded.index(i).fault("it is among `properties` as well");
  }
  check_receive(request, spots.body);
}

}  // namespace zfsrest::api
