"""What axe finds on a page."""
from axe_playwright_python.sync_playwright import Axe

# axe would fetch the style sheets again, which file:// does not allow; only of faults does it describe every element,
# which takes most of its time; the last rule is not among its defaults
AXE = {"preload": False, "resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": True}}}


def axe_faults(page):
    """What axe finds on a Playwright page: the rule and the element of every fault."""
    return [f"{rule['id']}: {node['html'][:120]}" for rule in Axe().run(page, options=AXE).response["violations"]
            for node in rule["nodes"]]
