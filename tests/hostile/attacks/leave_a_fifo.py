# A pipe with a name, at which whoever opens it waits.
# walls: seccomp
# expect: raises PermissionError
import os
def f():
    os.mkfifo("result.json")
