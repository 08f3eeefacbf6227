/*
 * A layer below the file calls of one process, for Linux: LD_PRELOAD. It counts the calls that concern one folder, makes one
 * of them fail, or all from one on, kills the process at one of them, and writes all of them down. It also sets the clock.
 *
 *   CAMPAIGN_ROOT   the folder; without it no file call is looked at
 *   CAMPAIGN_FAULT  "<at> <kind> <times>": at the call number <at>, counted from 1, and <times> - 1 after it of the same sort
 *                   (0: all further calls; -1: all further ones of that sort). Kinds: an errno by number; "short": half of the bytes are written;
 *                   "kill": SIGKILL before the call; "killed": SIGKILL after it
 *   CAMPAIGN_TRACE  a file for one line per call: process, number, when it began (CLOCK_MONOTONIC, ns), name, result, descriptor,
 *                   path, second path or offset, bytes in hexadecimal; separated by tabs
 *   CAMPAIGN_CLOCK  a file of 8 bytes: milliseconds (int64, this machine's order) that are added to the wall clock
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define DESCRIPTORS 4096
/* The function of this name below us. */
#define REAL(function)                                                        \
  ({                                                                          \
    static __typeof__(function) *found;                                       \
    if (found == NULL) found = (__typeof__(found))dlsym(RTLD_NEXT, #function); \
    found;                                                                    \
  })

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_length;
static char *paths[DESCRIPTORS];
static long calls, fault_at, fault_times, faulted;
static char fault_kind[16];
static char fault_name[16];
static int trace = -1;
static const volatile int64_t *clock_offset;

static void read_clock_file(const char *path) {
  int descriptor = REAL(open)(path, O_RDONLY);
  if (descriptor < 0) return;
  void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, descriptor, 0);
  if (mapped != MAP_FAILED) clock_offset = mapped;
  REAL(close)(descriptor);
}

static void take_lock(void) { pthread_mutex_lock(&lock); }
static void give_lock(void) { pthread_mutex_unlock(&lock); }

__attribute__((constructor)) static void start(void) {
  /* A hook is forked while another thread may be in a call: its process must not wait for that thread for ever. */
  pthread_atfork(take_lock, give_lock, give_lock);
  const char *folder = getenv("CAMPAIGN_ROOT"), *fault = getenv("CAMPAIGN_FAULT");
  const char *file = getenv("CAMPAIGN_TRACE"), *clock = getenv("CAMPAIGN_CLOCK");
  if (clock != NULL) read_clock_file(clock);
  if (folder == NULL || realpath(folder, root) == NULL) return;
  root_length = strlen(root);
  if (fault != NULL) sscanf(fault, "%ld %15s %ld", &fault_at, fault_kind, &fault_times);
  if (file != NULL) trace = REAL(open)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int below_root(const char *path) {
  return root_length > 0 && path != NULL && strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == 0);
}

/* Paths of the product are absolute or count from its working folder, which is the root. */
static int concerns(int folder, const char *path, char *absolute) {
  if (root_length == 0 || path == NULL) return 0;
  if (path[0] == '/' || folder != AT_FDCWD) return below_root(memccpy(absolute, path, 0, PATH_MAX) == NULL ? NULL : absolute);
  return snprintf(absolute, PATH_MAX, "%.2000s/%.2000s", root, path) < PATH_MAX;
}

static const char *path_of(int descriptor) {
  return descriptor >= 0 && descriptor < DESCRIPTORS ? paths[descriptor] : NULL;
}

static void set_path(int descriptor, const char *path) {
  if (descriptor < 0 || descriptor >= DESCRIPTORS) return;
  free(paths[descriptor]);
  paths[descriptor] = path == NULL ? NULL : strdup(path);
}

static int64_t now(void) {
  struct timespec time;
  REAL(clock_gettime)(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

struct call {
  const char *name;
  int descriptor;
  const char *path;
  const char *other;
  const void *bytes;
  size_t length;
  long number;
  int64_t at;
  int shortened;
};

static void write_down(const struct call *call, long result) {
  if (trace < 0) return;
  size_t kept = call->bytes != NULL && result > 0 ? (size_t)result : 0;
  size_t room = kept * 2 + 2 * PATH_MAX + 200, used;
  char *line = malloc(room);
  if (line == NULL) return;
  used = snprintf(line, room, "%d\t%ld\t%lld\t%s\t%ld\t%d\t%s\t%s\t", (int)getpid(), call->number, (long long)call->at, call->name, result,
                  call->descriptor, call->path, call->other == NULL ? "" : call->other);
  for (size_t at = 0; at < kept; at++) used += sprintf(line + used, "%02x", ((const unsigned char *)call->bytes)[at]);
  line[used++] = '\n';
  REAL(write)(trace, line, used);
  free(line);
}

/* Calls that fail on a full or read-only file system, and that all other faults apply to. */
static int spared(const char *name) {
  int failure = atoi(fault_kind);
  if (failure != ENOSPC && failure != EROFS && failure != EMFILE) return 0;
  if (failure == EMFILE) return strncmp(name, "open", 4) != 0;
  if (strcmp(name, "open-read") == 0 || strcmp(name, "read") == 0 || strcmp(name, "stat") == 0) return 1;
  if (failure == EROFS) return strcmp(name, "fsync") == 0;
  return failure == ENOSPC && (strcmp(name, "unlink") == 0 || strcmp(name, "rmdir") == 0 || strcmp(name, "rename") == 0);
}

/* Counts the call. 0: it is to be made; otherwise the errno that it fails with. */
static int begin(struct call *call) {
  call->number = ++calls;
  call->at = now();
  if (spared(call->name)) return 0;
  if (fault_at == 0 || call->number < fault_at || (fault_times > 0 && faulted >= fault_times)) return 0;
  if (call->number > fault_at && strcmp(fault_name, call->name) != 0 && fault_times != 0) return 0;
  if (faulted++ == 0) snprintf(fault_name, sizeof fault_name, "%s", call->name);
  if (strcmp(fault_kind, "kill") == 0) raise(SIGKILL);
  if (strcmp(fault_kind, "short") == 0) {
    call->shortened = call->length > 1;
    return 0;
  }
  int failure = atoi(fault_kind);
  if (failure == 0) return 0;
  write_down(call, -failure);
  return failure;
}

static long end(struct call *call, long result) {
  int failure = errno;
  write_down(call, result < 0 ? -failure : result);
  if (strcmp(fault_kind, "killed") == 0 && call->number == fault_at) raise(SIGKILL);
  errno = failure;
  return result;
}

/* Makes one call under the lock, so that calls and their lines are in one order. */
#define MAKE(record, make)                                             \
  do {                                                                 \
    pthread_mutex_lock(&lock);                                         \
    int failure = begin(&(record));                                    \
    long result = -1;                                                  \
    if (failure == 0) result = end(&(record), (make));                 \
    pthread_mutex_unlock(&lock);                                       \
    if (failure != 0) errno = failure;                                 \
    return result;                                                     \
  } while (0)

static long opened(int descriptor, const char *path) {
  if (descriptor >= 0) set_path(descriptor, path);
  return descriptor;
}

static int open_any(int folder, const char *path, int flags, mode_t mode) {
  char absolute[PATH_MAX];
  if (!concerns(folder, path, absolute)) return REAL(openat)(folder, path, flags, mode);
  int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  const char *how = (flags & O_TRUNC) != 0 ? "truncate" : (flags & O_CREAT) != 0 ? "create" : "";
  struct call call = {.name = writes ? "open" : "open-read", .descriptor = -1, .path = absolute, .other = how};
  MAKE(call, opened(REAL(openat)(folder, path, flags, mode), absolute));
}

#define MODE(flags, mode)              \
  mode_t mode = 0;                     \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) { \
    va_list rest;                      \
    va_start(rest, flags);             \
    mode = va_arg(rest, mode_t);       \
    va_end(rest);                      \
  }

int open(const char *path, int flags, ...) { MODE(flags, mode) return open_any(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return open_any(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags, mode) return open_any(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags, mode) return open_any(folder, path, flags, mode); }

static void forget(int descriptor) {
  pthread_mutex_lock(&lock);
  if (path_of(descriptor) != NULL) set_path(descriptor, NULL);
  pthread_mutex_unlock(&lock);
}

int close(int descriptor) {
  forget(descriptor);
  return REAL(close)(descriptor);
}

static ssize_t write_any(int descriptor, const void *bytes, size_t length, off64_t at) {
  char offset[32];
  snprintf(offset, sizeof offset, "%lld", (long long)at);
  struct call call = {.name = "write", .descriptor = descriptor, .path = path_of(descriptor), .other = offset,
                      .bytes = bytes, .length = length};
  MAKE(call, at < 0 ? REAL(write)(descriptor, bytes, call.shortened ? length / 2 : length)
                    : REAL(pwrite64)(descriptor, bytes, call.shortened ? length / 2 : length, at));
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
  return path_of(descriptor) == NULL ? REAL(write)(descriptor, bytes, length) : write_any(descriptor, bytes, length, -1);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t at) {
  return path_of(descriptor) == NULL ? REAL(pwrite)(descriptor, bytes, length, at) : write_any(descriptor, bytes, length, at);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t at) {
  return path_of(descriptor) == NULL ? REAL(pwrite64)(descriptor, bytes, length, at)
                                     : write_any(descriptor, bytes, length, at);
}
/* A file takes the first part alone, as a file may: node asks for the rest again. */
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  return path_of(descriptor) == NULL || count < 1 ? REAL(writev)(descriptor, parts, count)
                                                  : write_any(descriptor, parts[0].iov_base, parts[0].iov_len, -1);
}

static ssize_t read_any(int descriptor, void *bytes, size_t length, off64_t at) {
  struct call call = {.name = "read", .descriptor = descriptor, .path = path_of(descriptor)};
  MAKE(call, at < 0 ? REAL(read)(descriptor, bytes, length) : REAL(pread64)(descriptor, bytes, length, at));
}

ssize_t read(int descriptor, void *bytes, size_t length) {
  return path_of(descriptor) == NULL ? REAL(read)(descriptor, bytes, length) : read_any(descriptor, bytes, length, -1);
}
ssize_t pread(int descriptor, void *bytes, size_t length, off_t at) {
  return path_of(descriptor) == NULL ? REAL(pread)(descriptor, bytes, length, at) : read_any(descriptor, bytes, length, at);
}
ssize_t pread64(int descriptor, void *bytes, size_t length, off64_t at) {
  return path_of(descriptor) == NULL ? REAL(pread64)(descriptor, bytes, length, at) : read_any(descriptor, bytes, length, at);
}

#define ON_DESCRIPTOR(function, parameters, arguments)                                           \
  int function parameters {                                                                      \
    if (path_of(descriptor) == NULL) return REAL(function) arguments;                            \
    struct call call = {.name = #function, .descriptor = descriptor, .path = path_of(descriptor)}; \
    MAKE(call, REAL(function) arguments);                                                        \
  }
ON_DESCRIPTOR(fsync, (int descriptor), (descriptor))
ON_DESCRIPTOR(fdatasync, (int descriptor), (descriptor))
ON_DESCRIPTOR(ftruncate64, (int descriptor, off64_t length), (descriptor, length))

#define ON_PATH(function, parameters, arguments)                              \
  int function parameters {                                                   \
    char absolute[PATH_MAX];                                                  \
    if (!concerns(AT_FDCWD, path, absolute)) return REAL(function) arguments; \
    struct call call = {.name = #function, .descriptor = -1, .path = absolute}; \
    MAKE(call, REAL(function) arguments);                                     \
  }
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(rmdir, (const char *path), (path))

int rename(const char *from, const char *to) {
  char absolute[PATH_MAX], target[PATH_MAX];
  if (!concerns(AT_FDCWD, from, absolute) || !concerns(AT_FDCWD, to, target)) return REAL(rename)(from, to);
  struct call call = {.name = "rename", .descriptor = -1, .path = absolute, .other = target};
  MAKE(call, REAL(rename)(from, to));
}

/*
 * System calls that libuv makes by number: close, and statx, which node's stat, lstat and fstat all are; an empty path means the
 * descriptor.
 */
long syscall(long number, ...) {
  char absolute[PATH_MAX];
  long part[6];
  va_list rest;
  va_start(rest, number);
  for (int at = 0; at < 6; at++) part[at] = va_arg(rest, long);
  va_end(rest);
#define FORWARD REAL(syscall)(number, part[0], part[1], part[2], part[3], part[4], part[5])
  if (number == SYS_close) forget((int)part[0]);
  if (number != SYS_statx) return FORWARD;
  const char *path = (const char *)part[1];
  int descriptor = path != NULL && path[0] == 0 ? (int)part[0] : -1;
  const char *where = descriptor >= 0 ? path_of(descriptor) : concerns((int)part[0], path, absolute) ? absolute : NULL;
  if (where == NULL) return FORWARD;
  struct call call = {.name = "stat", .descriptor = descriptor, .path = where};
  MAKE(call, FORWARD);
}

static void shift(struct timespec *time) {
  if (clock_offset == NULL) return;
  int64_t milliseconds = *clock_offset;
  int64_t nanoseconds = time->tv_nsec + milliseconds % 1000 * 1000000;
  time->tv_sec += milliseconds / 1000;
  if (nanoseconds < 0) {
    nanoseconds += 1000000000;
    time->tv_sec -= 1;
  } else if (nanoseconds >= 1000000000) {
    nanoseconds -= 1000000000;
    time->tv_sec += 1;
  }
  time->tv_nsec = nanoseconds;
}

int clock_gettime(clockid_t id, struct timespec *time) {
  int result = REAL(clock_gettime)(id, time);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) shift(time);
  return result;
}

int gettimeofday(struct timeval *time, void *zone) {
  struct timespec exact;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  time->tv_sec = exact.tv_sec;
  time->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *into) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (into != NULL) *into = exact.tv_sec;
  return exact.tv_sec;
}
