/* As abd_os.h beside this file. */
#if __has_include_next(<sys/abd_impl_os.h>)
#include_next <sys/abd_impl_os.h>
#else
#include <abd_impl_os.h>
#endif
