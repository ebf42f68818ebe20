#include "api/receive/receive_list.hpp"

#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Items<model::ReceiveShown>> run<api::ReceiveList>(Context& context,
                                                                const api::ReceiveList::Request&) {
  return model::Items<model::ReceiveShown>{.items = context.receives.list()};
}

}  // namespace zfsrest::ops
