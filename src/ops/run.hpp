// How the agent calls an implementation. Each operation's own file in this room defines its
// run<Op>(), and plan<Op>() if it is declared to have plans; a missing one fails to link, with its
// exact signature.
#pragma once

#include "model/page.hpp"
#include "model/plan.hpp"
#include "ops/context.hpp"

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

// Makes every check that run() makes, and changes nothing.
template <class Op>
Result<model::Plan> plan(Context& context, const typename Op::Request& request);

}  // namespace zfsrest::ops
