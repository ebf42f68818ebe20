#pragma once

#include "api/dataset/key_change.hpp"

namespace zfsrest::api {

struct DatasetChangeKeys {
  struct Request {
    model::PoolName pool;
    std::vector<KeyChange> changes;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          required("changes", &Request::changes,
                   "What becomes of each dataset's key, at most 1000, in the order in which they "
                   "are made; all datasets are in the pool, and none stands twice."),
      };
    }
  };
  struct Response {
    static constexpr std::string_view schema_name = "ChangedKeys";
    std::vector<std::string> changed;
    static constexpr auto fields() {
      return std::tuple{
          required("changed", &Response::changed, "The datasets, in the order of the request."),
      };
    }
  };
  static constexpr Operation operation{
      .id = "dataset.change_keys",
      .method = Method::post,
      .path = "/v1/pools/{pool}/change-keys",
      .role = Role::keys,
      .lane = Lane::job,
      .runs = Runs::as_job,
      .summary = "Change the keys of many encrypted datasets of a pool.",
      .description =
          "All of them are looked at first, and if one cannot be changed nothing is, and `errors` "
          "names each. Then they are changed one after the other, each as a whole or not at all. "
          "Where one fails all the same it ends, because what follows may rest on it, as a dataset "
          "that takes its parent's new key does: `applied`, and the job's `steps`, name those that "
          "have their new keys, `errors` the one that failed and those that were left as they "
          "were. Keys are never written down: a job that had not begun when the daemon was "
          "interrupted fails and has changed nothing; of one that had, ZFS is asked. It does not "
          "tell a raw or hexadecimal key from another of the same form, so that the one dataset "
          "at which the job was then may be in doubt; it is named, and "
          "`/v1/datasets/{dataset}/load-key` with `verify_only` and the new key finds out.",
      .errors = {{EACCES, Code::key_not_loaded,
                  "The present key, or the parent's that is to be inherited, is not loaded."},
                 {EINVAL, Code::wrong_state, "The key of this dataset cannot be changed so."},
                 {ENOTSUP, Code::wrong_state, "The pool lacks the feature `encryption`."},
                 read_only_pool},
      .functions = {"lzc_change_key"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
  static void check(const Request& request, const Spots& spots);
};
static_assert(well_declared<DatasetChangeKeys>());

}  // namespace zfsrest::api
