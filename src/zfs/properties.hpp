// Between the kernel's property lists and the API's properties.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "model/property_json.hpp"
#include "model/selection.hpp"
#include "zfs/device.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// What the kernel says of a dataset, snapshot or bookmark.
struct Listed {
  std::string name;
  model::Target target;  // anything but a pool
  model::Target head;    // what it is, or is a snapshot of: file system or volume
  NvView properties;
  NvView format;  // what a file system's format on disk fixes, value by name
};

// One property in a list of the kernel's, which has its value beside its source; 0, or nothing, if
// it is not there.
std::uint64_t number_of(NvView properties, const char* name);
std::string text_of(NvView properties, const char* name);

// The properties of it that are wanted: what the kernel listed, and the defaults, which it leaves
// out.
model::Properties dataset_properties(const Listed& listed, model::Release release,
                                     const model::Selection& selection = {});

// What the file system, or snapshot of one, that `command` describes has in its format on disk;
// empty for a volume, for one that is being received, and if nothing of it is wanted. The list
// ioctls leave it out.
NvList read_format(const Handle& handle, const Command& command,
                   const model::Selection& selection = {});

// Whether `command` describes a file system or a volume, or a snapshot of which.
model::Target head_of(const Command& command);

// The same of a pool, whose sources the kernel gives as bits.
model::Properties pool_properties(NvView listed, model::Release release);

// Those of a vdev that were listed; what this kind of vdev has not is left out. And the defaults.
model::Properties vdev_properties(NvView listed, model::Release release);
void add_vdev_defaults(model::Properties& properties, model::Release release);

// Settings in the form that the kernel takes. Fails with all that this release or this target
// refuses, each with a pointer below `pointer`, the place of the settings in the request's body.
Result<NvList> kernel_settings(const model::PropertySettings& settings, model::Target target,
                               model::Moment moment, model::Release release,
                               const std::string& pointer);

}  // namespace zfsrest::zfs
