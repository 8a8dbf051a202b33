# Leaves by SystemExit, as a script that is done.
# walls: exceptions never leave the child's loop
# expect: raises SystemExit
import sys
def f():
    sys.exit(0)
