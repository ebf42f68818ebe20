/* The kernel's header of this name is atomic.h outside of it, which every file has read before. */
