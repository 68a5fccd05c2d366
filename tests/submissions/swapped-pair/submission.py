# %%
def best_lr_and_rate(eigenvalues):
    m, L = min(eigenvalues), max(eigenvalues)
    return (L - m) / (L + m), 2 / (m + L)
