"""The directive kernel: the source of a plain kernel, as the library has it, so that a chapter never types it twice.

    ```{kernel} conv2d_forward
    ```

Its docstring is left out: the chapter has just said all that. A line below the code says which file it is from, linked to
the repository that _config.yml names.
"""
import ast
import difflib
import inspect
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import nnlib
from nnlib.kernels import plain

ROOT = Path(nnlib.__file__).parents[1]                   # of the repository that nnlib is installed from
PLAIN = {name: value for name, value in vars(plain).items() if inspect.isfunction(value)}


class PlainKernel(SphinxDirective):
    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        if name not in PLAIN:
            close = difflib.get_close_matches(name, PLAIN, n=3)
            raise self.error(f"kernel: nnlib.kernels.plain has no {name!r}. " +
                             (f"Did you mean {' or '.join(close)}?" if close else "Its __init__.py lists what it has."))
        path, _ = place(PLAIN[name])
        self.env.note_dependency(str(ROOT / path))
        code = shown_source(PLAIN[name])
        block = nodes.literal_block(code, code, language="python", classes=["plain-kernel"])
        self.set_source_info(block)
        below = nodes.paragraph("", "", source_link(self.config, PLAIN[name], path), classes=["plain-kernel-source"])
        return [block, below]


def shown_source(kernel):
    """The source of a kernel without its docstring."""
    lines = inspect.getsource(kernel).splitlines()
    docstring = ast.parse("\n".join(lines)).body[0].body[0]
    del lines[docstring.lineno - 1:docstring.end_lineno]
    return "\n".join(lines)


def place(kernel):
    """Where a kernel stands: its path from the root of the repository, and its line."""
    function = inspect.unwrap(getattr(kernel, "py_func", kernel))
    return Path(inspect.getsourcefile(function)).relative_to(ROOT).as_posix(), inspect.getsourcelines(function)[1]


def source_link(config, kernel, text):
    """A link to the source of a kernel in the repository."""
    path, line = place(kernel)
    return file_link(config, f"{path}#L{line}", text)


def file_link(config, path, text):
    """A link to a file of the repository."""
    options = config.html_theme_options
    address = f"{options['repository_url']}/blob/{options['repository_branch']}/{path}"
    return nodes.reference("", "", nodes.literal("", text), refuri=address)


def setup(app):
    app.add_directive("kernel", PlainKernel)
    return {"parallel_read_safe": True}
