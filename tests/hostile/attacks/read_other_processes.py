# Looks for processes other than itself.
# walls: pid namespace, /proc of its own
# expect: returns [1]
# expect[owned]: raises PermissionError
import os
def f():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
