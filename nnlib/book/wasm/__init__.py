"""The library's own kernels in a page of the book: compiled to WebAssembly when the book is built."""
from .export import ExportError, Module, export, missing_tool
from .page_script import cached, script_of

__all__ = ["ExportError", "Module", "cached", "export", "missing_tool", "script_of"]
