// The vocabulary of failure: every problem the API can answer has one of these codes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace zfsrest {

enum class Code : std::uint8_t {
  bad_request,
  bad_framing,
  bad_host,
  bad_stream,
  unauthenticated,
  denied,
  wrong_key,
  not_found,
  no_such_path,
  method_not_allowed,
  not_acceptable,
  request_timeout,
  exists,
  busy,
  held,
  has_clones,
  has_dependents,
  device_in_use,
  wrong_state,
  newer_snapshots,
  canceled,
  mount_failed,
  request_running,
  precondition_failed,
  body_too_large,
  uri_too_long,
  media_type,
  expectation_failed,
  program_failed,
  key_reused,
  narrow_filter,
  header_too_large,
  key_not_loaded,
  precondition_required,
  bug,
  not_in_this_release,
  not_on_this_engine,
  agent_away,
  no_module,
  overloaded,
  deadline,
  suspended,
  io_error,
  journal_failed,
  outcome_unknown,
  interrupted,
  no_space,
};

// One row per code. `status` is what HTTP makes of it, `meaning` what the reader of the manual is
// told.
struct CodeRow {
  Code code;
  int status;
  std::string_view word;   // the stable name that clients compare
  std::string_view title;  // RFC 9457 title
  std::string_view meaning;
};

// All rows, in the order of the enumeration; docs/reference/errors.md is printed from them.
std::span<const CodeRow> codes();

const CodeRow& row_of(Code code);

// The code of a word that row_of() gives; an unknown word is a bug.
Code find_code(std::string_view word);

}  // namespace zfsrest
