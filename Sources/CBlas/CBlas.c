#define _GNU_SOURCE
#include "CBlas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFINE(result, name, parameters, arguments) \
  static result(*pointer_##name) parameters; \
  result tlx_##name parameters { return pointer_##name arguments; }
TLX_BLAS_TABLE(DEFINE)
#undef DEFINE

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char message[256];
static int failed;

// Opened with one thread: its number of threads is one for the whole process, so that whoever changed it would change
// the digits of what others compute meanwhile. We cut large work into pieces for our own threads instead.
static void *open_library(void) {
  const char *wanted = getenv("OPENBLAS_NUM_THREADS");
  char *before = wanted ? strdup(wanted) : NULL;
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) library = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
  // Programs that this one starts find what the user set.
  if (before) {
    setenv("OPENBLAS_NUM_THREADS", before, 1);
  } else {
    unsetenv("OPENBLAS_NUM_THREADS");
  }
  free(before);
  return library;
}

static void load(void) {
  void *library = open_library();
  if (!library) {
    const char *reason = dlerror();
    snprintf(message, sizeof message, "%s", reason ? reason : "libopenblas.so.0 not found");
    failed = 1;
    return;
  }
#define RESOLVE(result, name, parameters, arguments) \
  pointer_##name = (result(*) parameters)dlsym(library, #name); \
  if (!pointer_##name) { \
    snprintf(message, sizeof message, "libopenblas.so.0 has no " #name); \
    failed = 1; \
    return; \
  }
  TLX_BLAS_TABLE(RESOLVE)
#undef RESOLVE
  // Where the library was open already, for another part of the program.
  tlx_openblas_set_num_threads(1);
}

const char *tlx_blas_load(void) {
  pthread_once(&once, load);
  return failed ? message : NULL;
}

int tlx_core_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}
