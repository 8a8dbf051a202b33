# Files that the next interpreter would run if it started here.
# walls: scratch folder goes with its child
# expect: returns 1.0
import os
def f():
    for name in ("usercustomize.py", "sitecustomize.py", "x.pth", ".pythonrc", "numpy.py", "grader.py", "conftest.py"):
        with open(name, "w") as file: file.write("import os; os._exit(7)\n")
    os.environ.update(PYTHONSTARTUP=".pythonrc", PYTHONPATH=".", LD_PRELOAD="x.so")
    return 1.0
