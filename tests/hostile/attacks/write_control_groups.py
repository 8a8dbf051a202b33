# Raises its own limits where a control group has them.
# walls: root directory
# expect: raises FileNotFoundError
# expect[owned]: raises PermissionError or raises OSError
def f():
    open("/sys/fs/cgroup/memory/memory.limit_in_bytes", "w").write("-1")
