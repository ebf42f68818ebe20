// How each operation's types are erased: the only place where declaration and implementation meet.
#pragma once

#include <memory>

#include "agent/prepared.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"
#include "ops/run.hpp"

namespace zfsrest::agent {

// A name as one percent-encoded segment of a path.
std::string encode_segment(std::string_view name);

template <class Op>
Result<Outcome> run_typed(ops::Context& context, const typename Op::Request& request) {
  Outcome outcome;
  if constexpr (Op::operation.success == api::Success::no_content) {
    TRY(ops::run<Op>(context, request));
  } else {
    const typename Op::Response response = TRY(ops::run<Op>(context, request));
    outcome.body = json::serialize(describe::encode(response));
    if constexpr (!Op::operation.location.empty())
      outcome.location = std::string(Op::operation.location) + encode_segment(response.name.text());
  }
  return outcome;
}

template <class Op>
Result<Prepared> prepare(const api::Parts& parts) {
  api::Decoded<Op> decoded = TRY(api::decode_request<Op>(parts));
  Prepared prepared{.operation = &Op::operation,
                    .mode = decoded.control.plan ? Mode::plan : Mode::run};
  const auto request = std::make_shared<const typename Op::Request>(std::move(decoded.request));
  if constexpr (requires { Op::subject(*request); })
    prepared.pool = model::pool_of(Op::subject(*request));
  if constexpr (Op::operation.form == api::Form::rows) {
    prepared.limit = request->limit;
    prepared.list = [request](ops::Context& context, ops::Rows& rows) -> Result<json::Object> {
      json::Object end;
      describe::encode_into(TRY(ops::list<Op>(context, *request, rows)), end);
      return end;
    };
  } else {
    prepared.run = [request](ops::Context& context) { return run_typed<Op>(context, *request); };
  }
  if constexpr (Op::operation.late == api::Late::last_answer) {
    prepared.late = [request](const ops::LastSeen& seen) -> std::optional<std::string> {
      const auto last = ops::last_answer<Op>(seen, *request);
      if (!last) return {};
      return json::serialize(describe::encode(*last));
    };
  }
  if constexpr (Op::operation.plans == api::Plans::yes) {
    if (prepared.mode == Mode::plan)
      prepared.run = [request](ops::Context& context) -> Result<Outcome> {
        const model::Plan plan = TRY(ops::plan<Op>(context, *request));
        return Outcome{.body = json::serialize(describe::encode(plan)), .location = ""};
      };
  }
  return prepared;
}

}  // namespace zfsrest::agent
