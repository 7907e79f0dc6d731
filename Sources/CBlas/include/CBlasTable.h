#ifndef TLX_CBLAS_TABLE_H
#define TLX_CBLAS_TABLE_H

#include "CLapackTable.h"

// One row a function of OpenBLAS that TLX calls: F(result, name, (parameters), (arguments)).
// A row declares `tlx_NAME`, which calls NAME in the library that `tlx_blas_load` has opened.
// Fortran routines (names end in `_`) take every argument by pointer; the hidden string lengths that
// gfortran adds are not read for one-letter options and are left out, as in LAPACKE.

#define TLX_BLAS_TABLE(F) \
  F(void, openblas_set_num_threads, (int threads), (threads)) \
  F(int, openblas_get_num_threads, (void), ()) \
  F(float, cblas_sdot, (int n, const float *x, int incx, const float *y, int incy), (n, x, incx, y, incy)) \
  F(double, cblas_ddot, (int n, const double *x, int incx, const double *y, int incy), (n, x, incx, y, incy)) \
  F(double, cblas_dsdot, (int n, const float *x, int incx, const float *y, int incy), (n, x, incx, y, incy)) \
  F(void, cblas_sgemv, (int order, int transA, int m, int n, float alpha, const float *a, int lda, \
     const float *x, int incx, float beta, float *y, int incy), \
    (order, transA, m, n, alpha, a, lda, x, incx, beta, y, incy)) \
  F(void, cblas_dgemv, (int order, int transA, int m, int n, double alpha, const double *a, int lda, \
     const double *x, int incx, double beta, double *y, int incy), \
    (order, transA, m, n, alpha, a, lda, x, incx, beta, y, incy)) \
  F(void, cblas_sgemm, (int order, int transA, int transB, int m, int n, int k, float alpha, \
     const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc), \
    (order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)) \
  F(void, cblas_dgemm, (int order, int transA, int transB, int m, int n, int k, double alpha, \
     const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc), \
    (order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)) \
  F(void, cblas_ssyrk, (int order, int uplo, int trans, int n, int k, float alpha, const float *a, int lda, \
     float beta, float *c, int ldc), \
    (order, uplo, trans, n, k, alpha, a, lda, beta, c, ldc)) \
  F(void, cblas_dsyrk, (int order, int uplo, int trans, int n, int k, double alpha, const double *a, int lda, \
     double beta, double *c, int ldc), \
    (order, uplo, trans, n, k, alpha, a, lda, beta, c, ldc)) \
  TLX_LAPACK_TABLE(F)

#endif
