# Puts a file beside the modules that the next child will use.
# walls: read-only root
# expect: raises OSError: Read-only
# expect[uid]: raises FileNotFoundError
# expect[owned]: raises OSError or raises PermissionError
def f():
    open("/nabla/new.py", "w")
