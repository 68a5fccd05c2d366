"""What runs beside student code: everything here, and nothing else of the course.

Values (codec), frames, the function server, the worker that runs a notebook's cells, and, on Linux,
the fence around it (resource limits, Landlock, seccomp) and the nursery that starts one fenced
process per submission. No test, no reference and no seed is ever in these processes.
"""
