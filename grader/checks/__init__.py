"""One file per task kind: what to ask of the student's code, and how to judge the reply.

A kind is a module with `plan(task, bundle, rng) -> Plan` and `judge(plan, run) -> list[Judgement]`.
"""
