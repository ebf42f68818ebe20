#include "ops/dataset/partial_receive.hpp"

#include "ops/snapshot/deferred.hpp"

namespace zfsrest::ops {

Result<zfs::PartialReceive> read_partial(const zfs::Handle& handle, const std::string& dataset) {
  auto partial = TRY(zfs::read_partial_receive(handle, dataset));
  if (!partial)
    return Error{.code = Code::not_found,
                 .subject = dataset,
                 .detail = "no interrupted receive has left anything in " + dataset};
  return *std::move(partial);
}

Result<model::Plan> plan_of_destroying(const Context& context, const zfs::Handle& handle,
                                       const zfs::PartialReceive& partial) {
  model::Plan plan;
  if (!partial.origin.empty())
    plan.would_destroy = TRY(find_going(context, handle, {{partial.origin, {.clones = 1}}}));
  plan.would_destroy.insert(plan.would_destroy.begin(), partial.partial_dataset);
  plan.bytes_freed = partial.used_bytes;
  plan.unchecked = {"Whether it is being received right now."};
  return plan;
}

model::PartialReceive document_of(const std::string& dataset, const zfs::PartialReceive& partial) {
  return {.dataset = model::DatasetName::parse(dataset).value(),
          .resume_token = partial.token,
          .stream = partial.decoded,
          .new_dataset = partial.is_new_dataset,
          .used_bytes = partial.used_bytes};
}

}  // namespace zfsrest::ops
