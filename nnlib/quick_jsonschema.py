"""Imports jsonschema, which nbformat uses, without the grammar of international addresses.

To read the grammar takes seconds, and no notebook holds such an address. Nobody else loses the package with the grammar.
"""
import contextlib
import sys

if not {"jsonschema", "rfc3987_syntax"} & set(sys.modules):
    sys.modules["rfc3987_syntax"] = None         # jsonschema takes that for a package that is not installed
    try:
        with contextlib.suppress(ModuleNotFoundError):
            import jsonschema  # noqa: F401
    finally:
        del sys.modules["rfc3987_syntax"]
