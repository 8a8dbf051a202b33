# A symbolic link to the root, where somebody outside may follow it.
# walls: Landlock, seccomp
# expect: raises PermissionError
import os
def f():
    os.symlink("/", "solution.npy")
