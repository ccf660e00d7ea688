#pragma once
#include <zlib.h>

// These are macros, which pass on the version and the size of the structure that the program was compiled with.
static inline int labs_deflate_init(z_stream *stream, int level) { return deflateInit(stream, level); }
static inline int labs_inflate_init(z_stream *stream) { return inflateInit(stream); }
