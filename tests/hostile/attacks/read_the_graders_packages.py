# Imports what the grader is made of.
# walls: root directory holds the runtime only
# expect: returns 0
import importlib.util
def f():
    def found(name):
        try:
            return importlib.util.find_spec(name) is not None
        except ModuleNotFoundError:
            return False
    return sum(map(found, ("torch", "sympy", "yaml", "django", "celery", "grader.grading", "grader.checks", "reference")))
