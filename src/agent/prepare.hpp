// How each operation's types are erased: the only place where declaration and implementation meet.
#pragma once

#include <memory>

#include "agent/etag.hpp"
#include "agent/prepared.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"
#include "ops/listing.hpp"
#include "ops/run.hpp"

namespace zfsrest::agent {

// A name as one percent-encoded segment of a path.
std::string encode_segment(std::string_view name);

// What the location of something that was created ends with.
template <class Op>
std::string name_of(const typename Op::Response& response) {
  if constexpr (requires { Op::name_of(response); })
    return Op::name_of(response);
  else
    return response.name.text();
}

// The object whose ETag a request's If-Match is compared with.
template <class Op>
const auto& tagged_object(const typename Op::Request& request) {
  constexpr std::string_view field = api::if_match_field(Op::operation);
  if constexpr (field == "pool")
    return request.pool;
  else if constexpr (field == "dataset")
    return request.dataset;
  else if constexpr (field == "snapshot")
    return request.snapshot;
  else
    return request.bookmark;
}

template <class Op>
Result<Outcome> run_typed(ops::Context& context, const typename Op::Request& request) {
  Outcome outcome;
  if constexpr (Op::operation.success == api::Success::no_content) {
    TRY(ops::run<Op>(context, request));
  } else {
    const typename Op::Response response = TRY(ops::run<Op>(context, request));
    outcome.body = describe::to_json(response);
    if constexpr (Tagged<typename Op::Response>) outcome.etag = etag_of(response);
    if constexpr (!Op::operation.location.empty())
      outcome.location =
          std::string(Op::operation.location) + encode_segment(name_of<Op>(response));
  }
  return outcome;
}

// Cursors are sealed when they are given out: one that this list has not given out is refused,
// however well it is made.
template <class Op>
Result<std::string> list_typed(ops::Context& context, const auth::Seal& seal,
                               typename Op::Request request, ops::Rows& rows) {
  constexpr std::string_view list = Op::operation.id;
  if (request.cursor) {
    auto token = seal.open(list, request.cursor->token);
    if (!token) return ops::bad_cursor();
    request.cursor->token = *std::move(token);
  }
  model::PageEnd end = TRY(ops::list<Op>(context, request, rows));
  if (end.next_cursor) end.next_cursor->token = seal.close(list, end.next_cursor->token);
  return describe::to_json(end);
}

// A request as it was written down: all of it but key material.
template <class Op>
Result<typename Op::Request> parse_recorded(const json::Value& value) {
  describe::Report report;
  auto request = describe::decode<typename Op::Request>(value, describe::Spot(report, "journal"));
  if (!request) return report.take();
  return *std::move(request);
}

// Whether a request of an operation that runs as a job is one; most operations have no others.
template <class Op>
bool is_job(const typename Op::Request& request) {
  if constexpr (requires { Op::is_job(request); })
    return Op::is_job(request);
  else
    return true;
}

template <class Op>
constexpr JobActions actions_of() {
  JobActions actions;
  if constexpr (Op::operation.runs == api::Runs::as_job) {
    // Keys are not written down, so that what needs them cannot begin without its caller.
    if constexpr (!describe::holds_secrets<typename Op::Request>)
      actions.run = [](ops::Context& context, const json::Value& request) -> Result<Outcome> {
        return run_typed<Op>(context, TRY(parse_recorded<Op>(request)));
      };
    // What only waits begins anew.
    if constexpr (Op::operation.lane != api::Lane::wait)
      actions.judge = [](ops::Context& context,
                         const store::JobEntry& entry) -> Result<ops::Finding> {
        return ops::judge<Op>(context, TRY(parse_recorded<Op>(entry.job.request)), entry.evidence);
      };
  } else if constexpr (Op::operation.body == api::Body::upload) {
    actions.judge = [](ops::Context& context,
                       const store::JobEntry& entry) -> Result<ops::Finding> {
      return ops::judge<Op>(context, TRY(parse_recorded<Op>(entry.job.request)), entry.evidence);
    };
  } else if constexpr (Op::operation.runs == api::Runs::in_kernel) {
    actions.observe = [](const model::PoolStatus& status,
                         const store::JobEntry& entry) -> Result<ops::Finding> {
      return ops::observe<Op>(status, TRY(parse_recorded<Op>(entry.job.request)), entry.evidence);
    };
    actions.control = [](ops::Context& context, const store::JobEntry& entry,
                         ops::Control control) -> Result<Nothing> {
      return ops::control<Op>(context, TRY(parse_recorded<Op>(entry.job.request)), entry.evidence,
                              control);
    };
  }
  return actions;
}

template <class Op>
PreparedTransfer prepare_transfer(const std::shared_ptr<const typename Op::Request>& request) {
  PreparedTransfer transfer{
      .open = [request](ops::Context& context) { return ops::open<Op>(context, *request); }};
  if constexpr (Op::operation.body == api::Body::download) {
    transfer.carry_out = [request](ops::Context& context, int pipe) -> Result<Outcome> {
      TRY(ops::send<Op>(context, *request, pipe));
      return Outcome{};
    };
    transfer.count = [request](ops::Context& context, int pipe) {
      return ops::count_sent<Op>(context, *request, pipe);
    };
  } else {
    transfer.carry_out = [request](ops::Context& context, int pipe) -> Result<Outcome> {
      const typename Op::Response response = TRY(ops::receive<Op>(context, *request, pipe));
      return Outcome{.body = describe::to_json(response), .location = ""};
    };
  }
  return transfer;
}

template <class Op>
Result<Prepared> prepare(const api::Parts& parts) {
  api::Decoded<Op> decoded = TRY(api::decode_request<Op>(parts));
  Prepared prepared{.operation = &Op::operation,
                    .mode = decoded.control.plan ? Mode::plan : Mode::run,
                    .needs = std::move(decoded.needs)};
  const auto request = std::make_shared<const typename Op::Request>(std::move(decoded.request));
  if constexpr (requires { Op::subject(*request); })
    prepared.pool = model::pool_of(Op::subject(*request));
  // Of other reads nothing is written down.
  if constexpr (!api::is_read(Op::operation) || Op::operation.runs == api::Runs::transfer)
    prepared.record = [request] { return describe::encode(*request); };
  if constexpr (!api::if_match_field(Op::operation).empty()) {
    prepared.tagged_tree = tree_of(tagged_object<Op>(*request));
    prepared.read_etag = [request](ops::Context& context) {
      return read_etag(context, tagged_object<Op>(*request));
    };
  }
  if constexpr (Op::operation.form == api::Form::rows) {
    prepared.limit = request->limit;
    prepared.list = [request](ops::Context& context, const auth::Seal& seal, ops::Rows& rows) {
      return list_typed<Op>(context, seal, *request, rows);
    };
  } else if constexpr (Op::operation.runs == api::Runs::in_kernel) {
    prepared.job = PreparedJob{
        .begin = [request](ops::Context& context) { return ops::start<Op>(context, *request); }};
  } else if constexpr (Op::operation.runs == api::Runs::transfer) {
    prepared.transfer = prepare_transfer<Op>(request);
  } else {
    prepared.run = [request](ops::Context& context) { return run_typed<Op>(context, *request); };
  }
  if constexpr (Op::operation.runs == api::Runs::as_job) {
    if (is_job<Op>(*request))
      prepared.job = PreparedJob{
          .begin = [request](ops::Context& context) { return ops::ready<Op>(context, *request); }};
  }
  if constexpr (requires { Op::awaited(*request); }) prepared.awaited = Op::awaited(*request);
  if constexpr (requires { Op::key(*request); }) {
    if (const model::Key* key = Op::key(*request); key && prepared.mode == Mode::run) {
      prepared.key = *key;
      prepared.read_stretching = [request](ops::Context& context) {
        return ops::read_stretching<Op>(context, *request);
      };
    }
  }
  if constexpr (Op::operation.late == api::Late::last_answer) {
    prepared.late = [request](const ops::LastSeen& seen) -> std::optional<std::string> {
      const auto last = ops::last_answer<Op>(seen, *request);
      if (!last) return {};
      return describe::to_json(*last);
    };
  }
  if constexpr (Op::operation.plans == api::Plans::yes) {
    if (prepared.mode == Mode::plan)
      prepared.run = [request](ops::Context& context) -> Result<Outcome> {
        const model::Plan plan = TRY(ops::plan<Op>(context, *request));
        return Outcome{.body = describe::to_json(plan), .location = ""};
      };
  }
  return prepared;
}

}  // namespace zfsrest::agent
