// Structured log lines on standard error: one JSON object a line.
#pragma once

#include <string_view>

#include "json/value.hpp"

namespace zfsrest::log {

enum class Level { info, warning, error };

// Names the process in every line that follows; to be called once, before threads begin.
void name_process(std::string_view name);

// Writes one line in one piece. `id` names the kind of message and never changes; `facts` must not
// hold secrets.
void line(Level level, std::string_view id, json::Object facts = {});

}  // namespace zfsrest::log
