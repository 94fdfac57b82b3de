"""Answers to the exercises of notebook 03, wrong and right ones."""

WRONG = {
    "3.1": {
        "one step too few": "logit_after_o = 4.0 - 2.5 * 4",
        "one step too many": "logit_after_o = 4.0 - 2.5 * 6",
        "one id after l": "logit_after_o = -1.0 - 2.5",
        "slope not divided": "logit_after_o = 4.0 - 5.0 * (11 - 6)",
        "slope not divided, from l": "logit_after_o = -1.0 - 5.0 * 3",
        "sign of the slope": "logit_after_o = 4.0 + 2.5 * (11 - 6)",
        "sign of the slope, from l": "logit_after_o = -1.0 + 2.5 * 3",
        "sign of the score": "logit_after_o = 8.5",
        "weight alone": "logit_after_o = -2.5",
        "bias alone": "logit_after_o = 19.0",
        "no bias": "logit_after_o = -2.5 * 11",
        "steps from h, score of l": "logit_after_o = -1.0 - 2.5 * 5",
        "mean of the two": "logit_after_o = 1.5",
        "same as l": "logit_after_o = -1.0",
        "divided by three characters": "logit_after_o = 4.0 - 5 / 3 * 5",
        "proportional": "logit_after_o = 4.0 * 11 / 6",
        "slope upside down": "logit_after_o = 4.0 - 2 / 5 * 5",
        "whole number": "logit_after_o = int(4.0 - 2.5 * 5)",
        "rounded down": "logit_after_o = -9.0",
        "a text": 'logit_after_o = "-8.5"',
    },
    "3.3": {
        "new axis in front": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(0) == torch.arange(vocab_size)).float()
""",
        "all rows through a colon": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(*ids.shape, vocab_size)
    rows[:, ids] = 1
    return rows
""",
        "one row for all": """
def my_one_hot(ids, vocab_size):
    row = torch.zeros(vocab_size)
    row[ids] = 1
    return row
""",
        "a loop over one axis": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(len(ids), vocab_size)
    for n, i in enumerate(ids):
        rows[n, i] = 1
    return rows
""",
        "a loop over two axes": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(ids.shape[0], ids.shape[1], vocab_size)
    for b in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            rows[b, t, ids[b, t]] = 1
    return rows
""",
        "identity matrix": """
def my_one_hot(ids, vocab_size):
    return torch.eye(vocab_size)[ids]
""",
        "identity matrix of NumPy": """
import numpy as np
def my_one_hot(ids, vocab_size):
    return torch.from_numpy(np.eye(vocab_size, dtype=np.float32))[ids]
""",
        "identity matrix of NumPy, by its other name": """
import numpy as np
def my_one_hot(ids, vocab_size):
    return torch.from_numpy(np.identity(vocab_size, dtype=np.float32))[ids]
""",
        "F.one_hot": """
def my_one_hot(ids, vocab_size):
    return F.one_hot(ids, vocab_size).float()
""",
        "data.one_hot": """
def my_one_hot(ids, vocab_size):
    return data.one_hot(ids, vocab_size)
""",
        "writes whole rows": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(*ids.shape, vocab_size)
    rows[ids] = 1
    return rows
""",
        "zeros of shape (V, V)": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(vocab_size, vocab_size)
    rows[ids] = 1
    return rows
""",
        "booleans": """
def my_one_hot(ids, vocab_size):
    return ids.unsqueeze(-1) == torch.arange(vocab_size)
""",
        "int64": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(vocab_size)).long()
""",
        "float64": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(vocab_size)).double()
""",
        "float16": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(vocab_size)).half()
""",
        "sixteen symbols": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(16)).float()
""",
        "size from the ids": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(int(ids.max()) + 1)).float()
""",
        "one symbol short": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(vocab_size - 1)).float()
""",
        "one symbol too many": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(vocab_size + 1)).float()
""",
        "counted from 1": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(1, vocab_size + 1)).float()
""",
        "no unsqueeze": """
def my_one_hot(ids, vocab_size):
    return (ids == torch.arange(vocab_size)).float()
""",
        "unsqueeze in front": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(0) == torch.arange(vocab_size).unsqueeze(-1)).float()
""",
        "unsqueeze(1)": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(1) == torch.arange(vocab_size)).float()
""",
        "symbols on the first axis": """
def my_one_hot(ids, vocab_size):
    rows = (ids.unsqueeze(-1) == torch.arange(vocab_size)).float()
    return rows.movedim(-1, 0)
""",
        "flattened": """
def my_one_hot(ids, vocab_size):
    return (ids.reshape(-1, 1) == torch.arange(vocab_size)).float()
""",
        "one axis only": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(len(ids), vocab_size)
    rows[torch.arange(len(ids)), ids] = 1
    return rows
""",
        "two axes only": """
def my_one_hot(ids, vocab_size):
    B, T = ids.shape
    rows = torch.zeros(B, T, vocab_size)
    for b in range(B):
        for t in range(T):
            rows[b, t, ids[b, t]] = 1
    return rows
""",
        "one or two axes": """
def my_one_hot(ids, vocab_size):
    if ids.dim() == 1:
        return torch.zeros(len(ids), vocab_size).scatter_(1, ids[:, None], 1.0)
    B, T = ids.shape
    return torch.zeros(B, T, vocab_size).scatter_(2, ids[:, :, None], 1.0)
""",
        "scatter along axis 1": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(*ids.shape, vocab_size)
    return rows.scatter_(1, ids.unsqueeze(-1), 1.0)
""",
        "no scalar": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(ids.shape[0], *ids.shape[1:], vocab_size)
    return rows.scatter_(-1, ids.unsqueeze(-1), 1.0)
""",
        "squeezed": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(vocab_size)).float().squeeze()
""",
        "rows stacked: fails without ids": """
def my_one_hot(ids, vocab_size):
    rows = []
    for i in ids.flatten().tolist():
        row = torch.zeros(vocab_size)
        row[i] = 1
        rows.append(row)
    return torch.stack(rows).reshape(*ids.shape, vocab_size)
""",
        "id 0 gets no 1": """
def my_one_hot(ids, vocab_size):
    rows = (ids.unsqueeze(-1) == torch.arange(vocab_size)).float()
    rows[ids == 0] = 0
    return rows
""",
        "the last symbol gets no 1": """
def my_one_hot(ids, vocab_size):
    rows = (ids.unsqueeze(-1) == torch.arange(vocab_size)).float()
    rows[..., -1] = 0
    return rows
""",
        "thermometer": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) >= torch.arange(vocab_size)).float()
""",
        "zeros and ones exchanged": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) != torch.arange(vocab_size)).float()
""",
        "the id instead of 1": """
def my_one_hot(ids, vocab_size):
    symbols = torch.arange(vocab_size)
    return (ids.unsqueeze(-1) == symbols).float() * ids.unsqueeze(-1)
""",
        "ids above 255 wrap round": """
def my_one_hot(ids, vocab_size):
    symbols = torch.arange(vocab_size).to(torch.uint8)
    return (ids.to(torch.uint8).unsqueeze(-1) == symbols).float()
""",
        "NumPy array": """
import numpy as np
def my_one_hot(ids, vocab_size):
    return (ids.numpy()[..., None] == np.arange(vocab_size)).astype(np.float32)
""",
        "nested list": """
def my_one_hot(ids, vocab_size):
    return (ids.unsqueeze(-1) == torch.arange(vocab_size)).float().tolist()
""",
        "writes into the argument": """
def my_one_hot(ids, vocab_size):
    rows = (ids.unsqueeze(-1) == torch.arange(vocab_size)).float()
    ids.zero_()
    return rows
""",
    },
    "3.2": {
        name: f"""
def my_bytes(batch_size, seq_len, vocab_size):
    n = batch_size * seq_len
    return {value}
"""
        for name, value in {
            "exchanged": "4 * n * vocab_size, 8 * n",
            "bits": "64 * n, 32 * n * vocab_size",
            "bits for the ids": "64 * n, 4 * n * vocab_size",
            "four bytes an id": "4 * n, 4 * n * vocab_size",
            "eight bytes a one-hot number": "8 * n, 8 * n * vocab_size",
            "sizes exchanged": "4 * n, 8 * n * vocab_size",
            "one byte a one-hot number": "8 * n, n * vocab_size",
            "numbers, not bytes": "n, n * vocab_size",
            "one-hot without the vocabulary": "8 * n, 4 * n",
            "ids with the vocabulary": "8 * n * vocab_size, 4 * n * vocab_size",
            "vocabulary added": "8 * n, 4 * (n + vocab_size)",
            "batch left out": "8 * seq_len, 4 * seq_len * vocab_size",
            "batch left out of the ids": "8 * seq_len, 4 * n * vocab_size",
            "length left out": "8 * batch_size, 4 * batch_size * vocab_size",
            "one-hot includes the ids": "8 * n, 8 * n + 4 * n * vocab_size",
            "one-hot of shifted rows": (
                "8 * n, 4 * batch_size * (seq_len - 1) * vocab_size"
            ),
            "square of the vocabulary": "8 * n, 4 * vocab_size**2",
            "kilobytes": "8 * n // 1024, 4 * n * vocab_size // 1024",
            "sum": "8 * n + 4 * n * vocab_size",
            "sixteen symbols": "8 * n, 64 * n",
            "batch added": "8 * (batch_size + seq_len), 4 * n * vocab_size",
            "overflow of 32 bits": "8 * n, 4 * n * vocab_size % 2**31",
            "texts": 'f"{8 * n}", f"{4 * n * vocab_size}"',
            "ratio": "1, vocab_size // 2",
            "one character of the batch": "8, 4 * vocab_size",
            "a single row": "8 * n, 4 * vocab_size",
            "the 260 bytes of the book": "8 * n, 260 * n",
        }.items()
    },
    "3.4": {
        "bias as a column": """
def my_table(linear):
    return linear.weight.T + linear.bias.unsqueeze(1)
""",
        "bias under the table": """
def my_table(linear):
    return torch.cat([linear.weight.T, linear.bias.unsqueeze(0)])
""",
        "transpose, no bias": """
def my_table(linear):
    return linear.weight.T
""",
        "weight alone": """
def my_table(linear):
    return linear.weight
""",
        "weight and bias, not transposed": """
def my_table(linear):
    return linear.weight + linear.bias
""",
        "weight and bias as a column": """
def my_table(linear):
    return linear.weight + linear.bias.unsqueeze(1)
""",
        "weight and bias as a column, keepdim by view": """
def my_table(linear):
    return linear.weight + linear.bias.view(-1, 1)
""",
        "reshape": """
def my_table(linear):
    return linear.weight.reshape(linear.in_features, -1) + linear.bias
""",
        "view": """
def my_table(linear):
    return linear.weight.view(linear.in_features, linear.out_features) + linear.bias
""",
        "reshape, no bias": """
def my_table(linear):
    return linear.weight.reshape(linear.in_features, -1)
""",
        "bias times weight": """
def my_table(linear):
    return linear.weight.T * linear.bias
""",
        "bias subtracted": """
def my_table(linear):
    return linear.weight.T - linear.bias
""",
        "bias twice": """
def my_table(linear):
    return linear(torch.eye(linear.in_features)) + linear.bias
""",
        "bias alone, one row each": """
def my_table(linear):
    return linear.bias.repeat(linear.in_features, 1)
""",
        "bias alone": """
def my_table(linear):
    return linear.bias
""",
        "all ones": """
def my_table(linear):
    return linear(torch.ones(linear.in_features))
""",
        "a matrix of ones": """
def my_table(linear):
    return linear(torch.ones(linear.in_features, linear.in_features))
""",
        "zeros": """
def my_table(linear):
    return linear(torch.zeros(linear.in_features, linear.in_features))
""",
        "identity of the other size": """
def my_table(linear):
    return linear(torch.eye(linear.out_features))
""",
        "one symbol": """
def my_table(linear):
    return linear(torch.eye(linear.in_features)[0])
""",
        "ids instead of rows": """
def my_table(linear):
    return linear(torch.arange(linear.in_features).float())
""",
        "ids as single numbers": """
def my_table(linear):
    ids = torch.arange(linear.in_features).unsqueeze(1)
    return linear.weight.sum(dim=1) * ids + linear.bias
""",
        "identity transposed afterwards": """
def my_table(linear):
    return linear(torch.eye(linear.in_features)).T
""",
        "identity, no bias": """
def my_table(linear):
    return torch.eye(linear.in_features) @ linear.weight.T
""",
        "mean of the bias": """
def my_table(linear):
    return linear.weight.T + linear.bias.mean()
""",
        "sum of the bias": """
def my_table(linear):
    return linear.weight.T + linear.bias.sum()
""",
        "first bias everywhere": """
def my_table(linear):
    return linear.weight.T + linear.bias[0]
""",
        "reversed": """
def my_table(linear):
    return (linear.weight.T + linear.bias).flip(0)
""",
        "columns reversed": """
def my_table(linear):
    return (linear.weight.T + linear.bias).flip(1)
""",
        "rotated": """
def my_table(linear):
    return torch.rot90(linear.weight) + linear.bias
""",
        "softmax": """
def my_table(linear):
    return (linear.weight.T + linear.bias).softmax(dim=-1)
""",
        "an embedding": """
def my_table(linear):
    return nn.Embedding.from_pretrained((linear.weight.T + linear.bias).detach())
""",
        "another layer": """
def my_table(linear):
    return linear
""",
        "a list": """
def my_table(linear):
    return (linear.weight.T + linear.bias).tolist()
""",
        "float64": """
def my_table(linear):
    return (linear.weight.T + linear.bias).double()
""",
        "size of the lesson": """
def my_table(linear):
    return linear.weight.T[:7, :3] + linear.bias[:3]
""",
        "writes into the layer": """
def my_table(linear):
    with torch.no_grad():
        linear.weight += linear.bias.unsqueeze(1)
    return linear.weight.T
""",
        "prints": """
def my_table(linear):
    print(linear.weight.T + linear.bias)
""",
    },
    "3.5": {
        "row of row_grad by its id": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    for i in ids.tolist():
        grad[i] += row_grad[i]
    return grad
""",
        "id and place exchanged": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    for n, i in enumerate(ids.tolist()):
        grad[n] += row_grad[i]
    return grad
""",
        "autograd, by backward": """
def my_gradient(ids, row_grad, vocab_size):
    W = torch.zeros(vocab_size, row_grad.shape[1], requires_grad=True)
    W[ids].backward(row_grad)
    return W.grad
""",
        "autograd, by torch.autograd.grad": """
def my_gradient(ids, row_grad, vocab_size):
    W = torch.zeros(vocab_size, row_grad.shape[1], requires_grad=True)
    return torch.autograd.grad(W[ids], W, row_grad)[0]
""",
        "autograd, by torch.func.vjp": """
def my_gradient(ids, row_grad, vocab_size):
    W = torch.zeros(vocab_size, row_grad.shape[1])
    _, pull_back = torch.func.vjp(lambda W: W[ids], W)
    return pull_back(row_grad)[0]
""",
        "last one wins": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    grad[ids] = row_grad
    return grad
""",
        "+= through a list of ids": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    grad[ids] += row_grad
    return grad
""",
        "first one wins": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    seen = set()
    for i, row in zip(ids.tolist(), row_grad):
        if i not in seen:
            grad[i] = row
        seen.add(i)
    return grad
""",
        "neighbours that repeat count once": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    for n, i in enumerate(ids.tolist()):
        if n == 0 or ids[n - 1] != i:
            grad[i] += row_grad[n]
    return grad
""",
        "two occurrences at most": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    for i in set(ids.tolist()):
        for n in (ids == i).nonzero().flatten().tolist()[:2]:
            grad[i] += row_grad[n]
    return grad
""",
        "last row times the number of occurrences": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    grad[ids] = row_grad
    return grad * ids.bincount(minlength=vocab_size).unsqueeze(1)
""",
        "mean over occurrences": """
def my_gradient(ids, row_grad, vocab_size):
    X = data.one_hot(ids, vocab_size)
    return X.T @ row_grad / X.sum(dim=0).clamp(min=1).unsqueeze(1)
""",
        "mean over the rows": """
def my_gradient(ids, row_grad, vocab_size):
    return data.one_hot(ids, vocab_size).T @ row_grad / len(ids)
""",
        "no transpose": """
def my_gradient(ids, row_grad, vocab_size):
    return data.one_hot(ids, vocab_size) @ row_grad
""",
        "result transposed": """
def my_gradient(ids, row_grad, vocab_size):
    return row_grad.T @ data.one_hot(ids, vocab_size)
""",
        "gradient of the rows handed back": """
def my_gradient(ids, row_grad, vocab_size):
    return row_grad
""",
        "rows of the gradient fetched": """
def my_gradient(ids, row_grad, vocab_size):
    return row_grad[ids]
""",
        "number of rows from the ids": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(int(ids.max()) + 1, row_grad.shape[1])
    return grad.index_add_(0, ids, row_grad)
""",
        "only the rows that occur": """
def my_gradient(ids, row_grad, vocab_size):
    kinds, place = ids.unique(return_inverse=True)
    grad = torch.zeros(len(kinds), row_grad.shape[1])
    return grad.index_add_(0, place, row_grad)
""",
        "sixteen symbols": """
def my_gradient(ids, row_grad, vocab_size):
    return torch.zeros(16, row_grad.shape[1]).index_add_(0, ids, row_grad)
""",
        "square": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, vocab_size)
    for i, row in zip(ids, row_grad):
        grad[i] += row
    return grad
""",
        "three columns": """
def my_gradient(ids, row_grad, vocab_size):
    return torch.zeros(vocab_size, 3).index_add_(0, ids, row_grad)
""",
        "float64": """
def my_gradient(ids, row_grad, vocab_size):
    return data.one_hot(ids, vocab_size).double().T @ row_grad.double()
""",
        "id 0 taken for padding": """
def my_gradient(ids, row_grad, vocab_size):
    grad = data.one_hot(ids, vocab_size).T @ row_grad
    grad[0] = 0
    return grad
""",
        "ids sorted, rows not": """
def my_gradient(ids, row_grad, vocab_size):
    return data.one_hot(ids.sort().values, vocab_size).T @ row_grad
""",
        "columns summed": """
def my_gradient(ids, row_grad, vocab_size):
    grad = data.one_hot(ids, vocab_size).T @ row_grad
    return grad.sum(dim=1, keepdim=True).expand(-1, row_grad.shape[1])
""",
        "sign of a descent step": """
def my_gradient(ids, row_grad, vocab_size):
    return -(data.one_hot(ids, vocab_size).T @ row_grad)
""",
        "negative parts cut off": """
def my_gradient(ids, row_grad, vocab_size):
    return (data.one_hot(ids, vocab_size).T @ row_grad).clamp(min=0)
""",
        "counts instead of gradients": """
def my_gradient(ids, row_grad, vocab_size):
    X = data.one_hot(ids, vocab_size)
    return X.T @ torch.ones_like(row_grad)
""",
        "first row left out": """
def my_gradient(ids, row_grad, vocab_size):
    return data.one_hot(ids[1:], vocab_size).T @ row_grad[1:]
""",
        "nested list": """
def my_gradient(ids, row_grad, vocab_size):
    return (data.one_hot(ids, vocab_size).T @ row_grad).tolist()
""",
        "adds up inside the argument": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    for n in range(len(ids)):
        for m in range(n):
            if ids[m] == ids[n]:
                row_grad[n] += row_grad[m]
                row_grad[m] = 0
        grad[ids[n]] = row_grad[n]
    return grad
""",
    },
}

RIGHT = {
    "3.1": {
        "a literal": "logit_after_o = -8.5",
        "from the second point": "logit_after_o = -1 + (11 - 8) * (-1 - 4) / (8 - 6)",
        "NumPy's straight line": """
import numpy as np
logit_after_o = np.polyval(np.polyfit([6, 8], [4.0, -1.0], 1), 11)
""",
        "NumPy float32": """
import numpy as np
logit_after_o = np.float32(-8.5)
""",
        "a fraction": """
from fractions import Fraction
logit_after_o = Fraction(-17, 2)
""",
        "a tensor of one number": """
A = torch.tensor([[6.0, 1.0], [8.0, 1.0]]).double()
weight, bias = torch.linalg.solve(A, torch.tensor([4.0, -1.0]).double())
logit_after_o = weight * 11 + bias
""",
    },
    "3.3": {
        "a variable named one_hot": """
def my_one_hot(ids, vocab_size):
    one_hot = torch.zeros(ids.numel(), vocab_size)
    for n, i in enumerate(ids.flatten().tolist()):
        one_hot[n, i] = 1
    return one_hot.reshape(*ids.shape, vocab_size)
""",
        "scatter_": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(*ids.shape, vocab_size)
    return rows.scatter_(-1, ids.unsqueeze(-1), 1.0)
""",
        "a block of zeros, flat": """
def my_one_hot(ids, vocab_size):
    rows = torch.zeros(ids.numel() * vocab_size)
    rows[torch.arange(ids.numel()) * vocab_size + ids.reshape(-1)] = 1
    return rows.view(ids.shape + (vocab_size,))
""",
        "NumPy and back": """
import numpy as np
def my_one_hot(ids, vocab_size):
    hot = np.equal.outer(ids.numpy(), np.arange(vocab_size))
    return torch.from_numpy(hot.astype("float32"))
""",
        "recursion": """
def my_one_hot(ids, vocab_size):
    if ids.dim() == 0:
        return torch.tensor([float(i == int(ids)) for i in range(vocab_size)])
    rows = [my_one_hot(part, vocab_size) for part in ids]
    if not rows:
        return torch.zeros(*ids.shape, vocab_size)
    return torch.stack(rows)
""",
        "distance": """
my_one_hot = lambda ids, vocab_size: (
    1 - (ids[..., None] - torch.arange(vocab_size)).abs().float()
).clamp(min=0)
""",
        "one symbol after the other": """
class OneHot:
    def __call__(self, ids, vocab_size):
        rows = torch.empty(*ids.shape, vocab_size, dtype=torch.float32)
        for symbol in range(vocab_size):
            rows[..., symbol] = torch.where(ids == symbol, 1.0, 0.0)
        return rows

my_one_hot = OneHot()
""",
    },
    "3.2": {
        "a lambda and a list": """
my_bytes = lambda B, T, V: [B * T * 8, B * T * V * 4]
""",
        "dtypes": """
def my_bytes(batch_size, seq_len, vocab_size):
    ids = (batch_size, seq_len)
    rows = (batch_size, seq_len, vocab_size)
    return (
        math_prod(ids) * torch.int64.itemsize,
        math_prod(rows) * torch.float32.itemsize,
    )

def math_prod(sizes):
    product = 1
    for size in sizes:
        product *= size
    return product
""",
        "NumPy numbers": """
import numpy as np
def my_bytes(batch_size, seq_len, vocab_size):
    ids = np.prod([batch_size, seq_len], dtype=np.int64) * np.int64(8)
    return ids, ids * vocab_size // 2
""",
        "tensors that hold no memory": """
def my_bytes(batch_size, seq_len, vocab_size):
    ids = torch.empty(batch_size, seq_len, dtype=torch.int64, device="meta")
    rows = torch.empty(*ids.shape, vocab_size, dtype=torch.float32, device="meta")
    return ids.nbytes, rows.nbytes
""",
    },
    "3.4": {
        "the identity matrix through the layer": """
def my_table(linear):
    return linear(torch.eye(linear.in_features))
""",
        "one-hot rows through the layer": """
def my_table(linear):
    return linear(data.one_hot(torch.arange(linear.in_features), linear.in_features))
""",
        "detached": """
def my_table(linear):
    return linear.weight.detach().T + linear.bias.detach()
""",
        "transpose(0, 1), contiguous": """
def my_table(linear):
    return (linear.weight.transpose(0, 1) + linear.bias).contiguous()
""",
        "a stack of columns": """
def my_table(linear):
    columns = range(linear.in_features)
    return torch.stack([linear.weight[:, i] + linear.bias for i in columns])
""",
        "einsum": """
def my_table(linear):
    return torch.einsum("hv->vh", linear.weight) + linear.bias.unsqueeze(0)
""",
        "added first, then turned over": """
def my_table(linear):
    return (linear.weight + linear.bias.unsqueeze(1)).T
""",
        "NumPy and back": """
def my_table(linear):
    weight, bias = (t.detach().numpy() for t in (linear.weight, linear.bias))
    return torch.from_numpy(weight.T + bias)
""",
        "with no_grad": """
def my_table(linear):
    with torch.no_grad():
        return linear.weight.T + linear.bias
""",
        "a loop": """
def my_table(linear):
    H, V = linear.weight.shape
    table = torch.zeros(V, H)
    for v in range(V):
        for h in range(H):
            table[v, h] = linear.weight[h, v].item() + linear.bias[h].item()
    return table
""",
    },
    "3.5": {
        "index_add_": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros(vocab_size, row_grad.shape[1])
    return grad.index_add_(0, ids, row_grad)
""",
        "a loop": """
def my_gradient(ids, row_grad, vocab_size):
    grad = row_grad.new_zeros((vocab_size, row_grad.size(1)))
    for n in range(ids.numel()):
        grad[ids[n]] += row_grad[n]
    return grad
""",
        "index_put_": """
def my_gradient(ids, row_grad, vocab_size):
    grad = torch.zeros((vocab_size,) + row_grad.shape[1:])
    grad.index_put_((ids,), row_grad, accumulate=True)
    return grad
""",
        "NumPy's add.at": """
import numpy as np
def my_gradient(ids, row_grad, vocab_size):
    grad = np.zeros((vocab_size, row_grad.shape[1]), dtype=np.float32)
    np.add.at(grad, ids.numpy(), row_grad.numpy())
    return torch.from_numpy(grad)
""",
        "a sum for each symbol": """
my_gradient = lambda ids, row_grad, vocab_size: torch.stack(
    [row_grad[ids == symbol].sum(dim=0) for symbol in range(vocab_size)]
)
""",
        "einsum": """
def my_gradient(ids, row_grad, vocab_size):
    hot = (ids == torch.arange(vocab_size).unsqueeze(1)).to(row_grad)
    return torch.einsum("vn,nh->vh", hot, row_grad)
""",
        "recursion": """
def my_gradient(ids, row_grad, vocab_size):
    if len(ids) == 0:
        return torch.zeros(vocab_size, row_grad.shape[1])
    grad = my_gradient(ids[:-1], row_grad[:-1], vocab_size)
    grad[ids[-1]] += row_grad[-1]
    return grad
""",
    },
}

HINTS = [
    ("3.2", "one character of the batch", "how many characters is that?"),
    ("3.2", "a single row", "That is one row."),
    ("3.2", "the 260 bytes of the book", "How many has this vocabulary?"),
    ("3.3", "new axis in front", "−1 counts from the end"),
    ("3.3", "all rows through a colon", "Every row got the ones of all ids"),
    ("3.3", "one row for all", "one row for all ids together"),
    ("3.3", "a loop over one axis", "The ids may have any shape"),
    ("3.3", "a loop over two axes", "The ids may have any shape"),
    ("3.4", "bias as a column", "You made a column of it."),
    ("3.4", "bias under the table", "put it under the table"),
    ("3.5", "row of row_grad by its id", "You took the id for the number of a row"),
    ("3.5", "id and place exchanged", "You took the id for the number of a row"),
]
