"""What axe finds on a page."""
from axe_playwright_python.sync_playwright import Axe

# axe would fetch the style sheets again, which file:// does not allow; only of faults does it describe every element,
# which takes most of its time
AXE = {"preload": False, "resultTypes": ["violations"]}
RULES = {"label-content-name-mismatch": {"enabled": True}}          # is not among its defaults
COLOURS = "color-contrast", "link-in-text-block"                    # the rules whose answer depends on the mode

# Marks words of code, links and cells that look as three earlier ones do: same elements, classes and colours around them.
# Three, because one may be half out of sight. Of hidden words and single letters axe says nothing: they do not count.
MARK_TWINS = """() => {
    const seen = {}
    for (const word of document.querySelectorAll("pre *, code, code *, td, th, a")) {
        if (word.children.length || !word.checkVisibility()) continue
        const kind = [getComputedStyle(word).color]
        for (let node = word; node; node = node.parentElement)
            kind.push(node.tagName, node.className, node.style.cssText, getComputedStyle(node).backgroundColor)
        word.toggleAttribute("data-twin", seen[kind] >= 3)
        if (word.textContent.trim().length > 1) seen[kind] = (seen[kind] ?? 0) + 1
    }
}"""


def in_both_modes(page):
    """Show a page in light mode, then in dark mode, and yield the name of each when it is there."""
    stand_still(page)
    for scheme in ("light", "dark"):
        show(page, scheme)
        yield scheme


def stand_still(page):
    """No transition from here on: colours half way would be measured."""
    page.add_style_tag(content="* { transition: none !important }")


def show(page, scheme):
    """Show a page in light or dark mode."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_selector(f"html[data-theme={scheme}]", state="attached")


def without_mathematics(page):
    """Take the glyphs of formulas out of a page, most of its elements: to the rules about colours they are no text."""
    page.evaluate("document.querySelectorAll('mjx-container').forEach(formula => formula.replaceChildren())")


def axe_faults(page):
    """What axe finds on a Playwright page: the rule and the element of every fault."""
    return _faults(page, rules=RULES)


def axe_faults_but_colours(page):
    """The same without the rules about colours, which alone have to be asked again in the other mode."""
    return _faults(page, rules=RULES | {rule: {"enabled": False} for rule in COLOURS})


def axe_faults_of_colours(page, inside="html"):
    """What the rules about colours find inside what a selector selects.

    Of words that look the same three are asked about: to see what lies behind a word takes most of the time.
    """
    page.evaluate(MARK_TWINS)
    return _faults(page, context={"include": [inside], "exclude": ["[data-twin]"]}, runOnly=COLOURS)


def _faults(page, context=None, **options):
    found = Axe().run(page, context, AXE | options).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]
