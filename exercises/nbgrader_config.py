"""nbgrader's settings. This folder is the course root: start nbgrader here, or give it --course-dir.

Reading this file brings source/ up to date from the texts <assignment>/<assignment>.py. Settings of your own (course_id,
exchange, folders, time-outs) belong into nbgrader_local.py, which git ignores; write them as here, with c = get_config().
"""
import warnings
from pathlib import Path

from nnlib.grading import GradingError
from nnlib.grading.nbgrader.course import inert, prepare, trusted
from nnlib.grading.term import policy

c = get_config()                                         # noqa: F821, traitlets defines it
root = Path(__file__).absolute().parent
c.CourseDirectory.ignore.append("tasks.py")              # never into release/, wherever it may lie
c.GenerateAssignment.force = True                        # release/ is made from the text, so making it again is safe
c.Execute.timeout = 60                                   # seconds for each cell; for a submission in the sandbox
c.Execute.shutdown_kernel = "immediate"                  # saves 15 % of the time of autograding
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=ERROR"]
inert(c)                                                 # what students wrote runs no script in formgrader and feedback
warnings.filterwarnings("ignore", message="Object of type <Submitted")      # SQLAlchemy on nbgrader's queries
trusted(c)                                               # nbgrader autograde and formgrader's button use the sandbox
load_subconfig("nbgrader_local.py")                      # noqa: F821, traitlets defines it
try:                                                     # last: these settings say where the notebooks lie
    prepare(root, c)
    policy.apply(c, root)                                # policy.toml: what a late hand-in costs
except GradingError as error:
    raise SystemExit(f"nbgrader_config.py: {error}") from None     # else nbgrader would go on with an old notebook
