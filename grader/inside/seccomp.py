"""The system call filter of a child: an allow list, everything else answers "operation not permitted".

What is allowed is what numpy and torch need to compute and to use files under /tmp. Not on the list, among
others: sockets, new processes, execve, mounts, namespaces, ptrace, keyrings, io_uring, shared memory that
outlives a process, and perf or bpf. New threads are allowed, new processes are not.
"""

from __future__ import annotations

import ctypes
import struct

from grader.inside import kernel

_ALLOWED = {
    # reading, writing, memory
    "read": 0, "write": 1, "close": 3, "lseek": 8, "mprotect": 10, "munmap": 11, "brk": 12,
    "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20, "mremap": 25, "msync": 26, "mincore": 27,
    "dup": 32, "dup2": 33, "dup3": 292, "fsync": 74, "fdatasync": 75, "ftruncate": 77,
    "pipe": 22, "poll": 7, "ppoll": 271, "select": 23, "pselect6": 270,
    # files (which ones is decided by the mount tree and by Landlock)
    "stat": 4, "fstat": 5, "lstat": 6, "newfstatat": 262, "statx": 332, "access": 21,
    "faccessat": 269, "faccessat2": 439, "readlink": 89, "readlinkat": 267, "getdents64": 217, "getcwd": 79,
    "chdir": 80, "rename": 82, "renameat": 264, "renameat2": 316, "mkdir": 83, "mkdirat": 258, "rmdir": 84,
    "unlink": 87, "unlinkat": 263, "umask": 95, "statfs": 137, "fstatfs": 138,
    # signals and threads of this process (it is alone in its pid namespace)
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sigaltstack": 131, "rt_sigtimedwait": 128,
    "futex": 202, "set_robust_list": 273, "get_robust_list": 274, "rseq": 334,
    "set_tid_address": 218, "sched_yield": 24, "sched_getaffinity": 204, "membarrier": 324, "exit": 60,
    "exit_group": 231, "restart_syscall": 219,
    # who and when
    "getpid": 39, "gettid": 186, "getppid": 110, "getuid": 102, "geteuid": 107, "getgid": 104, "getegid": 108,
    "getpgrp": 111, "getsid": 124, "uname": 63, "sysinfo": 99, "getrlimit": 97, "getrusage": 98, "times": 100,
    "time": 201, "gettimeofday": 96, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230,
    "nanosleep": 35, "getitimer": 36, "setitimer": 38, "alarm": 37, "getrandom": 318, "getcpu": 309,
}  # fmt: skip

_OPEN = 2
_OPENAT = 257
_MMAP = 9
_MADVISE = 28
_PIPE2 = 293
_CLOSE_RANGE = 436
_KILL = 62
_TGKILL = 234
_CLONE = 56
_FCNTL = 72
_CLONE3 = 435
_IOCTL = 16
_PRLIMIT = 302
_PRCTL = 157

# Memory, folder, descriptors, semaphores and signals shared, as every thread of the C library has them: a thread with
# descriptors of its own would have 256 more, one with CLONE_VFORK would stop another
_CLONE_SHARED = 0x00010000 | 0x00040000 | 0x00000F00
# SETTLS, PARENT_SETTID, CHILD_CLEARTID, CHILD_SETTID, and DETACHED, which means nothing any more
_CLONE_OPTIONS = 0x00080000 | 0x00100000 | 0x00200000 | 0x01000000 | 0x00400000
# MAP_SHARED, MAP_GROWSDOWN, MAP_HUGETLB: memory that neither RLIMIT_DATA nor the resident size bounds
_UNBOUNDED_MAPPINGS = 0x1 | 0x100 | 0x40000
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC; locks, leases and notifications reach other slots
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)
# What allocators and thread stacks need: NORMAL, RANDOM, SEQUENTIAL, WILLNEED, DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE,
# DONTDUMP, GUARD_INSTALL, GUARD_REMOVE. Not PAGEOUT, which moves memory to where no limit counts it, nor MERGEABLE,
# which shares it with equal pages of other processes.
_ADVICE = (0, 1, 2, 3, 4, 8, 14, 15, 16, 102, 103)
# O_NONBLOCK, O_CLOEXEC; not O_EXCL, which makes a queue that the kernel writes notifications to
_PIPE_FLAGS = 0o4000 | 0o2000000
_CLOSE_RANGE_UNSHARE = 2
# A file that never has a name can be counted by nobody but its holder. (The other bits of O_TMPFILE are O_DIRECTORY.)
_O_TMPFILE = 0o20000000
_SIGKILL = 9
_TCGETS = 0x5401
_PR_SET_NAME = 15

_EPERM = 1
_EINVAL = 22
_ENOSYS = 38
_ENOTTY = 25
_EOPNOTSUPP = 95
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL_PROCESS = 0x80000000

_AUDIT_X86_64 = 0xC000003E
_X32_BIT = 0x40000000
_OFFSET_NUMBER = 0
_OFFSET_ARCHITECTURE = 4

_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_ABOVE_OR_EQUAL = 0x35
_JUMP_ANY_BIT = 0x45
_AND = 0x54
_RETURN = 0x06
_MODE_FILTER = 2


def _argument(index: int, *, high: bool = False) -> int:
    """Offset of the low or high 32 bits of an argument in struct seccomp_data (little endian)."""
    return 16 + 8 * index + (4 if high else 0)


def _step(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, operand)


def _when(number: int, *body: bytes) -> bytes:
    """Run `body` for system call `number`, else skip it. The body must return."""
    return _step(_JUMP_EQUAL, number, 0, len(body)) + b"".join(body)


def _any_of(values: tuple[int, ...]) -> list[bytes]:
    """Allow where what was loaded is one of `values`."""
    return [step for value in values for step in (_step(_JUMP_EQUAL, value, 0, 1), _step(_RETURN, _ALLOW))]


def _prologue() -> bytes:
    return b"".join(
        [
            _step(_LOAD, _OFFSET_ARCHITECTURE),
            _step(_JUMP_EQUAL, _AUDIT_X86_64, 1, 0),
            _step(_RETURN, _KILL_PROCESS),
            _step(_LOAD, _OFFSET_NUMBER),
            _step(_JUMP_ABOVE_OR_EQUAL, _X32_BIT, 0, 1),
            _step(_RETURN, _KILL_PROCESS),
        ]
    )


_PASS, _DENY = _step(_RETURN, _ALLOW), _step(_RETURN, _ERRNO | _EPERM)


def _unless(number: int, argument: int, bits: int, otherwise: bytes = _DENY) -> bytes:
    """The call is allowed unless an argument has any of these bits."""
    return _when(
        number, _step(_LOAD, _argument(argument)), _step(_JUMP_ANY_BIT, bits & 0xFFFFFFFF, 0, 1), otherwise, _PASS
    )


def _if(number: int, argument: int, value: int, then: bytes, otherwise: bytes) -> bytes:
    """What becomes of the call where an argument is `value`, and where it is not."""
    return _when(number, _step(_LOAD, _argument(argument)), _step(_JUMP_EQUAL, value, 0, 1), then, otherwise)


def _rules_of_processes() -> list[bytes]:
    """Threads, signals, and one's own limits: of each call one form only."""
    return [
        # clone only for a thread; clone3 hides its flags behind a pointer, so glibc is told to use clone
        _when(
            _CLONE,
            _step(_LOAD, _argument(0)),
            _step(_AND, 0xFFFFFFFF & ~_CLONE_OPTIONS),
            _step(_JUMP_EQUAL, _CLONE_SHARED, 0, 1),
            _PASS,
            _DENY,
        ),
        _when(_CLONE3, _step(_RETURN, _ERRNO | _ENOSYS)),
        # A process that is killed before it said anything was killed by the machine: no fault of the student's.
        _if(_KILL, 1, _SIGKILL, _DENY, _PASS),
        _if(_TGKILL, 2, _SIGKILL, _DENY, _PASS),
        # reading one's own limits, never setting any
        _when(
            _PRLIMIT,
            _step(_LOAD, _argument(2)),
            _step(_JUMP_EQUAL, 0, 0, 3),
            _step(_LOAD, _argument(2, high=True)),
            _step(_JUMP_EQUAL, 0, 0, 1),
            _PASS,
            _DENY,
        ),
        _if(_PRCTL, 0, _PR_SET_NAME, _PASS, _DENY),
    ]


def _rules_of_memory_and_files() -> list[bytes]:
    """Mappings, descriptors, terminals: of each call the harmless forms only."""
    return [
        _when(_MADVISE, _step(_LOAD, _argument(2)), *_any_of(_ADVICE), _step(_RETURN, _ERRNO | _EINVAL)),
        _unless(_MMAP, 3, _UNBOUNDED_MAPPINGS),
        _unless(_PIPE2, 1, ~_PIPE_FLAGS),
        _unless(_CLOSE_RANGE, 2, _CLOSE_RANGE_UNSHARE),
        # Refused as by a file system that has no such files, so that libraries do without.
        _unless(_OPEN, 1, _O_TMPFILE, _step(_RETURN, _ERRNO | _EOPNOTSUPP)),
        _unless(_OPENAT, 2, _O_TMPFILE, _step(_RETURN, _ERRNO | _EOPNOTSUPP)),
        _when(_FCNTL, _step(_LOAD, _argument(1)), *_any_of(_FCNTL_COMMANDS), _DENY),
        # "is this a terminal" and nothing else: TIOCSTI and its relatives type into other people's terminals
        _if(_IOCTL, 1, _TCGETS, _PASS, _step(_RETURN, _ERRNO | _ENOTTY)),
    ]


def build_filter() -> bytes:
    """The filter as a classic BPF program, built once in the zygote and installed in every child."""
    allowed = b"".join(_when(number, _step(_RETURN, _ALLOW)) for number in sorted(_ALLOWED.values()))
    rules = b"".join([*_rules_of_processes(), *_rules_of_memory_and_files()])
    return _prologue() + rules + allowed + _step(_RETURN, _ERRNO | _EPERM)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def install_filter(program: bytes) -> None:
    """Put this process under `program` for the rest of its life. Needs no_new_privs."""
    kernel.prctl(
        kernel.PRCTL_SECCOMP, _MODE_FILTER, ctypes.byref(_Program(len(program) // struct.calcsize("<HBBI"), program))
    )
