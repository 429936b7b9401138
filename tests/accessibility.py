"""What axe finds on a page."""
from axe_playwright_python.sync_playwright import Axe

# axe would fetch the style sheets again, which file:// does not allow; only of faults does it describe every element,
# which takes most of its time
AXE = {"preload": False, "resultTypes": ["violations"]}
RULES = {"label-content-name-mismatch": {"enabled": True}}          # is not among its defaults
COLOURS = "color-contrast", "link-in-text-block"                    # the rules whose answer depends on the mode


def in_both_modes(page):
    """Show a page in light mode, then in dark mode, and yield the name of each when it is there."""
    page.add_style_tag(content="* { transition: none !important }")      # colours half way would be measured
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector(f"html[data-theme={scheme}]", state="attached")
        yield scheme


def axe_faults(page):
    """What axe finds on a Playwright page: the rule and the element of every fault."""
    return _faults(page, rules=RULES)


def axe_faults_but_colours(page):
    """The same without the rules about colours, which alone have to be asked again in the other mode."""
    return _faults(page, rules=RULES | {rule: {"enabled": False} for rule in COLOURS})


def axe_faults_of_colours(page, inside=None, outside=None):
    """What the rules about colours find, where a selector is given only inside or outside what it selects."""
    context = {name: [selector] for name, selector in (("include", inside), ("exclude", outside)) if selector}
    return _faults(page, context=context or None, runOnly=COLOURS)


def _faults(page, context=None, **options):
    found = Axe().run(page, context, AXE | options).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]
