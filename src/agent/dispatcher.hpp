// From a request frame to its answer: identify, decode, authorise, run on the right workers, keep
// to the deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "agent/call.hpp"
#include "agent/hurries.hpp"
#include "agent/job_runner.hpp"
#include "agent/shared.hpp"
#include "agent/transfers.hpp"
#include "agent/turn.hpp"
#include "auth/callers.hpp"

namespace zfsrest::agent {

class Dispatcher {
 public:
  Dispatcher(const config::Settings& settings, auth::Callers& callers, jobs::Registry& jobs,
             store::RequestJournal& requests)
      : callers_(callers),
        seal_(callers.seal()),
        shared_(settings, jobs, requests),
        jobs_(shared_),
        transfers_(shared_) {}

  // Takes up the jobs that an earlier process has left. It may block.
  void recover_jobs() { jobs_.recover(); }

  // Takes a request; the answer goes to `channel` when there is one. Returns at once, unless this
  // thread, whose turn at reading the channel it is, carries it out.
  void dispatch(const std::shared_ptr<link::Channel>& channel, link::Frame frame, Turn& turn);

  // Of those whose turn it is.
  Deadlines& deadlines() { return shared_.deadlines; }

  // The caller of that request waits for its job no longer, or gets its stream no longer.
  void hurry(const std::shared_ptr<link::Channel>& channel, std::uint64_t id) {
    hurries_.say(channel, id);
    transfers_.abandon(channel, id);
  }

  // The gateway behind that channel is gone, and so are its clients.
  void lose(const std::shared_ptr<link::Channel>& channel) { transfers_.abandon_all(channel); }

  // So many bytes of that request's body have come.
  void note_moved(const std::shared_ptr<link::Channel>& channel, std::uint64_t id,
                  std::uint64_t bytes) {
    transfers_.note_moved(channel, id, bytes);
  }

  // Ends transfers and leases, and waits for that and for what else runs, at most so long.
  void stop(std::chrono::milliseconds longest) {
    transfers_.cancel_all();
    shared_.stop(longest);
  }

 private:
  using Clock = Shared::Clock;

  // Agrees that this thread carries something out.
  using LetGo = std::function<bool()>;
  static bool never() { return false; }
  Result<std::shared_ptr<Call>> receive(const json::Object& request, std::shared_ptr<Reply> reply,
                                        const Entry& entry);
  void start(const std::shared_ptr<Call>& call, const LetGo& let_go);
  void start_in(api::Lane lane, const std::shared_ptr<Call>& call,
                const std::shared_ptr<Task>& task, const LetGo& let_go = never);
  void start_with_key(const std::shared_ptr<Call>& call, const std::shared_ptr<Task>& task);
  void start_on_pool(const std::shared_ptr<Call>& call, api::Lane lane,
                     const std::shared_ptr<Task>& task, const LetGo& let_go);
  void submit(Workers& workers, const std::shared_ptr<Call>& call, std::shared_ptr<Task> task);
  Result<zfs::Stretching> read_stretching(Call& call);
  static std::shared_ptr<Task> guarded(const std::shared_ptr<Call>& call,
                                       std::function<void()> work);
  void run(const std::shared_ptr<Call>& call);
  bool is_first(const std::shared_ptr<Call>& call);
  void answer_again(const std::shared_ptr<Call>& call, const store::RequestName& name,
                    const store::RequestEntry& known);
  Result<Nothing> check_needs_no_match(const Prepared& prepared) const;
  bool is_as_expected(Call& call);
  Result<Nothing> compare(Call& call);
  void run_at_once(Call& call);
  Result<Outcome> run_document(Call& call);
  void run_list(Call& call, ops::Context& context);
  void keep_deadline(const std::shared_ptr<Call>& call, const std::shared_ptr<Task>& task);
  void pass_deadline(Call& call, const std::shared_ptr<Task>& task);

  Result<ops::Context> context(Call& call);

  auth::Callers& callers_;
  const auth::Seal seal_;  // of cursors
  Shared shared_;
  Hurries hurries_;
  JobRunner jobs_;
  Transfers transfers_;
};

}  // namespace zfsrest::agent
