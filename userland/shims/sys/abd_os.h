/* In some packages of 2.3 this header lies in a directory of its own, under another name than others include it by. */
#if __has_include_next(<sys/abd_os.h>)
#include_next <sys/abd_os.h>
#else
#include <abd_os.h>
#endif
