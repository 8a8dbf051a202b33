# Raises its own limits.
# walls: seccomp on the arguments of prlimit
# expect: raises ValueError: not allowed
import resource
def f():
    resource.setrlimit(resource.RLIMIT_NOFILE, (10**6, 10**6))
