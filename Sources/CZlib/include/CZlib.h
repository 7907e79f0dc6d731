#ifndef TLX_CZLIB_H
#define TLX_CZLIB_H
#include <zlib.h>

/* inflateInit2 and deflateInit2 are macros, which Swift cannot call. */
int tlx_inflate_begin(z_stream *stream, int window_bits);
int tlx_deflate_gzip_begin(z_stream *stream);
#endif
