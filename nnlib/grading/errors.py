"""What grading says when it cannot go on."""


class GradingError(RuntimeError):
    """An instructor's problem, never a student's: the message says what to do."""


class Interrupted(GradingError):
    """Somebody pressed Control-C. Everything that is graded is kept."""


class NeedsAttention(Exception):
    """One submission cannot be graded as it is; the text is the reason in one sentence. The others go on."""


def require(module, extra="grading"):
    """Import a module of an extra, else GradingError that says how to get it."""
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        raise GradingError(f"grading: {module.partition('.')[0]} is not installed.\n"
                           f"Install it with: pip install 'one-gradient[{extra}]'") from None
