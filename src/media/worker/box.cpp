#include "media/worker/box.hpp"

#include <cerrno>
#include <memory>

#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace soyuz::media {

namespace {

constexpr rlim_t most_memory = rlim_t{1536} << 20U;

bool limit(__rlimit_resource_t what, rlim_t most) {
    rlimit const value{most, most};
    return ::setrlimit(what, &value) == 0;
}

}  // namespace

bool enter_box() {
    bool const are_limited = limit(RLIMIT_AS, most_memory) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) &&
                             limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 4);
    if (!are_limited || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0);
    std::unique_ptr<void, decltype(&seccomp_release)> const filter{seccomp_init(SCMP_ACT_KILL_PROCESS),
                                                                   &seccomp_release};
    if (!filter) return false;
    bool is_good = true;
    for (int const call : {SCMP_SYS(read),
                           SCMP_SYS(write),
                           SCMP_SYS(readv),
                           SCMP_SYS(writev),
                           SCMP_SYS(recvfrom),
                           SCMP_SYS(sendto),
                           SCMP_SYS(poll),
                           SCMP_SYS(ppoll),
                           SCMP_SYS(mmap),
                           SCMP_SYS(munmap),
                           SCMP_SYS(mremap),
                           SCMP_SYS(mprotect),
                           SCMP_SYS(madvise),
                           SCMP_SYS(brk),
                           SCMP_SYS(futex),
                           SCMP_SYS(clock_gettime),
                           SCMP_SYS(gettimeofday),
                           SCMP_SYS(clock_nanosleep),
                           SCMP_SYS(nanosleep),
                           SCMP_SYS(exit),
                           SCMP_SYS(exit_group),
                           SCMP_SYS(rt_sigreturn),
                           SCMP_SYS(rt_sigaction),
                           SCMP_SYS(rt_sigprocmask),
                           SCMP_SYS(sched_yield),
                           SCMP_SYS(getrandom),
                           SCMP_SYS(restart_syscall),
                           SCMP_SYS(close),
                           SCMP_SYS(sched_getaffinity),
                           SCMP_SYS(getpid),
                           SCMP_SYS(gettid),
                           SCMP_SYS(tgkill)})
        is_good = is_good && seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0;
    // Libraries ask for files now and then (converters of character sets): they hear no, and go on.
    for (int const call : {SCMP_SYS(open),       SCMP_SYS(openat),
                           SCMP_SYS(stat),       SCMP_SYS(lstat),
                           SCMP_SYS(newfstatat), SCMP_SYS(fstat),
                           SCMP_SYS(access),     SCMP_SYS(faccessat),
                           SCMP_SYS(readlink),   SCMP_SYS(ioctl),
                           SCMP_SYS(lseek),      SCMP_SYS(fcntl),
                           SCMP_SYS(getcwd),     SCMP_SYS(uname),
                           SCMP_SYS(sysinfo),    SCMP_SYS(prlimit64),
                           SCMP_SYS(getrlimit),  SCMP_SYS(prctl),
                           SCMP_SYS(socket),     SCMP_SYS(connect),
                           SCMP_SYS(execve),     SCMP_SYS(clone),
                           SCMP_SYS(clone3),     SCMP_SYS(fork),
                           SCMP_SYS(vfork),      SCMP_SYS(sched_setaffinity),
                           SCMP_SYS(statx)})
        is_good = is_good && seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0) == 0;
    return is_good && seccomp_load(filter.get()) == 0;
}

}  // namespace soyuz::media
