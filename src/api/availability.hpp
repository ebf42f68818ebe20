// What the running OpenZFS lacks of what is declared: requests are declined by it, and
// `/v1/capabilities` says the same beforehand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/decode.hpp"
#include "base/result.hpp"
#include "model/capabilities.hpp"

namespace zfsrest::api {

inline std::optional<model::Lack> find_lack(const Operation& operation,
                                            const model::Running& running) {
  return running.find_lack(operation.engine, operation.since);
}

// Fails with not_on_this_engine, or with not_in_this_release where the operation or something that
// the request holds needs a newer one; each such thing is a fault of its own.
Result<Nothing> check_available(const Operation& operation,
                                const std::vector<describe::Need>& needs,
                                const model::Running& running);

// Calls `visit(in, pointer, what, since)` for all that a request of the operation may hold and not
// every release has.
template <class Op, class Visit>
void each_option(const Visit& visit) {
  each_request_field<Op>([&](const auto& field) {
    describe::each_need_of_field(
        "", field, [&](const std::string& pointer, std::string_view what, Release since) {
          visit(word_of(carrier_of(Op::operation, field)), pointer, what, since);
        });
  });
}

}  // namespace zfsrest::api
