"""The inside half of the sandbox, untrusted. It knows no task, no expected value and no other submission.

Three processes, in the order in which they are born:

boot     started by the worker; builds the slot's jail (namespaces, a read-only root with nothing but the
         runtime in it), then waits for the zygote and goes with it.
zygote   process 1 of that jail, without capabilities; has numpy (or torch) imported and runs no student byte.
         It forks one child at a time, watches its CPU time and memory, kills it and proves the slot clean.
child    one task of one submission, in six further namespaces of its own, behind Landlock, a system call
         filter and resource limits. It holds two pipes: programs come in, raw numbers go out.
"""
