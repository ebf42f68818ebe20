// What tests of streams share: sending, receiving, and looking at what came of it.
#pragma once

#include <map>
#include <string>

#include "api/fixture.hpp"

namespace zfsrest::test {

std::string stream_path(const std::string& snapshot, const std::string& query = "");
// A stream that must come whole.
std::string stream_of(const std::string& snapshot, const std::string& query = "");
// The query of one that is incremental.
std::string from(const std::string& name);

// A PUT of a stream.
Request upload(const std::string& target, std::string stream);
Response put_stream(const std::string& target, const std::string& stream);
Response receive(const std::string& snapshot, const std::string& stream,
                 const std::string& query = "");
// The same for what must succeed.
Response receive_well(const std::string& snapshot, const std::string& stream,
                      const std::string& query = "");

// Asks for a receive, which must succeed; the answer is its document.
Response make_receive(const std::string& target, json::Object options = {});
std::string receive_path(const Response& receive);
Response upload_to(const Response& receive, const std::string& stream);

std::string guid_of(const std::string& snapshot);
std::string value_of(const std::string& dataset, const std::string& property);
std::string source_of(const std::string& dataset, const std::string& property);

// Of an interrupted receive.
std::string partial_path(const std::string& dataset);
bool has_partial(const std::string& dataset);
std::string token_of(const std::string& dataset);

// The job that a path names, when it has ended.
Response ended_job(const std::string& path);
// Its only job that runs, when so much of it is done.
std::string running_job(const std::string& pool, std::uint64_t done_bytes = 0);
// The newest job of an operation on a pool.
Response newest_job(const std::string& operation, const std::string& pool);

// A passphrase as the API takes it.
json::Object passphrase_key();

// A file with these bytes, for the stock tools.
class StreamFile {
 public:
  explicit StreamFile(const std::string& bytes = "");
  const std::string& path() const { return file_.path(); }
  std::string bytes() const;

 private:
  Disk file_;
};

enum class Kind { volume, filesystem };
std::string name_of(Kind kind);

class OnStreams : public OnPool {
 protected:
  void SetUp() override;
  // One with data, where that can be written.
  std::string make_source(const std::string& name, Kind kind = Kind::volume) const;
  std::string make_encrypted(const std::string& name) const;
  // Makes a redaction bookmark `redacted` of the source's snapshot `1`, with respect to what is
  // written anew in a clone, `clone@edited`; how a stream is asked for without that.
  std::string redact(const std::string& source) const;
  // As soon as nobody looks at it any more.
  static void unload_key(const std::string& dataset);
  // Writes anew at the beginning, what follows from the seed.
  static void write(const std::string& dataset, int seed, std::uint64_t bytes = mebibyte);
  // What tells the content; empty where it cannot be read.
  static std::string content_of(const std::string& dataset);
  // A stream must be refused so, whichever way it comes, and nothing be different afterwards.
  Response expect_refused(const std::string& snapshot, const std::string& stream, int status,
                          std::string_view code, const json::Object& options = {}) const;
  // The test's datasets, snapshots and what they are, all but what is counted.
  std::vector<std::string> everything() const;
};

}  // namespace zfsrest::test
