"""What grading says when it cannot go on."""


class GradingError(RuntimeError):
    """An instructor's problem, never a student's: the message says what to do."""


def require(module):
    """Import a module of the grading extra, else GradingError that says how to get it."""
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        raise GradingError(f"grading: {module.partition('.')[0]} is not installed.\n"
                           "Install it with: pip install 'nnlib[grading]'") from None
