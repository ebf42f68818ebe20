#include "api/receive/receive_create.hpp"

#include "ops/dataset/new_key.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<zfs::Stretching> read_stretching<api::ReceiveCreate>(
    Context&, const api::ReceiveCreate::Request& request) {
  return new_stretching(*request.key, request.properties);
}

template <>
Result<model::ReceiveShown> run<api::ReceiveCreate>(Context& context,
                                                    const api::ReceiveCreate::Request& request) {
  return context.receives.add(request.target.pool(), request, std::move(context.key));
}

}  // namespace zfsrest::ops
