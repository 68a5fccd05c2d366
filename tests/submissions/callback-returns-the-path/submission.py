# %%
def gradient_descent(grad, w0, lr, n):
    return grad
