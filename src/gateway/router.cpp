#include "gateway/router.hpp"

#include <algorithm>

#include "api/catalogue.hpp"

namespace zfsrest::gateway {
namespace {

// How a path fits: not at all, with fields, or word by word.
struct Fit {
  bool fits = false;
  std::size_t words = 0;
  std::map<std::string, std::string> fields;
};

Fit fit(std::string_view path, const std::vector<std::string>& segments) {
  Fit result;
  for (const std::string& segment : segments) {
    if (path.empty()) return {};
    path.remove_prefix(1);
    const bool is_field = path.starts_with('{');
    // Nearly every path differs here, and so needs no more than a comparison.
    if (!is_field && !path.starts_with(segment)) return {};
    const std::string_view pattern = path.substr(0, path.find('/'));
    path.remove_prefix(pattern.size());
    if (is_field)
      result.fields.emplace(pattern.substr(1, pattern.size() - 2), segment);
    else if (pattern == segment)
      ++result.words;
    else
      return {};
  }
  result.fits = path.empty();
  return result;
}

}  // namespace

std::vector<Match> find_operations(const std::vector<std::string>& segments) {
  std::vector<Match> matches;
  std::size_t most_words = 0;
  for (const api::Operation* operation : api::operations()) {
    Fit found = fit(operation->path, segments);
    if (!found.fits || found.words < most_words) continue;
    if (found.words > most_words) matches.clear();
    most_words = found.words;
    matches.push_back({.operation = operation, .fields = std::move(found.fields)});
  }
  return matches;
}

std::string allow_of(const std::vector<Match>& matches) {
  std::string methods;
  for (const Match& match : matches) {
    methods += std::string(api::word_of(match.operation->method)) + ", ";
    if (match.operation->method == api::Method::get) methods += "HEAD, ";
  }
  return methods + "OPTIONS";
}

}  // namespace zfsrest::gateway
