"""A deck of slides in a browser."""


def laid_out(page):
    """Wait until what is too large for its slide was made smaller, which mathematics has to be there for."""
    page.wait_for_function("document.querySelector('.slide:last-child').style.getPropertyValue('--fit')")


def shown_all(page):
    """Show all slides one under another, as Escape does."""
    laid_out(page)
    page.keyboard.press("Escape")


def overflowing(page):
    """The slides of fixed size of which something is cut off."""
    return page.evaluate("""() => [...document.querySelectorAll(".slide")].filter(slide => {
        const parts = [...slide.querySelectorAll("p, li, img, figcaption, mjx-math")]
        return parts.filter(part => part.checkVisibility()).some(part => {
            const inside = part.closest("div.math, .slide").getBoundingClientRect(), box = part.getBoundingClientRect()
            return box.bottom > inside.bottom + 1 || box.right > inside.right + 1 || box.top < inside.top - 1
        })
    }).map(slide => slide.id)""")
