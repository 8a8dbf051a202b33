"""`python -m grader.worker`"""

import os

import django

from grader import logs

logs.configure(os.environ.get("NABLA_PART", "worker"))
django.setup()

from grader.worker.app import run  # noqa: E402 - models exist only now

run()
