// What an operation declares about itself; routes, decoding, documents, checks and tests are
// derived from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/code.hpp"
#include "model/engine.hpp"
#include "model/release.hpp"

namespace zfsrest::api {

enum class Method : std::uint8_t { get, post, put, patch, del };

// Who may call it, from the least to the most; `none` is for what is answered before anyone is
// identified.
enum class Role : std::uint8_t {
  none,
  read,
  snapshot,
  send,
  receive_append,
  receive,
  operate,
  keys,
  admin
};

// Which workers run it. `read`, `write`, `rescue` and `lease` (what ends leases, which waits for
// the pool whatever its state) are sets of the pool that the request names, and so are `job` and
// `wait`, of its jobs that work and of those that only wait for what the kernel does, and `list`,
// of the pieces of lists, which are put together on a set of their own; `general` is the set for
// calls without a pool. A job of the lane `wait` changes nothing, and begins anew after an
// interruption. `gateway` operations are answered by the gateway alone.
enum class Lane : std::uint8_t { gateway, general, read, list, write, rescue, job, wait, lease };

// What its body is. The stream of a `download` is the answer's, that of an `upload` the request's;
// the other fields of an upload travel in the query.
enum class Body : std::uint8_t { json, download, upload };

// How it is carried out: while the caller waits; as a job, on the workers of its lane, once it is
// checked; or by the kernel in the background, watched by a job, once it is started on its lane.
// The caller of the latter two is answered 202 with the job, or as declared if it ends while he
// waits (`Prefer: wait=N`). What has a stream for a body is a `transfer`: carried out while the
// caller sends or receives, as a job that shows how far that has come.
enum class Runs : std::uint8_t { at_once, as_job, in_kernel, transfer };

// What success looks like: the object, a created object with its location, or nothing to say.
enum class Success : std::uint8_t { document, created, no_content };

// `rows`: the answer is a list that can also stream as NDJSON.
enum class Form : std::uint8_t { document, rows };

// How many items a page of a list has unless the caller asks for another number.
inline constexpr std::uint32_t usual_page = 1'000;

// What a read answers when the kernel does not in time: 503, or its last good answer if there is
// one, which then says how old it is.
enum class Late : std::uint8_t { fails, last_answer };

// Whether `plan=true` is understood: all checks are made, the effect is described, nothing is
// changed.
enum class Plans : std::uint8_t { no, yes };

// What an errno of the kernel means for this operation, and what the caller can do about it.
struct ErrnoRule {
  int os_errno;
  Code code;
  std::string_view meaning;
};

// A short list that may stand in a constant.
template <class T, std::size_t most>
class Few {
 public:
  constexpr Few() = default;
  constexpr Few(std::initializer_list<T> items) {
    for (const T& item : items) items_[count_++] = item;
  }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + count_; }
  constexpr std::size_t size() const { return count_; }

 private:
  std::array<T, most> items_{};
  std::size_t count_ = 0;
};

struct Operation {
  std::string_view id;  // noun.verb
  Method method;
  std::string_view path;  // `{field}` stands for one percent-encoded segment
  Role role;
  Lane lane;
  model::Release since = model::oldest_release;  // of OpenZFS, that has it at all
  std::optional<model::Engine> engine{};         // the only one that can; each can if there is none
  Runs runs = Runs::at_once;
  Body body = Body::json;
  Success success = Success::document;
  Form form = Form::document;
  Plans plans = Plans::no;
  Late late = Late::fails;
  std::string_view location{};   // of what is created, up to the name
  std::string_view summary;      // one sentence
  std::string_view description;  // what a caller must know: atomicity, what failure leaves behind
  Few<ErrnoRule, 24> errors{};
  Few<std::string_view, 8> functions{};  // of libzfs_core, or names of ioctls, that it covers
};

std::string_view word_of(Method method);  // "GET"
std::string_view word_of(Role role);      // "receive-append"
std::string_view word_of(Lane lane);

// Its description, and what it needs.
std::string description_of(const Operation& operation);

constexpr bool is_read(const Operation& operation) {
  return operation.method == Method::get;
}

// Whether `Prefer: wait=N` makes the answer wait for a job.
constexpr bool heeds_wait(const Operation& operation) {
  return operation.runs == Runs::as_job || operation.runs == Runs::in_kernel ||
         operation.id == "job.get";
}

// Whether its requests have a body of JSON.
constexpr bool takes_body(const Operation& operation) {
  return operation.method != Method::get && operation.method != Method::del &&
         operation.body != Body::upload;
}

// Whether a request can have an Idempotency-Key. A stream needs none: what was received already is
// told by its guid.
constexpr bool takes_key(const Operation& operation) {
  return !is_read(operation) && operation.body == Body::json && operation.lane != Lane::gateway;
}

// The objects that have an ETag, by the field that names one in the paths below its own.
struct TaggedObject {
  std::string_view field;
  std::string_view path;
};
inline constexpr TaggedObject tagged_objects[] = {{"pool", "/v1/pools/{pool}"},
                                                  {"dataset", "/v1/datasets/{dataset}"},
                                                  {"snapshot", "/v1/snapshots/{snapshot}"},
                                                  {"bookmark", "/v1/bookmarks/{bookmark}"}};

// Whose ETag `If-Match` is compared with: the field that names the object; empty for an operation
// that does not heed it. A vdev, and a stream to be received, is another object than the one whose
// path its own begins with.
constexpr std::string_view if_match_field(const Operation& operation) {
  if (is_read(operation) || operation.body != Body::json) return {};
  for (const TaggedObject& object : tagged_objects)
    if (operation.path.starts_with(object.path) &&
        operation.path.find("{vdev}") == std::string_view::npos)
      return object.field;
  return {};
}

// Whether `{name}` stands in the path.
constexpr bool path_names(std::string_view path, std::string_view name) {
  for (std::size_t open = path.find('{'); open != std::string_view::npos;
       open = path.find('{', open + 1))
    if (path.substr(open + 1, path.find('}', open) - open - 1) == name) return true;
  return false;
}

}  // namespace zfsrest::api
