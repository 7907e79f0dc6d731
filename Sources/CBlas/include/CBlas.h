#ifndef TLX_CBLAS_H
#define TLX_CBLAS_H
/* OpenBLAS, loaded when the first product or factorization needs it: loading it costs about 3 ms and a
   thread pool, which a program that only parses text should not pay. */
#endif
