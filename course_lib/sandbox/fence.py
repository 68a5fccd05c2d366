"""The fence around student code, on Linux: resource limits, then Landlock, then seccomp.

Each layer is closed by the process itself and can never be opened again, neither by it nor by root.
None needs privileges, namespaces or a service.

    resource limits   how much memory and processor time; no file may grow
    Landlock          which files can be read: Python's standard library and NumPy; none is written
    seccomp           which system calls there are: no process, socket, signal, memory of others

Landlock is made by py-landlock, which knows every version of the kernel's interface (`landlock`
knows files only, and takes an old errno for a new one), seccomp by pyseccomp.
Sources: Salaün 2021, Landlock (Linux 5.13); Drewry 2012, seccomp filters (Linux 3.5).
"""

from __future__ import annotations

import errno
import os
import socket
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

SECRET = Path(__file__).resolve().parent.parent / "exercises" / "__init__.py"


class SandboxError(Exception):
    """The fence cannot be closed; the message is one line that names what is missing."""


def limit_resources(memory: int, cpu: float) -> None:
    """At most `memory` bytes of address space and `cpu` seconds of processor time."""
    import resource

    seconds = max(1, round(cpu))
    limits = {
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_CPU: (seconds, seconds + 1),  # a signal first, then the end
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (32, 32),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
    }
    for what, (soft, hard) in limits.items():
        _, allowed = resource.getrlimit(what)
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(what, (soft, hard))


def readable() -> Iterator[Path]:
    """What a notebook may import: the standard library and NumPy, but nothing installed beside."""
    for name in ("stdlib", "platstdlib"):
        for path in Path(sysconfig.get_path(name)).iterdir():
            if path.name not in ("site-packages", "dist-packages"):
                yield path
    numpy = Path(np.__file__).resolve().parent
    yield from (path for path in (numpy, numpy.parent / "numpy.libs") if path.exists())


def file_rules() -> int:
    """A Landlock ruleset (its descriptor): only `readable()` is read, and nothing written or run.

    Raises SandboxError where the kernel has no Landlock.
    """
    try:
        from py_landlock import (
            AccessFs,
            LandlockError,
            PathBeneathAttr,
            RulesetAttr,
            abi,
            add_rule,
            create_ruleset,
            get_abi_version,
        )
    except ImportError:
        raise SandboxError("the package 'py-landlock' is missing; install it") from None
    try:
        version = get_abi_version()
        # Everything that this kernel can refuse is refused, but for what the rules allow.
        ruleset = create_ruleset(
            RulesetAttr(
                handled_access_fs=abi.get_supported_fs(version),
                handled_access_net=abi.get_supported_net(version),
                scoped=abi.get_supported_scope(version),
            )
        )
        for path in readable():
            access = AccessFs.READ_FILE | (AccessFs.READ_DIR if path.is_dir() else AccessFs(0))
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                add_rule(ruleset, PathBeneathAttr(access, descriptor))
            finally:
                os.close(descriptor)
    except LandlockError as error:
        raise SandboxError(
            f"this kernel has no Landlock ({error}); Linux 5.13 or newer with Landlock is needed"
        ) from None
    return int(ruleset)


def lock_files(ruleset: int) -> None:
    """Landlock, from now on, for this process."""
    from py_landlock import LandlockError, landlock_sys, restrict_self
    from py_landlock.prctl import set_no_new_privs

    try:
        set_no_new_privs()
        restrict_self(landlock_sys.RulesetFd(ruleset), None)
    except (LandlockError, OSError) as error:
        raise SandboxError(f"Landlock refused to close ({error})") from None
    finally:
        os.close(ruleset)


# What running Python needs: memory, time, its own descriptors, and reading files. Some of these do
# not exist on every processor.
ALLOWED = (
    *("brk", "mmap", "munmap", "mremap", "mprotect", "futex", "rseq"),
    *("read", "readv", "pread64", "write", "writev", "close", "lseek", "dup", "dup2", "dup3"),
    *("fstat", "newfstatat", "stat", "lstat", "statx", "access", "faccessat", "faccessat2"),
    *("readlink", "readlinkat", "getdents64", "getcwd", "poll", "ppoll", "select", "pselect6"),
    *("clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time"),
    *("times", "getrusage", "getrandom", "uname", "sched_yield", "sched_getaffinity"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"),
    *("getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "set_robust_list"),
    *("exit", "exit_group"),
)
# Of the advice on memory what allocators give (DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE). Other advice
# takes pages from the whole machine: HWPOISON, as root, also those that other programs share.
ADVICE = (4, 8, 14, 15)
READ_ONLY = (
    os.O_WRONLY
    | os.O_RDWR
    | os.O_CREAT
    | os.O_TRUNC
    | getattr(os, "O_TMPFILE", 0) & ~(getattr(os, "O_DIRECTORY", 0))
)


def call_filter() -> Any:
    """The seccomp filter; its load() closes it. Raises SandboxError without libseccomp."""
    try:
        import pyseccomp as seccomp
    except ImportError:
        raise SandboxError("the package 'pyseccomp' is missing; install it") from None
    except RuntimeError:
        raise SandboxError(
            "the library libseccomp is missing; install Debian's package libseccomp2 or its like"
        ) from None
    import fcntl

    calls = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))

    def allow(name: str, *conditions: Any) -> None:
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:
            calls.add_rule(seccomp.ALLOW, name, *conditions)

    for name in ALLOWED:
        allow(name)
    for advice in ADVICE:
        allow("madvise", seccomp.Arg(2, seccomp.EQ, advice))
    allow("open", seccomp.Arg(1, seccomp.MASKED_EQ, READ_ONLY, 0))
    allow("openat", seccomp.Arg(2, seccomp.MASKED_EQ, READ_ONLY, 0))
    for command in (fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_DUPFD_CLOEXEC):
        allow("fcntl", seccomp.Arg(1, seccomp.EQ, command))
    # "Not there" rather than "not allowed": the C library then falls back to older calls.
    for name in ("clone3", "openat2", "close_range"):
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:
            calls.add_rule(seccomp.ERRNO(errno.ENOSYS), name)
    return calls


def filter_calls(calls: Any) -> None:
    """seccomp, from now on, for this process."""
    try:
        calls.load()
    except OSError as error:
        raise SandboxError(f"seccomp refused to close ({error})") from None


def _read_secret() -> None:
    os.close(os.open(SECRET, os.O_RDONLY))


def _write() -> None:
    os.close(os.open(os.devnull, os.O_WRONLY))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def prove_closed(memory: int) -> None:
    """Try what must be impossible. Raises SandboxError if any of it is possible."""
    tries = {
        "read the course's answers": _read_secret,
        "write to a file": _write,
        "start a process": _fork,
        "open a socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "send a signal": lambda: os.kill(os.getpid(), 0),
    }
    for what, attempt in tries.items():
        try:
            attempt()
        except PermissionError:
            continue
        except OSError as error:
            raise SandboxError(f"the fence answers oddly to '{what}': {error}") from None
        raise SandboxError(f"the fence is open: it is possible to {what}")
    try:
        np.empty(memory, np.uint8)
    except MemoryError:
        return
    raise SandboxError("the fence is open: there is no limit of memory")
