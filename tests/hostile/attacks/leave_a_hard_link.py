# Another name for a file that is not its own.
# walls: Landlock, seccomp
# expect: raises PermissionError
import os
def f():
    os.link(os.__file__, "link")
