# Sets limits of another process.
# walls: seccomp on the arguments of prlimit
# expect: raises PermissionError
import resource
def f():
    resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))
