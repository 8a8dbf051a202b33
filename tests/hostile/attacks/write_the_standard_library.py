# Appends to a module that everybody imports.
# walls: Landlock, read-only mounts
# expect: raises PermissionError or raises OSError: Read-only
import os
def f():
    open(os.__file__, "a")
