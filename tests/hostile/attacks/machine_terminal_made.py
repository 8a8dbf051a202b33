# Makes a pair of terminals.
# walls: no such device
# expect: raises OSError or raises FileNotFoundError
# expect[owned]: raises PermissionError
import os
def f():
    return os.openpty()
