#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct DatasetDestroy {
  struct Request {
    model::DatasetName dataset;
    bool recursive = false;
    static constexpr auto fields() {
      return std::tuple{
          required("dataset", &Request::dataset, "The file system or volume to destroy."),
          optional("recursive", &Request::recursive,
                   "Destroy its snapshots and all that is below it along with it."),
      };
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "dataset.destroy",
      .method = Method::del,
      .path = "/v1/datasets/{dataset}",
      .role = Role::admin,
      .lane = Lane::job,
      .runs = Runs::as_job,
      .success = Success::no_content,
      .plans = Plans::yes,
      .summary = "Destroy a file system or volume.",
      .description =
          "Without `recursive` a dataset with snapshots or children is refused, and the answer "
          "comes when it is done. With it, it is a job: clones outside the tree and holds are "
          "looked for first, and nothing is destroyed if there are any; the kernel has no call "
          "that destroys a tree as a whole, so a failure later on leaves the rest, and the job's "
          "`steps`, like the problem's `applied`, name what is gone.",
      .errors = {{EBUSY, Code::busy,
                  "It is mounted, open, being received, or has a held snapshot."},
                 {EEXIST, Code::has_dependents, "It has snapshots, children or clones."},
                 {EINVAL, Code::bad_request,
                  "A pool's root file system is destroyed with its pool."},
                 read_only_pool},
      .functions = {"lzc_destroy", "lzc_destroy_snaps"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
  static bool is_job(const Request& request) { return request.recursive; }
  static void check(const Request& request, const Spots& spots) {
    if (request.dataset.parent().empty())
      spots.path.key("dataset").fault("a pool's root file system is destroyed with its pool");
  }
};
static_assert(well_declared<DatasetDestroy>());

}  // namespace zfsrest::api
