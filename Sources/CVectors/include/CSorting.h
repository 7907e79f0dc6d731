#ifndef TLX_CSORTING_H
#define TLX_CSORTING_H

// The inner loops of sorts by digits. Keys are unsigned numbers in whose order the elements sort: for floats the sign is
// turned into an offset, NaN is the greatest whatever the order; `flip` is all ones for a descending order, else 0.

#include <stdint.h>

static inline uint32_t tlx_key_f32(uint32_t bits, uint32_t flip) {
  uint32_t sign = (uint32_t)((int32_t)bits >> 31);
  uint32_t key = (bits ^ (sign | 0x80000000u)) ^ flip;
  return (bits & 0x7FFFFFFFu) > 0x7F800000u ? 0xFFFFFFFFu : key;
}

static inline uint32_t tlx_bits_f32(uint32_t key, uint32_t flip) {
  uint32_t raw = key ^ flip;
  uint32_t sign = (uint32_t)((int32_t)raw >> 31);
  return key == 0xFFFFFFFFu ? 0x7FC00000u : raw ^ (~sign | 0x80000000u);
}

static inline uint64_t tlx_key_f64(uint64_t bits, uint64_t flip) {
  uint64_t sign = (uint64_t)((int64_t)bits >> 63);
  uint64_t key = (bits ^ (sign | 0x8000000000000000u)) ^ flip;
  return (bits & 0x7FFFFFFFFFFFFFFFu) > 0x7FF0000000000000u ? 0xFFFFFFFFFFFFFFFFu : key;
}

static inline uint64_t tlx_bits_f64(uint64_t key, uint64_t flip) {
  uint64_t raw = key ^ flip;
  uint64_t sign = (uint64_t)((int64_t)raw >> 63);
  return key == 0xFFFFFFFFFFFFFFFFu ? 0x7FF8000000000000u : raw ^ (~sign | 0x8000000000000000u);
}

static inline uint64_t tlx_key_i64(uint64_t bits, uint64_t flip) { return bits ^ 0x8000000000000000u ^ flip; }
static inline uint64_t tlx_bits_i64(uint64_t key, uint64_t flip) { return key ^ 0x8000000000000000u ^ flip; }

// `encode` reads every `step`-th element, `decode` writes there.
#define TLX_CODING(T, name) \
  static inline void tlx_encode_##name(T *keys, const T *x, long n, long step, T flip) { \
    if (step == 1) { \
      for (long i = 0; i < n; i++) keys[i] = tlx_key_##name(x[i], flip); \
    } else { \
      for (long i = 0; i < n; i++) keys[i] = tlx_key_##name(x[i * step], flip); \
    } \
  } \
  static inline void tlx_decode_##name(T *x, const T *keys, long n, long step, T flip) { \
    if (step == 1) { \
      for (long i = 0; i < n; i++) x[i] = tlx_bits_##name(keys[i], flip); \
    } else { \
      for (long i = 0; i < n; i++) x[i * step] = tlx_bits_##name(keys[i], flip); \
    } \
  }
TLX_CODING(uint32_t, f32)
TLX_CODING(uint64_t, f64)
TLX_CODING(uint64_t, i64)
#undef TLX_CODING

// Keys of f32 with their positions below them.
static inline void tlx_encode_places_f32(uint64_t *keys, const uint32_t *x, long first, long n, long step, uint32_t flip) {
  for (long i = 0; i < n; i++) {
    // -0 and 0 are equal: their order is that of their places.
    uint32_t bits = x[i * step] == 0x80000000u ? 0 : x[i * step];
    keys[i] = (uint64_t)tlx_key_f32(bits, flip) << 32 | (uint64_t)(first + i);
  }
}

static inline void tlx_decode_places(long *places, const uint64_t *keys, long n, long step) {
  for (long i = 0; i < n; i++) places[i * step] = (long)(keys[i] & 0xFFFFFFFFu);
}

#define TLX_RADIX(T, name) \
  static inline void tlx_count_##name(const T *keys, long n, int shift, uint32_t mask, uint32_t *counts) { \
    for (long i = 0; i < n; i++) counts[(uint32_t)(keys[i] >> shift) & mask]++; \
  } \
  static inline void tlx_scatter_##name( \
      T *target, const T *keys, long n, int shift, uint32_t mask, uint32_t *places) { \
    for (long i = 0; i < n; i++) { \
      T key = keys[i]; \
      target[places[(uint32_t)(key >> shift) & mask]++] = key; \
    } \
  }
TLX_RADIX(uint32_t, u32)
TLX_RADIX(uint64_t, u64)
#undef TLX_RADIX

#endif
