# Leaves compiled code for a module of numpy.
# walls: Landlock, read-only mounts
# expect: raises OSError: Read-only or raises PermissionError
import numpy, os
def f():
    open(os.path.dirname(numpy.__file__) + "/__pycache__/left.cpython-311.pyc", "wb")
