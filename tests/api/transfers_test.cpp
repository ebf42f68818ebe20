// Streams on their way: jobs that show them, that end them, and that end with their clients.
#include <future>

#include "api/streams.hpp"

namespace zfsrest::test {
namespace {

// Slow enough that a stream of some megabytes is on its way until something ends it.
const std::string slowly = "bytes_per_second=65536";

class TransfersTest : public OnStreams {
 protected:
  void SetUp() override {
    OnStreams::SetUp();
    if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
    source_ = make_source("a");
    make_snapshot(source() + "@1");
  }
  const std::string& source() const { return source_; }

  // Gets a slow stream, and does something with its job as soon as some of it has come.
  Response get_slowly(const std::function<bool(const std::string& job)>& then) const {
    bool is_begun = false;
    return send({.target = stream_path(source() + "@1", "?" + slowly),
                 .breaks = Break{.stays = [&](const Response& answer) {
                   if (is_begun) return true;
                   is_begun = true;
                   return then(answer.header("location"));
                 }}});
  }
  // Sends a stream slowly from another thread.
  static std::future<Response> put_slowly(const std::string& target, const std::string& stream) {
    Request request = upload(target, stream);
    request.breaks = Break{};
    return std::async(std::launch::async, [request = std::move(request)] { return send(request); });
  }

 private:
  std::string source_;
};

TEST_F(TransfersTest, ThatAreOverHaveSucceeded) {
  const Response sent = get(stream_path(source() + "@1"));
  const Response job = ended_job(sent.header("location"));
  EXPECT_EQ(job.text("/state"), "succeeded") << job;
  EXPECT_EQ(job.text("/operation"), "snapshot.send");
  EXPECT_EQ(job.text("/pool"), pool());
  EXPECT_TRUE(job.at("/result").is_null());
  EXPECT_TRUE(job.at("/problem").is_null());
  const Response received = receive_well(child("b@1"), sent.body);
  const Response upload_job = newest_job("snapshot.receive", pool());
  EXPECT_EQ(upload_job.text("/state"), "succeeded") << upload_job;
  EXPECT_EQ(upload_job.at("/result"), received.json);
  EXPECT_EQ(upload_job.number("/result/bytes"), sent.body.size());
  for (const char* member : {"/progress/done", "/progress/total"})
    EXPECT_EQ(upload_job.number(member), sent.body.size());
}

// Both ends of a stream show how far it has come.
TEST_F(TransfersTest, ShowBytesWhileTheyAreOnTheirWay) {
  const std::string stream = stream_of(source() + "@1");
  std::string download;
  get_slowly([&](const std::string& location) {
    download = location;
    Response job;
    EXPECT_TRUE(eventually([&] {
      job = get(location);
      return job.has("/progress/done");
    })) << job;
    EXPECT_EQ(job.text("/progress/unit"), "bytes");
    EXPECT_GT(job.number("/progress/done"), 0U);
    EXPECT_LE(job.number("/progress/done"), stream.size());
    EXPECT_FALSE(job.at("/progress/total").is_null());
    return false;
  });
  EXPECT_EQ(ended_job(download).text("/state"), "canceled");
  auto answer = put_slowly(stream_path(child("b@1"), "?" + slowly), stream);
  const std::string path = running_job(pool(), 1);
  const Response job = get(path);
  EXPECT_EQ(job.text("/operation"), "snapshot.receive");
  EXPECT_EQ(job.text("/progress/unit"), "bytes");
  EXPECT_LT(job.number("/progress/done"), stream.size());
  EXPECT_EQ(job.number("/progress/total"), stream.size());
  EXPECT_LT(post(path + "/cancel").status, 300);
  answer.get();
  EXPECT_EQ(ended_job(path).text("/state"), "canceled");
}

TEST_F(TransfersTest, ThatAreCanceledAreNoWholeStreams) {
  std::string job;
  const Response broken = get_slowly([&](const std::string& location) {
    job = location;
    const Response running = get(job);
    EXPECT_EQ(running.text("/state"), "running") << running;
    EXPECT_EQ(running.text("/operation"), "snapshot.send");
    EXPECT_LT(post(job + "/cancel").status, 300);
    return true;
  });
  EXPECT_FALSE(broken.is_whole);
  EXPECT_EQ(broken.status, 200);
  EXPECT_EQ(ended_job(job).text("/state"), "canceled");
  // What has come is refused where it is received, and leaves nothing.
  const auto before = everything();
  EXPECT_TRUE(is_refused(receive(child("b@1"), broken.body), 400, "bad_stream"));
  EXPECT_EQ(everything(), before);
}

// The kernel is done as soon as the pipe has all of it.
TEST_F(TransfersTest, AreNotOverBeforeTheirClientHasAll) {
  make_filesystem(child("little"));
  make_snapshot(child("little@1"));
  const std::string little = stream_of(child("little@1"));
  std::string job;
  bool is_begun = false;
  const Response left = send({.target = stream_path(child("little@1"), "?bytes_per_second=1024"),
                              .breaks = Break{.stays = [&](const Response& answer) {
                                job = answer.header("location");
                                EXPECT_EQ(get(job).text("/state"), "running");
                                return std::exchange(is_begun, true);
                              }}});
  EXPECT_EQ(ended_job(job).text("/state"), left.is_whole ? "succeeded" : "canceled");
  EXPECT_LE(left.body.size(), little.size());
}

TEST_F(TransfersTest, EndWithTheirClients) {
  std::string job;
  const Response left = get_slowly([&](const std::string& location) {
    job = location;
    return false;
  });
  EXPECT_FALSE(left.is_whole);
  EXPECT_EQ(ended_job(job).text("/state"), "canceled");
  // Nothing holds the snapshot any more.
  EXPECT_EQ(del(snapshot_path(source() + "@1")).status, 204);
}

TEST_F(TransfersTest, OfOneSnapshotKeepItBusy) {
  get_slowly([&](const std::string&) {
    EXPECT_TRUE(is_refused(del(snapshot_path(source() + "@1")), 409, "held"));
    return false;
  });
  EXPECT_TRUE(has_snapshot(source() + "@1"));
}

TEST_F(TransfersTest, OfUploadsAreCanceled) {
  const auto before = everything();
  const std::string stream = stream_of(source() + "@1");
  auto answer = put_slowly(stream_path(child("b@1"), "?" + slowly), stream);
  const std::string job = running_job(pool());
  EXPECT_LT(post(job + "/cancel").status, 300);
  const Response canceled = answer.get();
  if (canceled.is_whole) EXPECT_TRUE(is_refused(canceled, 409, "canceled"));
  EXPECT_EQ(ended_job(job).text("/state"), "canceled");
  EXPECT_EQ(everything(), before);
}

TEST_F(TransfersTest, OfReceivesAreShownAndEndWithThem) {
  const auto before = everything();
  const std::string stream = stream_of(source() + "@1");
  const Response made =
      make_receive(child("b"), {{"resumable", true}, {"bytes_per_second", 65536}});
  auto answer = put_slowly(receive_path(made) + "/stream", stream);
  ASSERT_TRUE(eventually([&] { return get(receive_path(made)).text("/state") == "receiving"; }));
  EXPECT_TRUE(is_refused(upload_to(made, stream.substr(0, 312)), 409, "busy"));
  const std::string job = "/v1/jobs/" + get(receive_path(made)).text("/job");
  ASSERT_TRUE(eventually([&] { return get(job).text("/state") == "running"; }));
  EXPECT_EQ(del(receive_path(made)).status, 204);
  const Response canceled = answer.get();
  if (canceled.is_whole) EXPECT_TRUE(is_refused(canceled, 409, "canceled"));
  EXPECT_EQ(ended_job(job).text("/state"), "canceled");
  EXPECT_TRUE(is_refused(get(receive_path(made)), 404, "not_found"));
  EXPECT_EQ(everything(), before);
}

// What is being received is neither given up nor sent on.
TEST_F(TransfersTest, KeepWhatTheyReceive) {
  const std::string stream = stream_of(source() + "@1");
  const Response made = make_receive(child("b"), {{"resumable", true}});
  EXPECT_TRUE(is_refused(upload_to(made, stream.substr(0, stream.size() / 4)), 400, "bad_stream"));
  const std::string rest = stream_of(source() + "@1", "?resume_token=" + token_of(child("b")));
  auto answer = put_slowly(stream_path(child("b@1"), "?resumable=true&" + slowly), rest);
  const std::string job = running_job(pool(), 65536);
  ASSERT_TRUE(
      eventually([&] { return get(dataset_path(child("b")) + "/saved-stream").code() == "busy"; }));
  EXPECT_TRUE(is_refused(del(partial_path(child("b"))), 409, "busy"));
  EXPECT_TRUE(is_refused(del(receive_path(made)), 409, "busy"));
  EXPECT_EQ(get(receive_path(made)).text("/state"), "waiting");
  EXPECT_LT(post(job + "/cancel").status, 300);
  answer.get();
  EXPECT_EQ(ended_job(job).text("/state"), "canceled");
  EXPECT_TRUE(has_partial(child("b")));
  EXPECT_EQ(del(receive_path(made)).status, 204);
  EXPECT_FALSE(has_partial(child("b")));
}

TEST_F(TransfersTest, IntoTheSameDatasetAreOneAtATime) {
  const std::string stream = stream_of(source() + "@1");
  receive_well(child("b@1"), stream);
  write(source(), 2, 2 * mebibyte);
  make_snapshot(source() + "@2");
  const std::string change = stream_of(source() + "@2", from(source() + "@1"));
  const Response made = make_receive(child("b"), {{"bytes_per_second", 65536}});
  auto answer = put_slowly(receive_path(made) + "/stream", change);
  ASSERT_TRUE(eventually([&] {
    const Response shown = get(receive_path(made));
    return !shown.at("/snapshot").is_null();
  }));
  // The kernel has begun with it a moment later at the latest.
  const Response refused = receive(child("b@2"), change);
  EXPECT_TRUE(refused.status == 200 || refused.code() == "busy") << refused;
  EXPECT_EQ(del(receive_path(made)).status, 204);
  answer.get();
  EXPECT_EQ(has_snapshot(child("b@2")), refused.status == 200);
}

}  // namespace
}  // namespace zfsrest::test
