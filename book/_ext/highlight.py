"""Highlighted code in a fifth of its usual markup: `<k->for</k->`, where Pygments writes `<span class="k">for</span>`.

A chapter has several thousand words and signs of code, and with spans they are two thirds of its page. Neighbours that
look alike in both modes share one element, and what looks like the text around it has none. A name with a hyphen is
that of a custom element, which means as little as a span. The colours are those of the theme's two styles, but for
operators and numbers: a style gives operators the colour of strings, and digits need no colour to be told from words.
"""
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path

from pygments.formatters import HtmlFormatter
from pygments.token import STANDARD_TYPES, Number, Operator, Text
from sphinx.highlighting import PygmentsBridge

STYLES = {}                                              # light and dark, from the theme's options


class ElementFormatter(HtmlFormatter):
    """Pygments' HTML with the elements above."""

    def _format_lines(self, tokens):
        line = ""
        for (before, after), run in groupby(tokens, lambda token: tags(token[0])):
            first, *others = escape("".join(text for _, text in run), quote=False).split("\n")
            line += before + first + after if first else ""
            for text in others:
                yield 1, line + "\n"
                line = before + text + after if text else ""
        if line:
            yield 1, line


@cache
def tags(token):
    """What stands before and after a token. Types that Pygments does not know belong to another style sheet."""
    if token not in STANDARD_TYPES:
        return f'<span class="{HtmlFormatter()._get_css_classes(token)}">', "</span>"
    if look(token) == look(Text):
        return "", ""
    alike = [name for other, name in STANDARD_TYPES.items() if look(other) == look(token)]
    name = min(alike, key=len)
    return f"<{name}->", f"</{name}->"


@cache
def look(token):
    """The declarations of a token in the light and the dark style."""
    name = STANDARD_TYPES[Text if token is Operator or token in Number else token]
    return tuple(formatter.class2style.get(name, ("",))[0] for formatter in STYLES.values())


def read_styles(app):
    """Formatters of both styles, and the style sheet of the elements."""
    tags.cache_clear()
    look.cache_clear()
    options = app.config.html_theme_options
    STYLES.update({mode: HtmlFormatter(style=options[f"pygments_{mode}_style"]) for mode in ("light", "dark")})
    elements = {tags(token)[0].strip("<>"): look(token) for token in STANDARD_TYPES if tags(token)[0]}
    rules = [f'html[data-theme="{mode}"] .highlight {element} {{ {declarations} }}\n'
             for element, modes in elements.items() for mode, declarations in zip(STYLES, modes) if declarations]
    target = Path(app.outdir, "_static", "highlight.css")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(rules), "utf-8")


def setup(app):
    PygmentsBridge.html_formatter = ElementFormatter
    app.connect("builder-inited", read_styles)
    app.add_css_file("highlight.css")
    return {"parallel_read_safe": True}
