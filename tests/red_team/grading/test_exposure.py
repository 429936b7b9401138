"""Attacks on what must not be seen or touched: files of the course, other students, the gradebook, earlier submissions."""
import dataclasses
import os
import shutil
import textwrap

from red_team.grading import arena as arenas
from red_team.grading.arena import BEFORE, FULL, NAME, Attacks, fight, if_found, returning

ATTACKS = Attacks()
LIMITS = dataclasses.replace(arenas.LIMITS, cells=10, deadline=15)      # a probe looks to its end, and waits for nothing
PROBES = []
LOOK = """
    import os, sys
    def files():
        # all that a student could look through in time: what Python and the system bring is left out
        brought = {"site-packages", "proc", "sys", "usr"}
        for top in ("/", *(path + "/nnlib" for path in sys.path)):
            for folder, folders, names in os.walk(top):
                folders[:] = [name for name in folders if name not in brought]
                yield folder, names
    """


def probe(name, source, text, reported=""):
    """An attack that has right answers if ``found()`` sees what it must not see."""
    def build(notebook, folder):
        return if_found(notebook, textwrap.dedent(LOOK) + textwrap.dedent(source))
    build.__name__, build.__doc__ = name, text
    ATTACKS(build, reported)
    PROBES.append(name)


probe("control_of_nothing", "def found():\n    return False", "Nothing: without a find there are no points.")
probe("course_on_disk", """
    def found():
        secret = {"02_logistic.py", "gradebook.db", ".secret", "nbgrader_config.py", "journal.jsonl"}
        return [folder for folder, names in files() if secret & set(names)]
    """, "Walk over the disk for the assignment, the gradebook and the secret.")
probe("whole_library_on_disk", """
    def found():
        sources = [f"{folder}/activations.py" for folder, names in files() if folder.endswith("kernels")]
        assert sources
        return [path for path in sources if "exp(" in open(path).read()]
    """, "Look for the library's own source with its kernels.")
probe("kernels_in_numba_cache", """
    def found():
        return [name for folder, names in files() for name in names
                if name.endswith((".nbi", ".nbc")) and ("sigmoid" in name or "affine" in name)]
    """, "Look for compiled kernels in a Numba cache.")
probe("installed_library", """
    def found():
        import sys
        sys.path[:] = [path for path in sys.path if "library" not in path]
        for name in [name for name in sys.modules if name.partition(".")[0] == "nnlib"]:
            del sys.modules[name]
        import nnlib
        nnlib.kernels.sigmoid_forward(np.ones(3))
        return True
    """, "Import the installed library instead of the one given.")
probe("submissions_of_others", """
    def found():
        return [folder for folder, names in files() if "/submitted" in folder or "/autograded" in folder
                or any(name.endswith(".ipynb") for name in names)]
    """, "Look for the folders of other students.")
probe("grader_s_memory", """
    def found():
        import os
        for pid in os.listdir("/proc"):
            if pid.isdigit() and int(pid) != os.getpid():
                open(f"/proc/{pid}/mem", "rb").close()
                return True
    """, "Open the memory of another process.")
probe("environment", """
    def found():
        import os
        return [name for name in os.environ if "COURSE" in name or "SECRET" in name or name.startswith("AWS")]
    """, "Find the course in the environment.")
probe("inherited_files", """
    def found():
        import os
        for number in range(256):
            try:
                if os.readlink(f"/proc/self/fd/{number}").endswith((".db", ".ipynb", ".jsonl", "tasks.py")):
                    return True
            except OSError:
                pass
    """, "Find files that the grader left open.")
probe("network", """
    def found():
        import socket
        for address in (("127.0.0.1", 22), ("1.1.1.1", 53), ("10.0.0.1", 80)):
            with socket.socket() as sock:
                sock.settimeout(0.3)
                try:
                    sock.connect(address)
                    return True
                except ConnectionRefusedError:
                    pass
                except OSError:
                    pass
    """, "Connect to anything.")
probe("more_rights", """
    def found():
        import ctypes, os
        libc = ctypes.CDLL(None)
        return (libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0 or libc.umount2(b"/proc", 2) == 0
                or os.getuid() != 0 and libc.setuid(0) == 0 or libc.chroot(b"/tmp") == 0
                or os.access("/dev/mem", os.R_OK) or os.access("/etc/shadow", os.R_OK))
    """, "Mount, change root, become root.")

WRITE = """
    def found():
        everything = list(files())
        for folder, _ in everything:
            try:
                open(folder + "/left-by-an-earlier-student", "w").close()
            except OSError:
                pass
        return [folder for folder, names in everything if "left-by-an-earlier-student" in names]
    """
probe("leaves_a_note", WRITE, "Write a file into every folder there is, and look for one.")
probe("reads_the_note", WRITE, "The next student looks for it.")
probe("poisons_caches", """
    def found():
        import pickle
        class Poison:
            def __reduce__(self):
                return os._exit, (1,)
        for folder, names in files():
            for name in names[:50] + ["sitecustomize.py", "usercustomize.py", "numpy.py", "nnlib.py"]:
                try:
                    with open(os.path.join(folder, name), "wb") as file:
                        file.write(pickle.dumps(Poison()) if name.endswith((".nbi", ".nbc")) else b"raise SystemExit")
                except OSError:
                    pass
    """, "Overwrite compiled kernels, modules and settings that the next student's process will load.")


# files of the submission

@ATTACKS(reported="not modules|left out")
def own_numpy(notebook, folder):
    """Bring modules with the names of libraries."""
    for name in ("numpy.py", "nnlib.py", "IPython.py", "sitecustomize.py", "usercustomize.py"):
        (folder / name).write_text("def __getattr__(name):\n    return lambda *arguments, **named: 16.0\n")
    (folder / "numpy").mkdir()
    (folder / "numpy" / "__init__.py").write_text("raise SystemExit")
    return returning(notebook, "0.0")


@ATTACKS
def start_up_files(notebook, folder):
    """Settings that Python, IPython and Jupyter read when they start."""
    for name in ("ipython_config.json", "nbgrader_config.json", "pyvenv.cfg", "matplotlibrc", "pip.conf"):
        (folder / name).write_text("{\"IPKernelApp\": {\"exec_lines\": [\"raise SystemExit\"]}}")
    return returning(notebook, "0.0")


@ATTACKS(reported="is a link")
def link_to_another_notebook(notebook, folder):
    """Hand in a link to the notebook of an honest student."""
    (folder / f"{NAME}.ipynb").unlink()
    (folder / f"{NAME}.ipynb").symlink_to(folder.parents[1] / BEFORE / NAME / f"{NAME}.ipynb")


@ATTACKS(reported="is not a folder but a link")
def link_to_another_folder(notebook, folder):
    """Hand in a link to the folder of an honest student."""
    shutil.rmtree(folder)
    folder.symlink_to(folder.parents[1] / BEFORE / NAME)


@ATTACKS(reported="link")
def link_to_the_course(notebook, folder):
    """Data files that are links to what only the grader may read."""
    for number, target in enumerate(("02_logistic/tasks.py", ".secret", "gradebook.db", "../../../../../etc/passwd")):
        (folder / f"data{number}.txt").symlink_to(folder.parents[2] / target)
    return if_found(notebook, """
        def found():
            import os
            return [name for name in os.listdir(".") if name.startswith("data")]
        """)


@ATTACKS(reported="a pipe")
def pipe(notebook, folder):
    """A pipe instead of the notebook: opening it waits for ever."""
    (folder / f"{NAME}.ipynb").unlink()
    os.mkfifo(folder / f"{NAME}.ipynb")


@ATTACKS(reported="a pipe")
def data_pipe(notebook, folder):
    """A pipe among the data."""
    os.mkfifo(folder / "data.csv")
    return returning(notebook, "0.0")


@ATTACKS(reported="is a directory")
def folder_for_a_notebook(notebook, folder):
    """A folder with the name of the notebook."""
    (folder / f"{NAME}.ipynb").unlink()
    (folder / f"{NAME}.ipynb").mkdir()


@ATTACKS(reported="There is no .*; 02 logistic .* is graded")
def wrong_name(notebook, folder):
    """A notebook under another name."""
    (folder / f"{NAME}.ipynb").rename(folder / "02 logistic (1).ipynb")


@ATTACKS
def hostile_file_names(notebook, folder):
    """Data with names that are not text, look like paths or options, or hide characters."""
    for name in (b"\xff\xfe", b"a\nb", b"-rf", b"..hidden", b"x" * 255, b"{{ x }}", b"\x1b[2J", "\u202ecod.exe".encode()):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(b"data")
    return returning(notebook, "0.0")


@ATTACKS(reported="more than|left out|Only the first")
def heaps_of_data(notebook, folder):
    """More data than a submission may bring: a sparse file of 10 GB, and a thousand small ones."""
    with open(folder / "huge.bin", "wb") as file:
        file.truncate(10 * 2 ** 30)
    for number in range(1000):
        (folder / f"{number}.csv").write_text("1")
    return returning(notebook, "0.0")


@ATTACKS
def folders_without_end(notebook, folder):
    """Folders in folders, deeper than a path may be long."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("deep" * 10, dir_fd=here)
        here, before = os.open("deep" * 10, os.O_RDONLY, dir_fd=here), here
        os.close(before)
    os.close(here)
    return returning(notebook, "0.0")


def test_it_gains_nothing(arena, attacker):
    arena.check(attacker)


def test_the_honest_keep_their_marks(arena):
    arena.check_honest()


def test_every_probe_has_looked_to_the_end(arena):
    for name in PROBES:
        assert arena.records[ATTACKS[name].student].graded, name
        assert "is not defined" in arena.feedback(ATTACKS[name].student)


def test_right_answers_are_earned_where_something_is_found(released_course, tmp_path):
    """The probes above can succeed: what they find decides, and nothing else."""
    attacks = Attacks()

    @attacks
    def sees_everything(notebook, folder):
        return if_found(notebook, "def found():\n    return True")

    arena = fight(released_course, tmp_path, attacks, "lean")
    assert arena.points(attacks["sees_everything"].student) == FULL
