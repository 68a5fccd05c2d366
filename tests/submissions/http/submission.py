# %%
import http.client
import urllib.error
import urllib.request
import numpy as np


ATTEMPTS = {
    "urllib": lambda: urllib.request.urlopen("http://127.0.0.1:@PORT@/", timeout=1),
    "http.client": lambda: http.client.HTTPConnection("127.0.0.1", @PORT@, timeout=1).request(
        "GET", "/"
    ),
}


def refused(attempt):
    try:
        attempt()
    except (PermissionError, urllib.error.URLError):
        return True
    return False


# %%
def critical_lr(H):
    worked = [name for name, attempt in ATTEMPTS.items() if not refused(attempt)]
    if worked:
        raise RuntimeError(f"it worked: {worked}")
    return 2 / np.linalg.eigvalsh(H)[-1]
