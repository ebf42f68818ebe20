// File systems and volumes: one function per thing the kernel does with them.
#pragma once

#include <optional>
#include <string>

#include "model/dataset.hpp"
#include "model/selection.hpp"
#include "zfs/device.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::zfs {

class MountView;

// With what the mount table and the pool's alternate root add. Fails with ENOENT; a dataset whose
// pool does not answer, with the pool's error.
Result<model::Dataset> read_dataset(const Handle& handle, const std::string& name,
                                    model::Release release);
// The same for one of several, which share what is known of mounts.
Result<model::Dataset> read_dataset(const Handle& handle, const std::string& name,
                                    model::Release release, MountView& mounts);

// The dataset that a listing or stats ioctl has just described in `command` and `listed`.
model::Dataset dataset_of(const Handle& handle, const Command& command, NvView listed,
                          model::Release release, const model::Selection& selection = {});

// Creates the dataset with its properties, or nothing. With a key it is an encryption root.
Result<Nothing> create_dataset(const Handle& handle, const std::string& name,
                               model::DatasetType type, const NvList& properties,
                               const std::optional<WrappingKey>& key = {});

// Creates each missing file system above `name`, and returns those it created, outermost first; on
// failure they are the error's `applied`.
Result<std::vector<std::string>> create_parents(const Handle& handle,
                                                const model::DatasetName& name);

// Creates the dataset with its properties from a snapshot, or nothing.
Result<Nothing> clone_snapshot(const Handle& handle, const std::string& name,
                               const std::string& snapshot, const NvList& properties);

// Sets properties. Where the kernel takes some and refuses others, the error lists both.
Result<Nothing> set_properties(const Handle& handle, const std::string& name,
                               const NvList& properties);

enum class Revert { to_inherited, to_received };
Result<Nothing> inherit_property(const Handle& handle, const std::string& name,
                                 const std::string& property, Revert revert);

// Renames a dataset with all that is below it, or a snapshot.
Result<Nothing> rename(const Handle& handle, const std::string& from, const std::string& to);

// Renames the snapshots of that name of a dataset and of all below it, all or none.
Result<Nothing> rename_snapshots_below(const Handle& handle, const std::string& from,
                                       const std::string& to);

// On EEXIST the error names the snapshot that stands in the way.
Result<Nothing> promote(const Handle& handle, const std::string& name);

// Destroys one dataset without children or snapshots.
Result<Nothing> destroy_dataset(const Handle& handle, const std::string& name);

}  // namespace zfsrest::zfs
