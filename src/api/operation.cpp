#include "api/operation.hpp"

namespace zfsrest::api {

std::string_view word_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  return "";
}

std::string_view word_of(Role role) {
  switch (role) {
    case Role::none:
      return "none";
    case Role::read:
      return "read";
    case Role::snapshot:
      return "snapshot";
    case Role::send:
      return "send";
    case Role::receive_append:
      return "receive-append";
    case Role::receive:
      return "receive";
    case Role::operate:
      return "operate";
    case Role::keys:
      return "keys";
    case Role::admin:
      return "admin";
  }
  return "";
}

std::string_view word_of(Lane lane) {
  switch (lane) {
    case Lane::gateway:
      return "gateway";
    case Lane::general:
      return "general";
    case Lane::read:
      return "read";
    case Lane::write:
      return "write";
    case Lane::rescue:
      return "rescue";
    case Lane::job:
      return "job";
    case Lane::wait:
      return "wait";
    case Lane::lease:
      return "lease";
  }
  return "";
}

}  // namespace zfsrest::api
