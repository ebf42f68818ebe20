#include "describe/report.hpp"

#include <fmt/format.h>

#include "json/value.hpp"

namespace zfsrest::describe {

Error Report::take() {
  const std::size_t count = faults_.size() + unreported_;
  return {
      .code = Code::bad_request,
      .detail = count == 1
                    ? faults_.front().detail
                    : fmt::format("{} faults, each listed in `errors`; nothing was changed", count),
      .faults = std::move(faults_),
      .unreported = unreported_};
}

Spot Spot::key(std::string_view name) const {
  return at(pointer_ + "/" + json::pointer_token(name));
}

Spot Spot::index(std::size_t position) const {
  return at(fmt::format("{}/{}", pointer_, position));
}

Spot Spot::about_secrets() const {
  Spot same = *this;
  same.care_ = Care::secret;
  return same;
}

Spot Spot::at(std::string pointer) const {
  Spot other = *this;
  other.pointer_ = std::move(pointer);
  return other;
}

void Spot::fault(std::string detail) const {
  report_->add({.in = std::string(in_), .pointer = pointer_, .detail = std::move(detail)});
}

void Spot::fault(const Error& error) const {
  fault(error.detail);
}

void Spot::need(std::string_view what, Release since) const {
  if (since > Release{})
    report_->add(Need{
        .in = std::string(in_), .pointer = pointer_, .what = std::string(what), .since = since});
}

}  // namespace zfsrest::describe
