# %%
import bisect
import collections
import csv
import datetime
import decimal
import fractions
import hashlib
import heapq
import io
import itertools
import json
import math
import random
import re
import sqlite3
import statistics
import string
import textwrap
import typing
import uuid
import zlib
import numpy as np


# %%
def critical_lr(H):
    table = sqlite3.connect(":memory:")
    table.execute("create table t (x real)")
    table.executemany("insert into t values (?)", [(float(x),) for x in np.linalg.eigvalsh(H)])
    (top,) = table.execute("select max(x) from t").fetchone()
    text = json.dumps({"top": top})
    return float(decimal.Decimal(2)) / json.loads(text)["top"]
