#include "CZlib.h"

int tlx_inflate_begin(z_stream *stream, int window_bits) { return inflateInit2(stream, window_bits); }
int tlx_deflate_gzip_begin(z_stream *stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
