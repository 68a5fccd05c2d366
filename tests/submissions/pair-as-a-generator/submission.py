# %%
def best_lr_and_rate(eigenvalues):
    m, L = min(eigenvalues), max(eigenvalues)
    yield 2 / (m + L)
    yield (L - m) / (L + m)
