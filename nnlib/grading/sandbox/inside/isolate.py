"""Namespaces, mounts, limits and rights of one submission. Standard library only."""
import contextlib
import ctypes
import os
import resource
import signal

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522

SCRATCH = "/scratch"                                # what a submission may write; it works in the folder work inside


def check(result, what):
    """OSError where a call of the C library failed."""
    if result:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def unshare():
    """Move this process into new namespaces. Its next child is the first process of a new pid namespace."""
    user, group = os.getuid(), os.getgid()
    check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def mount(size):
    """Cover every place where something could be left for other submissions, or found from them."""
    check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "make mounts private")
    options = f"size={size},nr_inodes=8192,mode=755".encode()
    check(libc.mount(b"tmpfs", SCRATCH.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options), "mount scratch")
    for name, folder in (("tmp", "/tmp"), ("shm", "/dev/shm"), ("cache", "/cache")):
        os.mkdir(f"{SCRATCH}/{name}")
        check(libc.mount(f"{SCRATCH}/{name}".encode(), folder.encode(), None, MS_BIND, None), f"mount {folder}")
    # a fresh /proc is refused where bubblewrap has covered parts of the outer one; none shows no other process
    check(libc.mount(b"tmpfs", b"/proc", b"tmpfs", MS_NOSUID | MS_NODEV, b"size=4k,mode=555"), "cover /proc")
    os.mkdir(f"{SCRATCH}/work")
    os.chdir(f"{SCRATCH}/work")


def limit(limits):
    """Limits of each process. The sum over processes is watched from outside."""
    with contextlib.suppress(ValueError):           # a hard limit that is lower stays
        resource.setrlimit(resource.RLIMIT_NPROC, (limits["processes"],) * 2)
    for kind, value in ((resource.RLIMIT_AS, limits["address_space"]), (resource.RLIMIT_FSIZE, limits["file"]),
                        (resource.RLIMIT_CPU, limits["cpu"] + 1), (resource.RLIMIT_NOFILE, 256), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        value = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        resource.setrlimit(kind, (value, value))
    soft = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (max(1, soft - 1), soft))      # SIGXCPU, which says what it is, before SIGKILL


class Program(ctypes.Structure):
    """A filter of system calls, struct sock_fprog."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def give_up_rights(program):
    """No capabilities, no way to get any, and no system call but those that a program of syscalls.py allows.

    This holds for the process and for all that it starts.
    """
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    header, data = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    check(libc.capset(header, data), "drop capabilities")
    text = Program(len(program) // 8, program)
    check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(text), 0, 0), "filter system calls")


def die_with_parent():
    """Be killed as soon as the parent ends."""
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "parent-death signal")


def adopt_orphans():
    """Children whose parents end become children of this process, so that they are found and killed with it."""
    check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "adopt orphans")
