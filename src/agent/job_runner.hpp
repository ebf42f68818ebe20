// How jobs come to be, are carried out, are taken up again after an interruption, and answered for.
#pragma once

#include <memory>
#include <string>

#include "agent/call.hpp"
#include "agent/shared.hpp"
#include "agent/watcher.hpp"

namespace zfsrest::agent {

class JobRunner {
 public:
  explicit JobRunner(Shared& shared) : shared_(shared), watcher_(shared) {}

  // Takes up what an earlier process has left. It may block.
  void recover();

  // Checks or starts what a request asks for, makes it a job, and sees to the answer. To be called
  // on a worker of the pool.
  void begin(const std::shared_ptr<Call>& call);

  // Answers with the job that an earlier request with the same key began.
  void answer_again(const std::shared_ptr<Call>& call, model::JobId id);

  // Answers with the job that the call awaits, when it has ended or the caller's patience has.
  void await(const std::shared_ptr<Call>& call);

  // See ops::Context::control_job.
  Result<Nothing> control(model::JobId id, ops::Control control);

 private:
  using Clock = Shared::Clock;
  using Run = std::function<Result<Outcome>(ops::Context&)>;

  Result<Nothing> control_in_kernel(const store::JobEntry& job, const Entry& entry,
                                    ops::Control control);
  void queue(const std::shared_ptr<Call>& call);
  void start(const std::shared_ptr<Call>& call);
  Result<model::JobId> add(const Call& call);
  static void note_end(Call& call, const Result<model::JobId>& id);
  static void refuse(Call& call, const Error& error);
  Run run_of(Call& call);
  // Adds the job of a call and hands its run to the workers.
  Result<model::JobId> submit(Call& call);
  bool submit(Workers& workers, model::JobId id, const api::Operation& operation, Run run);
  void carry_out(model::JobId id, const api::Operation& operation, Run run);
  // What the operation answers.
  Result<json::Value> perform(model::JobId id, const api::Operation& operation, const Run& run);
  void answer(const std::shared_ptr<Call>& call, model::JobId id);
  void when_over(const std::shared_ptr<Call>& call, model::JobId id,
                 std::function<void(const model::Job&)> ended,
                 std::function<void(const model::Job&)> too_long);

  void recover(std::vector<store::JobEntry> jobs);
  // False if it has to be tried again later.
  bool recover(const store::JobEntry& job);
  bool recover_work(const store::JobEntry& job, const Entry& entry);
  void recover_later(std::vector<store::JobEntry> jobs);
  void judge(const store::JobEntry& job, const Entry& entry);
  Result<ops::Finding> find_out(const store::JobEntry& job, const Entry& entry);

  Shared& shared_;
  Watcher watcher_;
};

}  // namespace zfsrest::agent
