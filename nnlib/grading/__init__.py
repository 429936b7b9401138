"""For instructors: assignments made from text, hidden tests, and marks through nbgrader."""
import importlib

__all__ = ["GradingError", "Interrupted", "hidden_tests"]


def __getattr__(name):
    """A public name, imported when it is first asked for: a student's process imports this package, and has none of them."""
    if name in __all__:
        module = importlib.import_module(".comparison.hidden" if name == "hidden_tests" else ".errors", __name__)
        return getattr(module, name)
    raise AttributeError(f"module 'nnlib.grading' has no attribute {name!r}")
