#ifndef TLX_CLAPACK_TABLE_H
#define TLX_CLAPACK_TABLE_H

// Routines of LAPACK and of BLAS level 3 in both precisions, column-major, everything by pointer. Matrices are
// `void *`, so that one generic Swift function serves both precisions.

#define TLX_LAPACK_ROWS(F, p) \
  F(void, p##getrf_, (const int *m, const int *n, void *a, const int *lda, int *ipiv, int *info), \
    (m, n, a, lda, ipiv, info)) \
  F(void, p##gecon_, (const char *norm, const int *n, const void *a, const int *lda, const void *anorm, \
     void *rcond, void *work, int *iwork, int *info), \
    (norm, n, a, lda, anorm, rcond, work, iwork, info)) \
  F(void, p##potrf_, (const char *uplo, const int *n, void *a, const int *lda, int *info), \
    (uplo, n, a, lda, info)) \
  F(void, p##trtri_, (const char *uplo, const char *diag, const int *n, void *a, const int *lda, int *info), \
    (uplo, diag, n, a, lda, info)) \
  F(void, p##lauum_, (const char *uplo, const int *n, void *a, const int *lda, int *info), \
    (uplo, n, a, lda, info)) \
  F(void, p##geqrf_, (const int *m, const int *n, void *a, const int *lda, void *tau, void *work, \
     const int *lwork, int *info), \
    (m, n, a, lda, tau, work, lwork, info)) \
  F(void, p##larft_, (const char *direct, const char *storev, const int *n, const int *k, const void *v, \
     const int *ldv, const void *tau, void *t, const int *ldt), \
    (direct, storev, n, k, v, ldv, tau, t, ldt)) \
  F(void, p##larfb_, (const char *side, const char *trans, const char *direct, const char *storev, const int *m, \
     const int *n, const int *k, const void *v, const int *ldv, const void *t, const int *ldt, void *c, \
     const int *ldc, void *work, const int *ldwork), \
    (side, trans, direct, storev, m, n, k, v, ldv, t, ldt, c, ldc, work, ldwork)) \
  F(void, p##gesdd_, (const char *jobz, const int *m, const int *n, void *a, const int *lda, void *s, void *u, \
     const int *ldu, void *vt, const int *ldvt, void *work, const int *lwork, int *iwork, int *info), \
    (jobz, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork, iwork, info)) \
  F(void, p##syevd_, (const char *jobz, const char *uplo, const int *n, void *a, const int *lda, void *w, \
     void *work, const int *lwork, int *iwork, const int *liwork, int *info), \
    (jobz, uplo, n, a, lda, w, work, lwork, iwork, liwork, info)) \
  F(void, p##bdsdc_, (const char *uplo, const char *compq, const int *n, void *d, void *e, void *u, const int *ldu, \
     void *vt, const int *ldvt, void *q, int *iq, void *work, int *iwork, int *info), \
    (uplo, compq, n, d, e, u, ldu, vt, ldvt, q, iq, work, iwork, info)) \
  F(void, p##stedc_, (const char *compz, const int *n, void *d, void *e, void *z, const int *ldz, void *work, \
     const int *lwork, int *iwork, const int *liwork, int *info), \
    (compz, n, d, e, z, ldz, work, lwork, iwork, liwork, info)) \
  F(void, p##geev_, (const char *jobvl, const char *jobvr, const int *n, void *a, const int *lda, void *wr, \
     void *wi, void *vl, const int *ldvl, void *vr, const int *ldvr, void *work, const int *lwork, int *info), \
    (jobvl, jobvr, n, a, lda, wr, wi, vl, ldvl, vr, ldvr, work, lwork, info)) \
  F(void, p##trsv_, (const char *uplo, const char *trans, const char *diag, const int *n, const void *a, \
     const int *lda, void *x, const int *incx), \
    (uplo, trans, diag, n, a, lda, x, incx)) \
  F(void, p##trsm_, (const char *side, const char *uplo, const char *trans, const char *diag, const int *m, \
     const int *n, const void *alpha, const void *a, const int *lda, void *b, const int *ldb), \
    (side, uplo, trans, diag, m, n, alpha, a, lda, b, ldb))

#define TLX_LAPACK_TABLE(F) TLX_LAPACK_ROWS(F, s) TLX_LAPACK_ROWS(F, d)

#endif
