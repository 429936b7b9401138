"""A filter of system calls, against what a process without rights can still reach and no notebook needs.

In a new namespace the process would have rights again. Memory that belongs to no process would be counted nowhere.

Source    The Linux Kernel documentation, Seccomp BPF (SECure COMPuting with filters)
"""
import errno

LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06        # instructions of the filter
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16                                            # places in what it looks at
ALLOW, ERROR = 0x7fff0000, 0x00050000
NEW_NAMESPACES = 0x7e020000                     # any of CLONE_NEW* among the flags of clone
OTHER_ABI = 0x40000000                          # numbers of x32, a second way to call the same system on x86_64

EVERYWHERE = {                                  # the same numbers on all processors
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442, "memfd_secret": 447,
}
FAMILIES = (1, 2, 10, 16)                       # AF_UNIX, AF_INET, AF_INET6; a kernel asks AF_NETLINK for its addresses
MACHINES = {                                    # {machine: (architecture, clone, (socket, socketpair), {name: number})}
    "x86_64": (0xc000003e, 56, (41, 53), {
        "shmget": 29, "semget": 64, "msgget": 68, "ptrace": 101, "pivot_root": 155, "chroot": 161, "mount": 165,
        "umount2": 166, "mq_open": 240, "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272,
        "perf_event_open": 298, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
        "memfd_create": 319, "bpf": 321, "userfaultfd": 323}),
    "aarch64": (0xc00000b7, 220, (198, 199), {
        "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "unshare": 97, "ptrace": 117, "mq_open": 180,
        "msgget": 186, "semget": 190, "shmget": 194, "add_key": 217, "request_key": 218, "keyctl": 219,
        "perf_event_open": 241, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
        "memfd_create": 279, "bpf": 280, "userfaultfd": 282}),
}
CLONE3 = 435                                    # its flags lie in memory, where a filter cannot look


def program(machine):
    """The instructions of the filter, as bytes.

    Raises    OSError if the numbers of this machine's system calls are not known here
    """
    if machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"no filter of system calls is known for {machine}")
    architecture, clone, sockets, names = MACHINES[machine]
    refused = sorted({*EVERYWHERE.values(), *names.values()})
    lines = [(LOAD, 0, 0, ARCHITECTURE), (JUMP_EQUAL, 1, 0, architecture), (RETURN, 0, 0, ERROR | errno.EPERM),
             (LOAD, 0, 0, NUMBER), (JUMP_AT_LEAST, 0, 1, OTHER_ABI), (RETURN, 0, 0, ERROR | errno.EPERM),
             (JUMP_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ERROR | errno.ENOSYS)]            # the C library then takes clone
    for number in refused:
        lines += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ERROR | errno.EPERM)]
    for number in sockets:
        lines += [(JUMP_EQUAL, 0, len(FAMILIES) + 3, number), (LOAD, 0, 0, FIRST_ARGUMENT),
                  *((JUMP_EQUAL, left, 0, family) for left, family in zip(range(len(FAMILIES), 0, -1), FAMILIES)),
                  (RETURN, 0, 0, ERROR | errno.EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
    lines += [(JUMP_EQUAL, 0, 3, clone), (LOAD, 0, 0, FIRST_ARGUMENT), (JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES),
              (RETURN, 0, 0, ERROR | errno.EPERM), (RETURN, 0, 0, ALLOW)]
    return b"".join(instruction(*line) for line in lines)


def instruction(code, if_true, if_false, value):
    """One instruction, struct sock_filter."""
    return code.to_bytes(2, "little") + bytes([if_true, if_false]) + value.to_bytes(4, "little")
