// What fmt has outside its headers, compiled here once: as headers alone it would be compiled again
// for every file that formats a text, which took half of the time of a build.
#include <fmt/format-inl.h>

template void fmt::detail::vformat_to<char>(buffer<char>&, string_view, format_args, locale_ref);
template auto fmt::detail::thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template auto fmt::detail::decimal_point_impl<char>(locale_ref) -> char;
template auto fmt::detail::locale_ref::get<std::locale>() const -> std::locale;
