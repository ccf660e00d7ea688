#pragma once
#include <cblas.h>
#include <stddef.h>

// LAPACK's Fortran Cholesky factorization; the last argument is the hidden length of `uplo`.
extern void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t uplo_length);

// By value, because Swift may not pass the address of one variable twice in a call.
// In row-major order the lower triangle is Fortran's upper one. Returns LAPACK's info.
static inline int labs_cholesky_row_major_lower(int n, double *a) {
  int info = 0;
  dpotrf_("U", &n, a, &n, &info, 1);
  return info;
}
