"""Huge pages for the fork server, for speed alone: a fork copies the table of pages, and this makes it short."""
import ctypes

from .isolate import libc

HUGE_PAGE = 2 ** 21
MADV_COLLAPSE = 25


def use_huge_pages():
    """Move the memory of this process into huge pages, where the system can."""
    madvise = libc.madvise
    madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    with open("/proc/self/maps") as regions:
        for addresses, rights, _, _, _, *name in map(str.split, regions.readlines()):
            if rights.startswith("rw") and name in ([], ["[heap]"]):
                start, end = (int(address, 16) for address in addresses.split("-"))
                start, end = -(-start // HUGE_PAGE) * HUGE_PAGE, end // HUGE_PAGE * HUGE_PAGE
                if start < end:
                    madvise(start, end - start, MADV_COLLAPSE)
