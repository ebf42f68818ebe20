// Packed nvlists: from strangers in whatever form, and of what the kernel's answers can hold, all
// types. (The kernel's own are in the native form, which libnvpair takes on trust; the same reaches
// what reads them in the other form.)
#include <span>

#include "fuzz.hpp"
#include "zfs/foreign_nvlist.hpp"
#include "zfs/nvlist_json.hpp"
#include "zfs/properties.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zfsrest;
  const auto list = zfs::unpack_foreign({reinterpret_cast<const char*>(data), size});
  if (!list) return 0;
  const zfs::NvView view = list->view();
  view.each([](const zfs::NvPair& pair) { [[maybe_unused]] const auto json = zfs::to_json(pair); });
  const zfs::NvList none;
  for (const model::Target target : {model::Target::filesystem, model::Target::snapshot}) {
    const auto properties = zfs::dataset_properties({.name = "tank/a",
                                                     .target = target,
                                                     .head = model::Target::filesystem,
                                                     .properties = view,
                                                     .format = view},
                                                    model::release_2_2);
    fuzz::expect(properties.contains("type"), "what a dataset is, is always told");
  }
  [[maybe_unused]] const auto pool = zfs::pool_properties(view, model::release_2_2);
  [[maybe_unused]] const auto vdev = zfs::vdev_properties(view, model::release_2_2);
  return 0;
}
