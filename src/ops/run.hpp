// How the agent calls an implementation. Each operation's own file in this room defines its
// run<Op>(), and the others here that its declaration asks for; a missing one fails to link, with
// its exact signature.
#pragma once

#include "model/page.hpp"
#include "model/plan.hpp"
#include "model/stream_head.hpp"
#include "ops/context.hpp"
#include "ops/work.hpp"

namespace zfsrest::ops {

template <class Op>
Result<typename Op::Response> run(Context& context, const typename Op::Request& request);

// The same for operations whose answer is a list.
template <class Op>
Result<model::PageEnd> list(Context& context, const typename Op::Request& request, Rows& rows);

// The last good answer, for operations that are declared to have one when the kernel does not
// answer.
template <class Op>
std::optional<typename Op::Response> last_answer(const LastSeen& seen,
                                                 const typename Op::Request& request);

// For operations whose request can give a key: how that becomes what the kernel takes, in
// `context.key`, before run().
template <class Op>
Result<zfs::Stretching> read_stretching(Context& context, const typename Op::Request& request);

// Makes every check that run() makes, and changes nothing.
template <class Op>
Result<model::Plan> plan(Context& context, const typename Op::Request& request);

// Of what runs as a job: makes every check that can be made before it is queued, and changes
// nothing. run() makes them again, for things may have changed.
template <class Op>
Result<Nothing> ready(Context& context, const typename Op::Request& request);

// But for what only waits or sends: what became of a job of which run() had begun something, from
// what ZFS says now and the evidence that run() had noted; nothing is done for it any more.
template <class Op>
Result<Finding> judge(Context& context, const typename Op::Request& request,
                      const json::Object& evidence);

// Of what sends or receives a stream: makes every check that can be made before its first byte.
template <class Op>
Result<model::StreamHead> open(Context& context, const typename Op::Request& request);

// Sends the stream into the pipe. It ends with EPIPE when nobody reads that any more, and with
// EINTR when it is canceled.
template <class Op>
Result<Nothing> send(Context& context, const typename Op::Request& request, int pipe);

// How many bytes the kernel has sent into the pipe, while send() is at it.
template <class Op>
Result<std::uint64_t> count_sent(Context& context, const typename Op::Request& request, int pipe);

// Receives the stream that comes out of the pipe.
template <class Op>
Result<typename Op::Response> receive(Context& context, const typename Op::Request& request,
                                      int pipe);

// Of what the kernel carries out: starts it.
template <class Op>
Result<Nothing> start(Context& context, const typename Op::Request& request);

// How far it has come by now, from the pool's status and the evidence that start() had noted.
template <class Op>
Finding observe(const model::PoolStatus& status, const typename Op::Request& request,
                const json::Object& evidence);

// Ends it, lets it rest, or lets it go on.
template <class Op>
Result<Nothing> control(Context& context, const typename Op::Request& request,
                        const json::Object& evidence, Control control);

}  // namespace zfsrest::ops
