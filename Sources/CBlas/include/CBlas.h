#ifndef TLX_CBLAS_H
#define TLX_CBLAS_H

#include "CBlasTable.h"

// OpenBLAS, loaded when the first product or factorization needs it: loading it costs about 3 ms and a
// thread pool, which a program that only parses text should not pay.

enum { tlx_row_major = 101, tlx_column_major = 102 };
enum { tlx_no_transpose = 111, tlx_transpose = 112 };
enum { tlx_upper = 121, tlx_lower = 122 };

// Opens the library and finds every function of the table, once; safe from several threads.
// Returns 0, or a message that says what is missing and lives for ever.
const char *tlx_blas_load(void);

// Must not be called before tlx_blas_load has returned 0.
#define TLX_BLAS_DECLARE(result, name, parameters, arguments) result tlx_##name parameters;
TLX_BLAS_TABLE(TLX_BLAS_DECLARE)
#undef TLX_BLAS_DECLARE

// How many cores this process may run on.
int tlx_core_count(void);

// Tells the processor that this is a waiting loop.
static inline void tlx_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
