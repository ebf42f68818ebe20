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
    case Lane::list:
      return "list";
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

std::string description_of(const Operation& operation) {
  std::string text(operation.description);
  if (operation.since > model::oldest_release) text += describe::needs_sentence(operation.since);
  if (operation.engine == model::Engine::kernel) text += " Only the kernel's module can do it.";
  return text.starts_with(' ') ? text.substr(1) : text;
}

}  // namespace zfsrest::api
