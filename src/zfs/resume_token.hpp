// Tokens of interrupted receives in the form in which ZFS writes and takes them.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/resume_token.hpp"

namespace zfsrest::zfs {

// The most that a token may unfold to.
inline constexpr std::size_t most_unfolded_token_bytes = std::size_t{1024} * 1024;

// Takes what the property `receive_resume_token` holds, on any host: the text comes from strangers.
// Fails with bad_request and a sentence.
Result<model::ResumeToken> parse_resume_token(std::string_view text);

}  // namespace zfsrest::zfs
