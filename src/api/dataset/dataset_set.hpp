#pragma once

#include "api/fields.hpp"
#include "base/errno_name.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetSet {
  struct Request {
    model::DatasetName dataset;
    model::PropertySettings properties;
    bool allow_shrink = false;
    static constexpr auto fields() {
      return std::tuple{
          required("dataset", &Request::dataset, "The file system or volume."),
          required("properties", &Request::properties, "The new values by property name."),
          optional("allow_shrink", &Request::allow_shrink,
                   "Let a volume become smaller than it is; what lies beyond its new end is lost."),
      };
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.set",
      .method = Method::patch,
      .path = "/v1/datasets/{dataset}",
      .role = Role::operate,
      .lane = Lane::write,
      .summary = "Set properties of a file system or volume.",
      .description =
          "All values are checked first. The kernel may still refuse some and apply others: then "
          "the problem lists what was `applied` and, in `errors`, what was not. A volume becomes "
          "smaller only with `allow_shrink`. To go back to the inherited value, delete "
          "the property.",
      .errors = {{EINVAL, Code::bad_request, "The kernel does not accept a value."},
                 {ERANGE, Code::bad_request, "A value is out of range."},
                 {zfs_err_badprop, Code::bad_request, "A property cannot have this value here."},
                 {ENOTSUP, Code::wrong_state, "The pool lacks a feature that a property needs."},
                 {EDQUOT, Code::no_space, "The dataset already uses more than this quota."},
                 {ENOSPC, Code::no_space,
                  "The dataset already uses more, or the pool has less, than this value."},
                 {EACCES, Code::wrong_state,
                  "The dataset is no encryption root, and has no `keylocation` of its own."},
                 read_only_pool},
      .functions = {"ZFS_IOC_SET_PROP"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.properties.empty())
      spots.body.key("properties").fault("there is no property to set");
    model::check_settings(request.properties, model::any_dataset, model::Moment::change,
                          spots.body.key("properties"));
  }
};
static_assert(well_declared<DatasetSet>());

}  // namespace zfsrest::api
