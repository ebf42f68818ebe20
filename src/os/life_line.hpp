// How a process shows that it has been killed while a thread of it is stuck in the kernel. Such a
// process keeps its descriptors, and nobody is told of its end.
#pragma once

#include "os/fd.hpp"

namespace zfsrest::os {

// Keeps `end` for as long as threads of this process can be ended: a thread that does nothing else
// has it in a table of descriptors of its own. To be called before there are other threads.
void keep_life_line(Fd end);

}  // namespace zfsrest::os
