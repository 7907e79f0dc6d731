#ifndef TLX_CVECTORS_H
#define TLX_CVECTORS_H

#include "CSorting.h"

// Lane-wise operations that Swift's SIMD types lack or spell as a loop over lanes (`squareRoot()` and
// `rounded()` on SIMD16 call a function for every lane, 15 times slower). All inline.

typedef float tlx_f32x16 __attribute__((ext_vector_type(16)));
typedef float tlx_f32x8 __attribute__((ext_vector_type(8)));
typedef double tlx_f64x8 __attribute__((ext_vector_type(8)));
typedef unsigned char tlx_u8x16 __attribute__((ext_vector_type(16)));
typedef unsigned char tlx_u8x8 __attribute__((ext_vector_type(8)));
typedef int tlx_i32x16 __attribute__((ext_vector_type(16)));
typedef long tlx_i64x8 __attribute__((ext_vector_type(8)));

#define TLX_LANES(function) \
  static inline tlx_f32x16 tlx_##function##_f32(tlx_f32x16 x) { return __builtin_elementwise_##function(x); } \
  static inline tlx_f64x8 tlx_##function##_f64(tlx_f64x8 x) { return __builtin_elementwise_##function(x); }
TLX_LANES(sqrt)
TLX_LANES(floor)
TLX_LANES(ceil)
TLX_LANES(trunc)
TLX_LANES(roundeven)
TLX_LANES(abs)
#undef TLX_LANES

// a b + c, rounded once. Swift's `addingProduct` is a loop over lanes that is not always made one instruction.
static inline tlx_f32x16 tlx_fma_f32(tlx_f32x16 a, tlx_f32x16 b, tlx_f32x16 c) {
  return __builtin_elementwise_fma(a, b, c);
}
static inline tlx_f64x8 tlx_fma_f64(tlx_f64x8 a, tlx_f64x8 b, tlx_f64x8 c) {
  return __builtin_elementwise_fma(a, b, c);
}

static inline tlx_i32x16 tlx_min_i32(tlx_i32x16 a, tlx_i32x16 b) { return __builtin_elementwise_min(a, b); }
static inline tlx_i32x16 tlx_max_i32(tlx_i32x16 a, tlx_i32x16 b) { return __builtin_elementwise_max(a, b); }
static inline tlx_i64x8 tlx_min_i64(tlx_i64x8 a, tlx_i64x8 b) { return __builtin_elementwise_min(a, b); }
static inline tlx_i64x8 tlx_max_i64(tlx_i64x8 a, tlx_i64x8 b) { return __builtin_elementwise_max(a, b); }

static inline tlx_f64x8 tlx_widen(tlx_f32x8 x) { return __builtin_convertvector(x, tlx_f64x8); }
static inline tlx_f32x8 tlx_narrow(tlx_f64x8 x) { return __builtin_convertvector(x, tlx_f32x8); }

// Bools, one byte each and 0 or 1, to lanes of all zeros or all ones, and back.
static inline tlx_i32x16 tlx_mask_i32(tlx_u8x16 x) { return -__builtin_convertvector(x, tlx_i32x16); }
static inline tlx_i64x8 tlx_mask_i64(tlx_u8x8 x) { return -__builtin_convertvector(x, tlx_i64x8); }
static inline tlx_u8x16 tlx_bools_i32(tlx_i32x16 x) { return __builtin_convertvector(-x, tlx_u8x16); }
static inline tlx_u8x8 tlx_bools_i64(tlx_i64x8 x) { return __builtin_convertvector(-x, tlx_u8x8); }

// Asks for the line at an address, which may be any.
static inline void tlx_prefetch(const void *address) { __builtin_prefetch(address); }

// Copies past the caches what is not read again soon. Before another thread reads it, this one calls `tlx_stream_fence`.
static inline void tlx_stream(void *target, const void *source, long count) {
  char *d = (char *)target;
  const char *s = (const char *)source;
  long head = -(unsigned long)d & 63;
  if (head > count) head = count;
  __builtin_memcpy(d, s, (unsigned long)head);
  long i = head;
  for (; i + 64 <= count; i += 64) {
    tlx_f32x16 lanes;
    __builtin_memcpy(&lanes, s + i, 64);
    __builtin_nontemporal_store(lanes, (tlx_f32x16 *)(d + i));
  }
  __builtin_memcpy(d + i, s + i, (unsigned long)(count - i));
}

static inline void tlx_stream_fence(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#else
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

#endif
