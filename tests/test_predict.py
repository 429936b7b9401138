"""The directives predict, explain and predictions, on a small book with the real theme, extension and static files."""
import live_book
import pytest
from accessibility import axe_faults
from bs4 import BeautifulSoup

CONF = "extensions += ['predict']\nmyst_enable_extensions = ['dollarmath']\n"
CHAPTER = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---

# One chapter

```{predict} five-or-six
:answer: 2

What is 2 + 3?

1. Four.
2. Five.
```

```{code-cell} python
from myst_nb import glue
glue("third", 1 / 3, display=False)
print("it is", 2 + 3)
```

(in-between)=
A sentence in between.

```{explain}
Two and three are five.
```

```{predict} a-third
:answer: "{glue:text}`third:.2f`"
:within: 0.05

How much is a third? It is not {ref}`five <in-between>`.
```

```{explain}
A third is three times in one.
```
"""


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The folder of the built book."""
    folder = tmp_path_factory.mktemp("predict")
    live_book.build(folder, {"01_one": CHAPTER, "predictions": "# Your predictions\n\n```{predictions}\n```\n"}, conf=CONF)
    return folder / "_build" / "html"


@pytest.fixture
def page(html, browser):
    """The chapter, opened by a reader whose browser remembers nothing yet."""
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto((html / "01_one.html").as_uri())
    yield page
    context.close()


def question(page, place):
    return page.locator(".predict").nth(place)


def status(page, place):
    return question(page, place).get_by_role("status").inner_text()


def shown(page, text):
    """Whether the reader sees this text."""
    return page.get_by_text(text).first.evaluate("node => node.checkVisibility()")


def test_without_javascript_question_output_and_answer_stand_in_this_order(html):
    soup = BeautifulSoup((html / "01_one.html").read_text(), "html.parser")
    text = " ".join(soup.select_one("article").get_text(" ").split())
    words = ["What is 2 + 3 ?", "Four.", "Five.", "it is 5", "in between", "Answer: b", "Two and three are five.",
             "How much is a third?", "Answer: 0.33", "A third is three times in one."]
    places = [text.replace("3?", "3 ?").find(word) for word in words]
    assert -1 not in places and places == sorted(places)
    assert not soup.select("article [hidden], article input, article button[type]")


def test_code_shows_and_what_answers_the_question_waits(page):
    seen = [text for text in ("What is 2", "glue(", "it is 5", "A sentence in between.", "Two and three are five.")
            if shown(page, text)]
    assert seen == ["What is 2", "glue("]


def test_a_keyboard_is_enough_and_the_focus_goes_to_the_verdict(page):
    question(page, 0).get_by_role("radio").first.focus()
    for key in ("ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    assert status(page, 0) == "You said b, and that is right."
    assert page.evaluate("document.activeElement.getAttribute('role')") == "status"
    assert shown(page, "it is 5")


def test_a_wrong_choice_is_said_to_be_wrong_and_can_be_taken_back(page):
    question(page, 0).get_by_role("radio").first.check()
    question(page, 0).get_by_text("That is my prediction").click()
    assert status(page, 0) == "You said a. It is b."
    question(page, 0).get_by_text("Ask me again").click()
    assert status(page, 0) == "" and question(page, 0).get_by_role("radio").first.is_enabled()
    assert page.evaluate("localStorage.length === 0 || localStorage.getItem(localStorage.key(0)) === '{}'")


@pytest.mark.parametrize("said, verdict", [
    ("0.33", "You said 0.33, and that is right."), ("0,37", "You said 0,37. Close enough: it is 0.33."),
    ("35 %", "You said 35 %. Close enough: it is 0.33."), ("3.3e-1", "You said 3.3e-1. Close enough: it is 0.33."),
    ("0.39", "You said 0.39. It is 0.33."), ("\u22120.33", "You said \u22120.33. It is 0.33."),
    ("a third", "Write a number first, such as 0.25."), ("", "Write a number first, such as 0.25.")])
def test_a_number_counts_as_people_write_it_within_what_is_allowed(page, said, verdict):
    question(page, 1).get_by_role("textbox").fill(said)
    page.keyboard.press("Enter")
    assert status(page, 1) == verdict


def test_who_chooses_nothing_is_told_so_and_just_show_me_is_always_there(page):
    question(page, 0).get_by_text("That is my prediction").click()
    assert status(page, 0) == "Choose one first, or let the page show you."
    question(page, 0).get_by_text("Just show me").click()
    assert status(page, 0) == "It is b." and shown(page, "it is 5")


def test_answers_outlive_the_page_and_are_listed_by_chapter_until_they_are_cleared(page, html):
    question(page, 0).get_by_role("radio").first.check()
    question(page, 0).get_by_text("That is my prediction").click()
    page.reload()
    assert status(page, 0) == "You said a. It is b." and status(page, 1) == ""
    page.goto((html / "predictions.html").as_uri())
    listed = page.locator(".predictions")
    assert listed.get_by_role("link", name="One chapter").count() == 1 and listed.get_by_role("listitem").count() == 2
    assert "answered 1 of 2 questions, 0 of them right" in listed.inner_text()
    assert "You said a. It is b." in listed.inner_text()
    assert axe_faults(page) == []
    listed.get_by_role("button").click()
    assert "You said a" in listed.inner_text()               # it asks once more
    listed.get_by_role("button").click()
    assert "You have not answered any question yet" in listed.inner_text()


def test_a_link_in_a_question_leads_from_the_list_to_its_chapter(html):
    listed = BeautifulSoup((html / "predictions.html").read_text(), "html.parser").select_one("#of-01-one-a-third")
    assert [link["href"] for link in listed.select("a")] == ["01_one.html#in-between", "01_one.html#predict-a-third"]


def test_a_link_into_what_waits_shows_it(page, html):
    page.goto((html / "01_one.html").as_uri() + "#in-between")
    page.reload()
    assert shown(page, "A sentence in between.") and shown(page, "it is 5")


def test_print_shows_questions_and_answers(page):
    page.emulate_media(media="print")
    for text in ("Four.", "it is 5", "Answer: b", "Answer: 0.33"):
        assert shown(page, text)
    assert not shown(page, "Just show me")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_before_and_after_an_answer(page, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.add_style_tag(content="* { transition: none !important }")
    assert axe_faults(page) == []
    question(page, 0).get_by_text("Just show me").click()
    assert axe_faults(page) == []


def test_a_browser_that_keeps_nothing_still_asks_and_answers(page):
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied') }})")
    page.reload()
    question(page, 0).get_by_role("radio").nth(1).check()
    question(page, 0).get_by_text("That is my prediction").click()
    assert status(page, 0) == "You said b, and that is right."


def test_a_question_that_cannot_be_answered_fails_the_build_with_the_reason(tmp_path):
    choices = "\n\nQ?\n\n1. A\n2. B\n"
    faults = {
        f"{{predict}} lonely\n:answer: 1{choices}": "predict bad0/lonely: the question is never resolved",
        "{explain}\nBecause.\n": "explain: there is no question",
        f"{{predict}} far\n:answer: 3{choices}": "predict far: the answer is '3', expected the place of a choice, 1 to 2",
        f"{{predict}} none{choices}": "predict none: there is no answer",
        f"{{predict}} Far\n:answer: 1{choices}": "the label is 'Far', expected lower-case words with hyphens",
        "{predict} far\n:answer: 3\n:within: near\n\nQ?\n": "within is 'near', expected a share or a number",
    }
    pages = {f"bad{place}": f"# Bad\n\n```{text}```\n" for place, text in enumerate(faults)}
    done = live_book.build(tmp_path, pages, conf=CONF, check=False)
    assert done.returncode != 0 and [words for words in faults.values() if words not in done.stderr] == []
