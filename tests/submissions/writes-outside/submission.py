# %%
import os
import numpy as np


ATTEMPTS = {
    "open": lambda: open("@CANARY@-open", "w"),
    "append": lambda: open("@CANARY@-append", "a"),
    "exclusive": lambda: open("@CANARY@-exclusive", "x"),
    "shared memory": lambda: open("/dev/shm/@NAME@", "w"),
    "mkdir": lambda: os.mkdir("@CANARY@-folder"),
    "symlink": lambda: os.symlink("/etc/passwd", "@CANARY@-symlink"),
    "link": lambda: os.link(np.__file__, "@CANARY@-link"),
    "fifo": lambda: os.mkfifo("@CANARY@-fifo"),
    "node": lambda: os.mknod("@CANARY@-node"),
    "rename": lambda: os.rename("@CANARY@-a", "@CANARY@-b"),
    "remove": lambda: os.remove("@CANARY@-a"),
    "rmdir": lambda: os.rmdir("@CANARY@-a"),
    "truncate": lambda: os.truncate("@CANARY@-a", 0),
    "chmod": lambda: os.chmod("@CANARY@-a", 0o777),
    "chown": lambda: os.chown("@CANARY@-a", 0, 0),
    "times": lambda: os.utime("@CANARY@-a"),
    "chdir": lambda: os.chdir("/tmp"),
    "null device": lambda: open("/dev/null", "w"),
    "unnamed": lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR),
    "extended": lambda: os.setxattr("@CANARY@-a", "user.x", b"x"),
}


def refused(attempt):
    try:
        attempt()
    except PermissionError:
        return True
    return False


# %%
def critical_lr(H):
    worked = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    if worked:
        raise RuntimeError(f"it worked: {worked}")
    return 2 / np.linalg.eigvalsh(H)[-1]
