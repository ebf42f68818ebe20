// Encryption keys of datasets: one function per thing the kernel does with them.
#pragma once

#include <optional>
#include <string>

#include "zfs/device.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::zfs {

// What the kernel says of a dataset's key.
struct KeyState {
  std::uint64_t guid = 0;  // of the dataset
  std::string root;        // whose key it is; empty if the dataset is not encrypted
  std::string origin;      // of a clone, which has the key of that
  model::KeyFormat format{};
  Stretching stretching;
  bool is_loaded = false;
};
Result<KeyState> read_key_state(const Handle& handle, const std::string& dataset);

enum class Load : std::uint8_t { yes, only_verify };
// Fails with EACCES if it is not the dataset's key, with EEXIST if that is loaded already, and with
// EINVAL if the dataset is no encryption root.
Result<Nothing> load_key(const Handle& handle, const std::string& dataset, const WrappingKey& key,
                         Load load);

// Fails with EBUSY if something that the key opens is in use, and with EACCES if there is no key
// loaded for this very dataset.
Result<Nothing> unload_key(const Handle& handle, const std::string& dataset);

// Gives the dataset a key of its own. Without `location` an encryption root keeps the one it has.
// Both fail with EACCES if a key that is needed is not loaded, and with EINVAL if they make no
// sense for this dataset.
Result<Nothing> change_key(const Handle& handle, const std::string& dataset, const WrappingKey& key,
                           const std::optional<std::string>& location);
// Gives an encryption root the key of its parent.
Result<Nothing> inherit_key(const Handle& handle, const std::string& dataset);

// Adds the key to the input of an ioctl, in the part that the kernel keeps out of pool history.
// `input` must be for secrets.
void add_hidden_key(const WrappingKey& key, NvList& input);

}  // namespace zfsrest::zfs
