"""What a check found, as text and as a table in a notebook."""
import builtins
import html

import numpy as np


class Report:
    """What a check found: one Finding per output. True if all are right; drawn as a table in a notebook."""

    def __init__(self, function, findings, title="Check of"):
        self.function = function
        self.findings = findings
        self.title = title
        self.earned = None                       # the points, once it has been asked for them

    def __bool__(self):
        return all(finding.right for finding in self.findings)

    def points(self, total):
        """Show the report and return the points that its right outputs earn, in proportion to their weights."""
        show(self)
        earned = sum(finding.weight for finding in self.findings if finding.right)
        self.earned = round(float(total * earned / sum(finding.weight for finding in self.findings)), 2)
        return self.earned

    def __repr__(self):
        return "\n".join([f"{self.title} {self.function}"] + [
            f"{'right' if finding.right else 'wrong'}  {finding.name}: {finding.text}" for finding in self.findings])

    def _repr_html_(self):
        if not self.findings:
            return f"<p>{html.escape(self.title)} <code>{html.escape(self.function)}</code></p>"
        rows = "".join(row(finding) for finding in self.findings)
        return (f"<table style='margin:0.3em 0;border:none'><caption style='caption-side:top;text-align:left;"
                f"padding:0 0 0.3em;color:inherit'>{html.escape(self.title)} <code>{html.escape(self.function)}</code>"
                f"</caption><tbody>{rows}</tbody></table>")


class Finding:
    """The verdict on one output: its name, right or not, a sentence, which entries are wrong, and its share of points."""

    def __init__(self, name, right, text, wrong=None, weight=1):
        self.name, self.right, self.text, self.wrong, self.weight = name, right, text, wrong, weight


def show(report):
    """Draw a report in a notebook, print it elsewhere."""
    if hasattr(builtins, "get_ipython"):
        from IPython.display import display

        display(report)
    else:
        print(report)


def row(finding):
    """One row of the table of a Report."""
    mark, colour = ("&#10003;&nbsp;right", "#009e73") if finding.right else ("&#10007;&nbsp;wrong", "#d55e00")
    text = html.escape(finding.text).replace("\n", "<br>")
    cell = "style='text-align:left;vertical-align:top;padding:0.3em 0.8em"
    return (f"<tr><td {cell};white-space:nowrap;border-left:4px solid {colour}'>{mark}</td>"
            f"<td {cell}'><code style='white-space:nowrap'>{html.escape(finding.name)}</code></td>"
            f"<td {cell};max-width:44em'>{text}{picture(finding.wrong)}</td></tr>")


def picture(wrong):
    """The entries of a wrong output as small squares: filled with a cross where wrong, empty where right."""
    if wrong is None or not wrong.any() or wrong.ndim == 0 or wrong.ndim > 2 or max(wrong.shape) > 24:
        return ""
    rows = np.atleast_2d(wrong)
    side, marks = 14, []
    for i, j in np.ndindex(rows.shape):
        x, y = side * j + 1, side * i + 1
        fill = "#d55e00" if rows[i, j] else "none"
        marks.append(f"<rect x='{x}' y='{y}' width='12' height='12' fill='{fill}' stroke='#888'/>")
        if rows[i, j]:
            marks.append(f"<path d='M{x + 3} {y + 3}l6 6m0 -6l-6 6' stroke='white' stroke-width='1.5'/>")
    height, width = side * rows.shape[0] + 1, side * rows.shape[1] + 1
    return (f"<br><svg role='img' aria-label='{wrong.sum()} of {wrong.size} entries wrong' "
            f"width='{width}' height='{height}'>{''.join(marks)}</svg>")
