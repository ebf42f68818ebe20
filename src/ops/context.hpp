// What an implementation may use: the device, the running release, and the workers of pools.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/operation.hpp"
#include "base/result.hpp"
#include "jobs/registry.hpp"
#include "json/writer.hpp"
#include "model/engine.hpp"
#include "model/release.hpp"
#include "ops/last_good.hpp"
#include "ops/leases.hpp"
#include "ops/receives.hpp"
#include "ops/tree_locks.hpp"
#include "ops/work.hpp"
#include "zfs/device.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::ops {

// What the workers of a pool do meanwhile. If it is let go of before one has begun, none will.
class Errand {
 public:
  virtual ~Errand() = default;
  // Waits for it, at most for the time of a read until it begins and as long until it is done; then
  // it fails with `deadline`, and the work goes on by itself.
  virtual Result<Nothing> wait() = 0;
  // Whether that would be no wait at all.
  virtual bool is_done() const = 0;
};

struct Context {
  zfs::Device& device;
  TreeAccess trees;
  Leases& leases;
  Receives& receives;
  model::Engine engine;
  model::Release release;
  // Where the module shows its version and its parameters.
  const std::string& module_directory;

  LastSeen& seen;
  // How long the kernel may take about a read.
  std::chrono::milliseconds patience;
  // How many objects one list may sort.
  std::size_t most_sorted;

  // Has the workers of a pool's lane do `work`, which must own all that it touches. Fails with
  // not_found if there is no such pool, and with `overloaded` if too much waits for it already.
  std::function<Result<std::unique_ptr<Errand>>(const std::string& pool, api::Lane lane,
                                                std::function<void()> work)>
      send;
  // Whether nothing waits for the pool's workers for lists, so that they may do what is not needed
  // yet.
  std::function<bool(const std::string& pool)> may_read_ahead;

  jobs::Registry& jobs;
  // Of an operation that runs as a job, or in the kernel: its job.
  const Work* work = nullptr;
  // Does something to a job that has not ended. One that the kernel carries out is looked at at
  // once; others end after the step that they are at, and can neither rest nor go on (wrong_state).
  // Fails otherwise as the kernel does.
  std::function<Result<Nothing>(model::JobId job, Control control)> control_job{};
  // What was made of the key that the request gives; none if it gives none.
  std::optional<zfs::WrappingKey> key;
};

// Where a list puts its rows.
class Rows {
 public:
  virtual ~Rows() = default;

  // How many more rows are wanted now; 0 ends the list, be it that it is long enough or that nobody
  // reads it any more. Asked for after each piece, so that who puts them somewhere hears that the
  // list goes on.
  virtual std::size_t room() = 0;
  // `write` gets a json::Writer for the row.
  template <class Write>
  void add(const Write& write) {
    json::Writer writer(begin_row());
    write(writer);
    end_row();
  }

 private:
  // The text behind which the row goes.
  virtual std::string& begin_row() = 0;
  virtual void end_row() = 0;
};

}  // namespace zfsrest::ops
