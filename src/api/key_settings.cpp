#include "api/key_settings.hpp"

#include <fmt/format.h>

#include <initializer_list>

#include "model/property_values.hpp"

namespace zfsrest::api {
namespace {

// Whether it is set to something that says more than that there is no encryption.
bool asks(const model::PropertySettings& properties, const char* name) {
  const std::string word = model::text_of(properties, name);
  return properties.contains(name) && word != "off" && word != "none";
}

void check_with_key(const model::Key& key, const model::PropertySettings& properties,
                    Inherits inherits, const describe::Spot& key_spot,
                    const describe::Spot& properties_spot) {
  const model::KeyFormat format = model::format_of(key);
  model::check_new_key(key, key_spot);
  if (model::text_of(properties, "encryption") == "off")
    properties_spot.key("encryption").fault("a key is given, but encryption is off");
  else if (inherits == Inherits::nothing && !properties.contains("encryption"))
    properties_spot.key("encryption").fault("a key is given, but `encryption` is not set");
  if (properties.contains("keyformat") &&
      model::text_of(properties, "keyformat") != model::word_of(format))
    properties_spot.key("keyformat")
        .fault(fmt::format("the key that is given is of the format {}", model::word_of(format)));
  if (model::text_of(properties, "keylocation") == "none")
    properties_spot.key("keylocation").fault("what has a key has a `keylocation`: `prompt`");
  if (format != model::KeyFormat::passphrase && properties.contains("pbkdf2iters"))
    properties_spot.key("pbkdf2iters").fault("only a passphrase is stretched");
}

void check_without_key(const model::PropertySettings& properties, Inherits inherits,
                       const describe::Spot& properties_spot) {
  for (const char* name : {"keyformat", "keylocation", "pbkdf2iters"})
    if (asks(properties, name))
      properties_spot.key(name).fault("this is of a key of its own, and no `key` is given");
  // The kernel would crash.
  if (inherits == Inherits::nothing && asks(properties, "encryption"))
    properties_spot.key("encryption").fault("encryption needs a key, and no `key` is given");
}

}  // namespace

void check_key_settings(const std::optional<model::Key>& key,
                        const model::PropertySettings& properties, Inherits inherits,
                        const describe::Spot& key_spot, const describe::Spot& properties_spot) {
  if (key)
    check_with_key(*key, properties, inherits, key_spot, properties_spot);
  else
    check_without_key(properties, inherits, properties_spot);
}

}  // namespace zfsrest::api
