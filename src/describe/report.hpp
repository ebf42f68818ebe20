// Where decoding notes what it finds wrong: all faults of a request, not just the first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/release.hpp"
#include "describe/field.hpp"

namespace zfsrest::describe {

// What a request asks for that not every release of OpenZFS has.
struct Need {
  std::string in;
  std::string pointer;
  std::string what;  // the field, or the word in it
  Release since;
};

class Report {
 public:
  // Beyond this many faults the rest are only counted, so that a hostile body cannot grow the
  // answer.
  static constexpr std::size_t most = 100;

  void add(Fault fault) {
    if (faults_.size() < most)
      faults_.push_back(std::move(fault));
    else
      ++unreported_;
  }
  void add(Need need) {
    if (needs_.size() < most) needs_.push_back(std::move(need));
  }
  // Whether what comes now is only counted, so that it need not be put into words.
  bool is_full() const { return faults_.size() >= most; }
  bool empty() const { return faults_.empty(); }
  // The error of code bad_request that carries what was noted.
  Error take();
  std::vector<Need> take_needs() { return std::move(needs_); }

 private:
  std::vector<Fault> faults_;
  std::vector<Need> needs_;
  std::uint64_t unreported_ = 0;
};

// A place in the request, and the report to which faults at that place go.
class Spot {
 public:
  Spot(Report& report, std::string_view in, std::string pointer = "")
      : report_(&report), in_(in), pointer_(std::move(pointer)) {}

  Spot key(std::string_view name) const;
  Spot index(std::size_t position) const;
  // The place to which a relative pointer leads from here.
  Spot below(std::string_view pointer) const { return at(pointer_ + std::string(pointer)); }
  // The same place, with nothing of what stands there and below to be told again.
  Spot about_secrets() const;
  bool is_about_secrets() const { return care_ == Care::secret; }
  void fault(std::string detail) const;
  // Takes the detail, and the faults if there are any, of what a parser found wrong.
  void fault(const Error& error) const;
  // Notes that the release `since` brings `what` stands here; nothing if every release has it.
  void need(std::string_view what, Release since) const;
  Report& report() const { return *report_; }

 private:
  Spot at(std::string pointer) const;

  Report* report_;
  std::string_view in_;
  std::string pointer_;
  Care care_ = Care::ordinary;
};

}  // namespace zfsrest::describe
