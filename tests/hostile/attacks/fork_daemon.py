# Starts a shell that outlives it.
# walls: seccomp
# expect: raises PermissionError
import subprocess
def f():
    subprocess.Popen(["/bin/sh", "-c", "sleep 5"], start_new_session=True)
