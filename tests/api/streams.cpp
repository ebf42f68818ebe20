#include "api/streams.hpp"

#include <fstream>
#include <iterator>

namespace zfsrest::test {
namespace {

bool is_mounted(const std::string& filesystem) {
  return engine() == Engine::kernel && value_of(filesystem, "mounted") == "yes";
}

bool is_volume(const std::string& dataset) {
  return get(dataset_path(dataset)).text("/type") == "volume";
}

// The options of a receive as those of the short form.
std::string query_of(const json::Object& options) {
  std::string query;
  for (const auto& [name, value] : options) {
    query += query.empty() ? "?" : "&";
    query += std::string(json::view(name)) + "=";
    query += value.is_string() ? encode(json::view(value.get_string())) : json::serialize(value);
  }
  return query;
}

}  // namespace

std::string stream_path(const std::string& snapshot, const std::string& query) {
  return snapshot_path(snapshot) + "/stream" + query;
}

std::string stream_of(const std::string& snapshot, const std::string& query) {
  Response answer = get(stream_path(snapshot, query));
  EXPECT_EQ(answer.status, 200) << answer;
  EXPECT_EQ(answer.header("content-type"), "application/octet-stream");
  return std::move(answer.body);
}

std::string from(const std::string& name) {
  return "?from=" + encode(name);
}

Request upload(const std::string& target, std::string stream) {
  return {.method = "PUT",
          .target = target,
          .raw_body = std::move(stream),
          .headers = {"Content-Type: application/octet-stream"}};
}

Response put_stream(const std::string& target, const std::string& stream) {
  return send(upload(target, stream));
}

Response receive(const std::string& snapshot, const std::string& stream, const std::string& query) {
  return put_stream(stream_path(snapshot, query), stream);
}

Response receive_well(const std::string& snapshot, const std::string& stream,
                      const std::string& query) {
  Response received = receive(snapshot, stream, query);
  EXPECT_EQ(received.status, 200) << received;
  EXPECT_EQ(received.text("/snapshot"), snapshot);
  EXPECT_EQ(received.number("/bytes"), stream.size());
  EXPECT_EQ(received.text("/guid"), guid_of(snapshot));
  return received;
}

Response make_receive(const std::string& target, json::Object options) {
  options["target"] = target;
  Response made = post("/v1/receives", std::move(options));
  EXPECT_EQ(made.status, 201) << made;
  EXPECT_EQ(made.text("/state"), "waiting");
  return made;
}

std::string receive_path(const Response& receive) {
  return "/v1/receives/" + encode(receive.text("/receive"));
}

Response upload_to(const Response& receive, const std::string& stream) {
  return put_stream(receive_path(receive) + "/stream", stream);
}

std::string guid_of(const std::string& snapshot) {
  return get(snapshot_path(snapshot)).text("/guid");
}

std::string value_of(const std::string& dataset, const std::string& property) {
  const Response shown = get(dataset_path(dataset));
  const json::Value& value = shown.at("/properties/" + property + "/value");
  return value.is_string() ? std::string(json::view(value.get_string())) : json::serialize(value);
}

std::string source_of(const std::string& dataset, const std::string& property) {
  return get(dataset_path(dataset)).text("/properties/" + property + "/source/kind");
}

std::string partial_path(const std::string& dataset) {
  return dataset_path(dataset) + "/partial-receive";
}

bool has_partial(const std::string& dataset) {
  return send({.method = "HEAD", .target = partial_path(dataset)}).status == 200;
}

std::string token_of(const std::string& dataset) {
  return get(partial_path(dataset)).text("/resume_token");
}

Response ended_job(const std::string& path) {
  return send({.target = path, .headers = {"Prefer: wait=60"}});
}

std::string running_job(const std::string& pool, std::uint64_t done_bytes) {
  std::string id;
  EXPECT_TRUE(eventually([&] {
    const Response running = get("/v1/jobs?state=running&pool=" + encode(pool));
    if (!running.has("/items/0/id")) return false;
    id = running.text("/items/0/id");
    return done_bytes == 0 || (running.has("/items/0/progress/done") &&
                               running.number("/items/0/progress/done") >= done_bytes);
  }));
  return "/v1/jobs/" + id;
}

Response newest_job(const std::string& operation, const std::string& pool) {
  const Response listed = get("/v1/jobs?limit=1&operation=" + operation + "&pool=" + encode(pool));
  return get("/v1/jobs/" + listed.text("/items/0/id"));
}

json::Object passphrase_key() {
  return {{"type", "passphrase"}, {"passphrase", "of the streams"}};
}

StreamFile::StreamFile(const std::string& bytes) : file_(0) {
  std::ofstream(file_.path(), std::ios::binary) << bytes;
}

std::string StreamFile::bytes() const {
  std::ifstream file(file_.path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string name_of(Kind kind) {
  return kind == Kind::volume ? "volume" : "filesystem";
}

// To read is not to change, or nothing could be received after it.
void OnStreams::SetUp() {
  OnPool::SetUp();
  const Response set =
      patch(dataset_path(dataset()), {{"properties", json::Object{{"atime", "off"}}}});
  EXPECT_EQ(set.status, 200) << set;
}

std::string OnStreams::make_source(const std::string& name, Kind kind) const {
  const std::string made = child(name);
  if (kind == Kind::volume)
    make_volume(made, 4 * mebibyte);
  else
    make_filesystem(made);
  write(made, 1, 4 * mebibyte);
  return made;
}

std::string OnStreams::make_encrypted(const std::string& name) const {
  const Response made =
      post("/v1/datasets", {{"name", child(name)},
                            {"type", "volume"},
                            {"properties",
                             {{"volsize", 4 * mebibyte},
                              {"encryption", "on"},
                              // The fewest that are permitted: it takes seconds under emulation.
                              {"pbkdf2iters", 100'000}}},
                            {"key", passphrase_key()}});
  EXPECT_EQ(made.status, 201) << made;
  write(child(name), 1, 4 * mebibyte);
  return child(name);
}

std::string OnStreams::redact(const std::string& source) const {
  make_clone(source + "@1", child("clone"));
  write(child("clone"), 2, 2 * mebibyte);
  make_snapshot(child("clone@edited"));
  const Response redacted =
      post_and_wait(snapshot_path(source + "@1") + "/redact",
                    {{"bookmark", source + "#redacted"},
                     {"redaction_snapshots", json::Array{json::Value(child("clone@edited"))}}});
  EXPECT_EQ(redacted.status, 200) << redacted;
  return "?redaction_bookmark=" + encode(source + "#redacted");
}

void OnStreams::unload_key(const std::string& dataset) {
  Response unloaded;
  EXPECT_TRUE(eventually([&] {
    unloaded = post(dataset_path(dataset) + "/unload-key");
    return unloaded.code() != "busy";
  }));
  EXPECT_EQ(unloaded.status, 200) << unloaded;
}

void OnStreams::write(const std::string& dataset, int seed, std::uint64_t bytes) {
  const std::string length = std::to_string(bytes);
  if (is_volume(dataset)) {
    if (has_volume_data())
      volume_data("write", dataset + " --seed " + std::to_string(seed) + " --length " + length);
  } else if (is_mounted(dataset)) {
    const std::string file = "/" + dataset + "/of-" + std::to_string(seed);
    shell("head -c " + length + " /dev/urandom > " + file + " && sync " + file);
  }
}

std::string OnStreams::content_of(const std::string& dataset) {
  if (is_volume(dataset)) return has_volume_data() ? volume_data("hash", dataset) : "";
  if (!is_mounted(dataset)) return "";
  return shell("cd /" + dataset +
               " && find . -type f -print0 | sort -z | xargs -0 -r sha256sum | sha256sum");
}

Response OnStreams::expect_refused(const std::string& snapshot, const std::string& stream,
                                   int status, std::string_view code,
                                   const json::Object& options) const {
  const auto before = everything();
  Response refused = receive(snapshot, stream, query_of(options));
  EXPECT_TRUE(is_refused(refused, status, code));
  EXPECT_EQ(everything(), before);
  const Response made = make_receive(snapshot, options);
  EXPECT_TRUE(is_refused(upload_to(made, stream), status, code));
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(get(receive_path(made)).text("/state"), "waiting");
  EXPECT_EQ(del(receive_path(made)).status, 204);
  EXPECT_EQ(everything(), before);
  return refused;
}

std::vector<std::string> OnStreams::everything() const {
  std::vector<std::string> all = names_in("/v1/datasets?under=" + encode(dataset()));
  for (const char* list : {"/v1/snapshots?under=", "/v1/bookmarks?under="})
    for (std::string& name : names_in(list + encode(dataset()))) all.push_back(std::move(name));
  for (const std::string& name : names_in("/v1/datasets?under=" + encode(dataset())))
    if (has_partial(name)) all.push_back(name + " has a partial receive");
  return all;
}

}  // namespace zfsrest::test
