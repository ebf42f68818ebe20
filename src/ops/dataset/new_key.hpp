// What comes with a new key, among the properties of the dataset that gets it.
#pragma once

#include "model/property_values.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::ops {

inline zfs::Stretching new_stretching(const model::Key& key,
                                      const model::PropertySettings& properties) {
  const auto* asked = model::find_value<std::uint64_t>(properties, "pbkdf2iters");
  return zfs::new_stretching(key, asked ? *asked : zfs::usual_iterations);
}

// Makes the properties those of an encryption root.
inline void add_new_root(const zfs::WrappingKey& key, zfs::NvList& properties) {
  zfs::add_key_properties(key, properties);
  if (!properties.view().has("keylocation")) properties.add_text("keylocation", "prompt");
}

}  // namespace zfsrest::ops
