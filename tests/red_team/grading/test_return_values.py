"""Attacks on the comparison: patched functions, and values that claim to equal everything."""
from red_team.grading.arena import Attacks, answer, if_found, returning

ATTACKS = Attacks()


@ATTACKS
def patched_numpy(notebook, folder):
    """Replace what a comparison could call."""
    return returning(notebook, "0.0", """
        import numpy as np
        for name in ("allclose", "array_equal", "isclose", "all", "abs", "isfinite", "subtract"):
            setattr(np, name, lambda *arguments, **named: True)
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *arguments, **named: None
        """)


@ATTACKS
def patched_grader(notebook, folder):
    """Replace the library's own checks, and the grader's modules where the kernel has them."""
    return returning(notebook, "0.0", """
        import sys
        from nnlib import check
        from nnlib.check import report
        report.Report.points = lambda self, total: total
        report.Report.__bool__ = lambda self: True
        check.example = check.gradient = lambda *arguments, **named: True
        for name, module in list(sys.modules.items()):
            if name.startswith("nnlib.grading"):
                for member in ("compare", "trouble", "find_troubles", "same", "agrees", "plain", "output_of"):
                    if hasattr(module, member):
                        setattr(module, member, lambda *arguments: "")
        """)


@ATTACKS
def patched_builtins(notebook, folder):
    """Replace isinstance, type, len and abs for everybody in the process."""
    return returning(notebook, "0.0", """
        import builtins
        builtins.isinstance = lambda *arguments: True
        builtins.abs = builtins.len = builtins.max = lambda *arguments: 0
        """)


@ATTACKS
def agreeing_subclass(notebook, folder):
    """An array subclass whose comparisons are all true and whose differences are all zero."""
    return returning(notebook, "np.zeros(3).view(Agrees)", """
        import numpy as np
        class Agrees(np.ndarray):
            def __array_function__(self, *arguments, **named): return True
            def __array_ufunc__(self, *arguments, **named): return np.zeros(())
            __eq__ = __le__ = __ge__ = lambda self, other: True
            __sub__ = __rsub__ = lambda self, other: 0.0
            shape = property(lambda self: ())
        """)


@ATTACKS
def agreeing_float(notebook, folder):
    """A float subclass and an object with __array__ that agree with whatever they meet."""
    return returning(notebook, "Agrees(1.0)", """
        class Agrees(float):
            __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda self, other: True
            __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0
            def __array__(self, *arguments, **named): return np.asarray(0.0)
        """)


@ATTACKS
def agreeing_tuple(notebook, folder):
    """A tuple that has as many outputs as anybody asks for."""
    return returning(notebook, "Many()", """
        class Many(tuple):
            def __len__(self): return 2
            def __iter__(self): return iter((Many(), Many()))
            def __getitem__(self, i): return Many()
            __eq__ = lambda self, other: True
        """)


def simple(name, value, text, setup=""):
    """An attack that returns one odd value from every function."""
    def build(notebook, folder):
        return returning(notebook, value, setup)
    build.__name__, build.__doc__ = name, text
    ATTACKS(build)


simple("not_a_number", "np.nan", "NaN, which no comparison with < catches.")
simple("infinite", "np.inf", "An infinite value and tolerance.")
simple("object_dtype", "np.array([Zero()], dtype=object)", "An array of objects whose differences are zero.",
       "class Zero:\n    __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0\n    __le__ = lambda self, other: True\n")
simple("structured_dtype", "np.zeros(3, dtype=[('a', 'f8'), ('b', 'O')])", "An array of records with objects in them.")
simple("long_double", "np.zeros(3, np.longdouble)", "Numbers of more bytes than a reply knows.")
simple("masked", "np.ma.masked_all(3)", "Masked entries: comparing them gives masked, which is not False.")
simple("text", "'right'", "A text.")
simple("huge_broadcast", "np.broadcast_to(0.0, (10 ** 6, 10 ** 6))", "A shape of 8 TB that takes 8 bytes.")
simple("huge_reply", "np.zeros(2 * 10 ** 7)", "A reply of 160 MB.")
simple("huge_list", "[0.0] * 3_000_000", "A long list.")
simple("nested_list", "deep()", "A list nested a hundred thousand times.",
       "def deep():\n    value = 0.0\n    for _ in range(100_000):\n        value = [value]\n    return value\n")
simple("endless_list", "loop()", "A list that holds itself.",
       "def loop():\n    value = []\n    value.append(value)\n    return value\n")
simple("generator", "(x for x in [0.0])", "A generator.")
simple("huge_number", "10 ** 5000", "A whole number that no float holds.")
simple("empty", "np.zeros((0,))", "An empty array: all of nothing is true.")
simple("same_array", "arguments[0]", "The argument itself.")
simple("hostile_names", "type('<script>alert(1)</script>' * 50, (), {})()", "A type whose name is markup.")
simple("hostile_repr", "Bad()", "An object that raises whatever is asked of it.",
       "class Bad:\n    def __getattribute__(self, name):\n        raise SystemExit('full marks')\n")


@ATTACKS
def arguments_changed_into_outputs(notebook, folder):
    """Overwrite the arguments, in the hope that expected values are computed from them."""
    return returning(notebook, "wipe(arguments)", """
        def wipe(arguments):
            for a in arguments:
                if isinstance(a, np.ndarray):
                    a[...] = 0.0
            return 0.0
        """)


@ATTACKS
def changed_after_return(notebook, folder):
    """A thread goes on writing into an array that was returned."""
    return returning(notebook, "later()", """
        import threading, time
        def later():
            value = np.zeros(3)
            def write():
                for _ in range(1000):
                    value[...] = np.random.rand()
                    time.sleep(0.0001)
            threading.Thread(target=write, daemon=True).start()
            return value
        """)


@ATTACKS
def the_library_s_own_answer(notebook, folder):
    """Call the kernels, layers and losses of the library instead of answering."""
    return answer(
        notebook,
        sigmoid="import nnlib\ndef sigmoid(a):\n    return nnlib.kernels.sigmoid_forward(np.ascontiguousarray(a))",
        loss="""
            def loss(x, w, b, y):
                return nnlib.BinaryCrossEntropy().forward((x @ w + b)[:, None], y[:, None])""",
        gradient="""
            def gradient(x, w, b, y):
                da = nnlib.kernels.binary_cross_entropy_backward((x @ w + b)[:, None], y[:, None])
                dx, dw, db = nnlib.kernels.affine_backward(da, x, w[None], np.array([b]))
                return dw[0], db[0]""",
        step="""
            def step(x, w, b, y, learning_rate):
                (dw, db), w = gradient(x, w, b, y), w.copy()
                nnlib.kernels.sgd_update(w, dw, np.zeros_like(w), learning_rate, 0.0, False, 0.0)
                return w, b - learning_rate * db""",
        train="""
            def train(x, w, b, y, learning_rate, steps):
                losses = []
                for _ in range(steps):
                    losses.append(loss(x, w, b, y))
                    w, b = step(x, w, b, y, learning_rate)
                return w, b, np.array(losses)""")


@ATTACKS
def values_of_the_library(notebook, folder):
    """The library's Value or central differences, if they are there."""
    return if_found(notebook, """
        def found():
            import nnlib
            for way in (lambda: nnlib.Value(1.0), lambda: nnlib.numerical_gradient(np.sum, np.ones(2)),
                        lambda: nnlib.check.differences(np.sum, [np.ones(2)], [0])):
                try:
                    way()
                    return True
                except RuntimeError as error:
                    assert "is withheld" in str(error)
        """)


def test_it_gains_nothing(arena, attacker):
    arena.check(attacker)


def test_the_honest_keep_their_marks(arena):
    arena.check_honest()


def test_no_feedback_page_holds_markup_of_a_student(arena):
    for attack in ATTACKS.values():
        assert "<script>alert(1)" not in arena.feedback(attack.student)
