#include "zfs/key.hpp"

#include "zfs/errors.hpp"
#include "zfs/library.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::zfs {
namespace {

// Commands of the ioctl; others change keys that are not loaded, as receiving needs it.
constexpr std::uint64_t command_new_key = 2;
constexpr std::uint64_t command_inherit = 3;

// Of the property `keystatus`.
constexpr std::uint64_t keystatus_available = 2;

Result<Nothing> outcome_of(const Reply& reply, const std::string& dataset) {
  if (reply.os_errno != 0) return failure(reply.os_errno, dataset, reply.output.view());
  return Nothing{};
}

}  // namespace

Result<KeyState> read_key_state(const Handle& handle, const std::string& dataset) {
  const auto command = command_for(dataset);
  const Reply reply = handle.call(Ioctl::objset_stats, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, dataset);
  const NvView properties = reply.output.view();
  return KeyState{.guid = number_of(properties, "guid"),
                  .root = text_of(properties, "encryptionroot"),
                  .origin = text_of(properties, "origin"),
                  .format = static_cast<model::KeyFormat>(number_of(properties, "keyformat")),
                  .stretching = {.salt = number_of(properties, "pbkdf2salt"),
                                 .iterations = number_of(properties, "pbkdf2iters")},
                  .is_loaded = number_of(properties, "keystatus") == keystatus_available};
}

// By ioctl, because the library does not wipe its copies of the key.
Result<Nothing> load_key(const Handle& handle, const std::string& dataset, const WrappingKey& key,
                         Load load) {
  NvList input(Content::secret);
  if (load == Load::only_verify) input.add_flag("noop");
  add_hidden_key(key, input);
  const auto command = command_for(dataset);
  return outcome_of(handle.call(Ioctl::load_key, *command, &input), dataset);
}

Result<Nothing> unload_key(const Handle&, const std::string& dataset) {
  if (const int rc = library::unload_key(dataset); rc != 0) return failure(rc, dataset);
  return Nothing{};
}

// By ioctl, for the same reason.
Result<Nothing> change_key(const Handle& handle, const std::string& dataset, const WrappingKey& key,
                           const std::optional<std::string>& location) {
  NvList properties;
  add_key_properties(key, properties);
  if (location) properties.add_text("keylocation", *location);
  NvList input(Content::secret);
  input.add_u64("crypt_cmd", command_new_key);
  input.add_list("props", properties);
  add_hidden_key(key, input);
  const auto command = command_for(dataset);
  return outcome_of(handle.call(Ioctl::change_key, *command, &input), dataset);
}

Result<Nothing> inherit_key(const Handle& handle, const std::string& dataset) {
  NvList input;
  input.add_u64("crypt_cmd", command_inherit);
  const auto command = command_for(dataset);
  return outcome_of(handle.call(Ioctl::change_key, *command, &input), dataset);
}

void add_hidden_key(const WrappingKey& key, NvList& input) {
  NvList hidden(Content::secret);
  hidden.add_bytes("wkeydata", key.bytes.view());
  input.add_list("hidden_args", hidden);
}

}  // namespace zfsrest::zfs
