# Shared memory with a name, as Python makes it.
# walls: no /dev/shm
# expect: raises FileNotFoundError
# expect[owned]: raises PermissionError or raises OSError
def f():
    from _posixshmem import shm_open
    return shm_open("/left", 0o102, 0o600)
