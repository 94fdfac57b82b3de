"""Answers to the exercises of notebook 05: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

WRONG = {
    "5.1": {
        "a one-hot row by hand": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    x_t = torch.zeros(W_ih.shape[1]).double()
    x_t[i] = 1
    h_t = torch.tanh(x_t @ W_ih.T + b_ih + h_prev @ W_hh.T + b_hh)
    return h_t, (h_t @ W_ho.T + b_o).softmax(dim=-1)
""",
        "W_ho the wrong way round": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + h_prev @ W_hh.T + b_hh)
    return h_t, (h_t @ W_ho + b_o).softmax(dim=-1)
""",
        "b_hh forgotten": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "b_ih forgotten": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "state forgotten": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "input forgotten": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "W_hh forgotten, state added as it is": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "no tanh": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "sigmoid instead of tanh": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = 1 / (1 + torch.exp(-(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)))
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "output layer reads h_prev": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_prev + b_o)
    return h_t, scores / scores.sum()
""",
        "logits instead of probabilities": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = W_ho @ h_t + b_o
    return h_t, scores
""",
        "logits divided by their sum": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = W_ho @ h_t + b_o
    return h_t, scores / scores.sum()
""",
        "exp without the division": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores
""",
        "divided by the largest": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.max()
""",
        "log-probabilities": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, torch.log(scores / scores.sum())
""",
        "b_o forgotten": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t)
    return h_t, scores / scores.sum()
""",
        "W_hh transposed": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh.T @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "W_hh elementwise, summed over the wrong axis": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + (W_hh * h_prev[:, None]).sum(0) + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "only the diagonal of W_hh": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + torch.diag(W_hh) * h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "tanh of each half": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih) + torch.tanh(W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "tanh of the logits, too": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(torch.tanh(W_ho @ h_t + b_o))
    return h_t, scores / scores.sum()
""",
        "output layer reads the sum before tanh": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ torch.arctanh(h_t) + b_o)
    return h_t, scores / scores.sum()
""",
        "pair exchanged": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return scores / scores.sum(), h_t
""",
        "probabilities only": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return scores / scores.sum()
""",
        "state only": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t
""",
        "b_hh only where there is a state": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh * h_prev.any())
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "rows of shape (1, H) and (1, V)": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t[None], (scores / scores.sum())[None]
""",
        "columns of shape (H, 1)": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t[:, None], (scores / scores.sum())[:, None]
""",
        "H is 3": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_prev = h_prev[:3]
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh[:, :3] @ h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "writes the new state into h_prev": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    h_prev[:] = h_t
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "adds b_hh into b_ih in place": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    b_ih += b_hh
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "base 2 instead of e": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp2(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "output layer reads h_t plus b_ih": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    scores = torch.exp(W_ho @ (h_t + b_ih) + b_o)
    return h_t, scores / scores.sum()
""",
        "first unit of the state dropped": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh[:, 1:] @ h_prev[1:] + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "right only from the zero state": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh.sum(1) * h_prev + b_hh)
    scores = torch.exp(W_ho @ h_t + b_o)
    return h_t, scores / scores.sum()
""",
        "a row of W_ih": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[i] + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "the last column": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, -1] + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "the column before": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i - 1] + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "counted from 1": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i + 1] + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "all columns up to it": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, : i + 1].sum(1) + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "all columns": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih.sum(dim=1) + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "the id as a number": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh((W_ih * i).sum(dim=1) + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "the id times a row": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(i * W_ih[:, 0] + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "a column that stands": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, [i]] + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "the bias picked, too": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih[0] + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "one_hot": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    x_t = one_hot(torch.tensor(i), W_ih.shape[1]).double()
    h_t = torch.tanh(W_ih @ x_t + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "F.one_hot": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    x_t = F.one_hot(torch.tensor(i), W_ih.shape[1]).double()
    h_t = torch.tanh(W_ih @ x_t + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "a row of the unit matrix": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    x_t = torch.eye(W_ih.shape[1]).double()[i]
    h_t = torch.tanh(W_ih @ x_t + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "rounded": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    return h_t.round(decimals=3), (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "softmax of the state": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    return h_t, h_t.softmax(dim=-1)
""",
    },
    "5.2": {
        "return inside the loop over the layers": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h, states = torch.zeros(len(x), hidden_to_hidden.in_features), []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
        return x, torch.stack(last)
""",
        "every layer reads the text": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h, states = torch.zeros(len(x), hidden_to_hidden.in_features), []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        top = torch.stack(states, dim=1)
        last.append(h)
    return top, torch.stack(last)
""",
        "states from before the step": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h, states = torch.zeros(len(x), hidden_to_hidden.in_features), []
        for from_input in input_to_hidden(x).unbind(dim=1):
            states.append(h)
            h = torch.tanh(from_input + hidden_to_hidden(h))
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "stack without dim=1": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states)
        last.append(h)
    return x, torch.stack(last)
""",
        "stack on the last axis": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=-1)
        last.append(h)
    return x, torch.stack(last)
""",
        "cat instead of stack": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.cat(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "view for the transposition": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states).reshape(len(h), len(states), -1)
        last.append(h)
    return x, torch.stack(last)
""",
        "loop over the batch": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(x.shape[1], hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=0):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=0)
        last.append(h)
    return x, torch.stack(last)
""",
        "h_n of the top layer only": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, h
""",
        "h_n of the top layer only, with its axis": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, h.unsqueeze(0)
""",
        "h_n of the lowest layer only": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, last[0].unsqueeze(0)
""",
        "h_n stacked as (B, layers, H)": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last, dim=1)
""",
        "h_n from the top down": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last[::-1])
""",
        "h_n is a list": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, last
""",
        "h_n is the output at the first character": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(states[0])
    return x, torch.stack(last)
""",
        "h_n repeats the top state for each layer": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack([h] * len(layers))
""",
        "pair exchanged": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return torch.stack(last), x
""",
        "output only": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x
""",
        "output of the last step only": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x[:, -1], torch.stack(last)
""",
        "output of every layer joined": """
def my_rnn(x, layers):
    last, outs = [], []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        outs.append(x)
        last.append(h)
    return torch.cat(outs, -1), torch.stack(last)
""",
        "output of the lowest layer": """
def my_rnn(x, layers):
    last, first = [], None
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        first = x if first is None else first
        last.append(h)
    return first, torch.stack(last)
""",
        "only the first layer": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers[:1]:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "at most two layers": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers[:2]:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "layers from the top": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers[::-1]:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "state carried into the layer above": """
def my_rnn(x, layers):
    last = []
    h = torch.zeros(len(x), layers[0][1].in_features)
    for input_to_hidden, hidden_to_hidden in layers:
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "not hoisted": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for t in range(x.shape[1]):
            h = torch.tanh(input_to_hidden(x[:, t]) + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "called again in each round": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for t in range(x.shape[1]):
            from_input = input_to_hidden(x)[:, t]
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "time outside, layers inside": """
def my_rnn(x, layers):
    h = [torch.zeros(len(x), b.in_features) for _, b in layers]
    states = []
    for t in range(x.shape[1]):
        below = x[:, t]
        for i, (a, b) in enumerate(layers):
            h[i] = below = torch.tanh(a(below) + b(h[i]))
        states.append(below)
    return torch.stack(states, dim=1), torch.stack(h)
""",
        "relu": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.relu(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "sigmoid": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.sigmoid(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "no activation": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = from_input + hidden_to_hidden(h)
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "relu between the layers": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        x = x.relu()
        last.append(h)
    return x, torch.stack(last)
""",
        "tanh twice": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(torch.tanh(from_input + hidden_to_hidden(h)))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "result detached": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x.detach(), torch.stack(last).detach()
""",
        "h_n detached": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last).detach()
""",
        "output detached": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x.detach(), torch.stack(last)
""",
        "no_grad": """
@torch.no_grad()
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "state detached at each step": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h.detach()))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "detached between the layers": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        x = x.detach()
        last.append(h)
    return x, torch.stack(last)
""",
        "gradient cut every four steps": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
            if len(states) % 4 == 0:
                h = h.detach()
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "first step without hidden_to_hidden": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = None
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(
                from_input if h is None else from_input + hidden_to_hidden(h)
            )
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "bias of hidden_to_hidden left out": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + h @ hidden_to_hidden.weight.T)
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "W_hh not transposed": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(
                from_input + h @ hidden_to_hidden.weight + hidden_to_hidden.bias
            )
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "states kept before the update": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            states.append(h)
            h = torch.tanh(from_input + hidden_to_hidden(h))
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "initial state in the output": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = [h]
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "first character left out": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1)[1:]:
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "last character left out": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1)[:-1]:
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "from right to left": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1)[::-1]:
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "random initial state": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.randn(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "ones as initial state": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.ones(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "H is the size of the input": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), input_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "H is 12": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), 12)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "batch of 3": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(3, hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "x is the input of every layer": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x[..., : input_to_hidden.in_features]).unbind(
            dim=1
        ):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        out = torch.stack(states, dim=1)
        last.append(h)
    return out, torch.stack(last)
""",
        "residual from the layer below": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        new = torch.stack(states, dim=1)
        x = new + x if x.shape == new.shape else new
        last.append(h)
    return x, torch.stack(last)
""",
        "squeezes a batch of one": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x.squeeze(0), torch.stack(last)
""",
        "squeezes the axis of layers": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last).squeeze(0)
""",
        "list of layers emptied": """
def my_rnn(x, layers):
    last = []
    while layers:
        input_to_hidden, hidden_to_hidden = layers.pop(0)
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "W_hh of the first layer everywhere": """
def my_rnn(x, layers):
    last = []
    for input_to_hidden, hidden_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + layers[0][1](h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
        "roles of the pair exchanged": """
def my_rnn(x, layers):
    last = []
    for hidden_to_hidden, input_to_hidden in layers:
        h = torch.zeros(len(x), hidden_to_hidden.in_features)
        states = []
        for from_input in input_to_hidden(x).unbind(dim=1):
            h = torch.tanh(from_input + hidden_to_hidden(h))
            states.append(h)
        x = torch.stack(states, dim=1)
        last.append(h)
    return x, torch.stack(last)
""",
    },
    "5.3": {
        "none": 'passes = "", ""',
        "a with all gradients": 'passes = "ac", "ac"',
        "the other way round": 'passes = "c", "ac"',
        "only c": 'passes = "c", "c"',
        "b too": 'passes = "abc", "c"',
        "d too": 'passes = "acd", "c"',
        "e too": 'passes = "ace", "c"',
        "d with its gradients": 'passes = "acd", "cd"',
        "no_grad changes the logits": 'passes = "c", ""',
        "no gradient agrees": 'passes = "ac", ""',
        "c changes the gradients": 'passes = "ac", "a"',
        "nothing passes": 'passes = "", ""',
        "all": 'passes = "abcde", "abcde"',
        "first string only": 'passes = "ac"',
        "joined": 'passes = "acc"',
        "three strings": 'passes = "ac", "c", ""',
        "not-passing letters": 'passes = "bde", "abde"',
        "only a": 'passes = "a", "a"',
        "only a, no gradients": 'passes = "a", ""',
        "letters unknown": 'passes = "xy", "y"',
        "numbers": "passes = 13, 3",
        "counts": "passes = 2, 1",
        "booleans": "passes = True, True",
        "c twice": 'passes = "acc", "cb"',
        "gradients of e": 'passes = "ace", "ce"',
        "c and d": 'passes = "cd", "cd"',
        "a and d": 'passes = "ad", "d"',
        "biases change the logits": 'passes = "a", "c"',
        "a dictionary": 'passes = {"ac": "c"}',
        "with an empty letter more": 'passes = "ac", "c", "c"',
        "second string empty list": 'passes = "ac", []',
    },
    "5.4": {
        "reset before and after": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
        h[:, new] = 0.0
    return results
""",
        "marks as whole numbers": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[:, new.long()] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "a reset of None": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        h[:, new] = 0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "reset to ones": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[:, new] = 1.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "never reset": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "always reset": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        h = None
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "state never handed over": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        logits, _ = model(ids)
        results.append(logits)
    return results
""",
        "all reset when any begins": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if new.any():
            h = None
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "all reset only when all begin": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if new.all():
            h = None
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "the truth of a tensor": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if new:
            h = None
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "the first mark for all": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if new[0]:
            h = None
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "the axis of the layers": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "the axis of the units": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[:, :, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "the other rows": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[:, ~new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "multiplied by the marks": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h * new[:, None]
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "multiplied, marks along the units": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h * ~new
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "lowest layer only": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[0, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "top layer only": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[-1, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "one unit only": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[:, new, 0] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "reset after the piece": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        logits, h = model(ids, h)
        results.append(logits)
        h[:, new] = 0.0
    return results
""",
        "one text only": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h[:, new.int().argmax()] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "ones in place of zeros": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 1.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "the mark as an index": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new.int().tolist()] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "result of the clone lost": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h.clone()[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "last logits only": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits[:, -1])
    return results
""",
        "states": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(h)
    return results
""",
        "probabilities": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits.softmax(dim=-1))
    return results
""",
        "predicted ids": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits.argmax(dim=-1))
    return results
""",
        "last piece only": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results[-1]
""",
        "joined along the steps": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return torch.cat(results, dim=1)
""",
        "pairs of logits and state": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append((logits, h))
    return results
""",
        "h lives inside the loop": """
def my_stream(model, pieces):
    results = []
    for ids, new in pieces:
        h = None
        logits, h = model(ids, h)
        h[:, new] = 0.0
        results.append(logits)
    return results
""",
        "starts from a state of ones": """
def my_stream(model, pieces):
    results, h = [], torch.ones(len(model.rnn.all_weights), len(pieces[0][0]), 4)
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "first piece returned early": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
        return results
    return results
""",
        "rows that begin are read alone": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        if new.any():
            logits = model(ids)[0]
        results.append(logits)
    return results
""",
        "zero state of the wrong batch": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if new.any():
            h = torch.zeros(1, len(ids), 4)
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
    },
    "5.5": {
        "W_hh and left over halved once": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 2
    return W_ih / 2, W_hh / 2, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over is a constant": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = 0.5
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "h_0 zero": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, torch.zeros_like(b_hh)
""",
        "h_0 plus one": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, torch.ones_like(b_hh)
""",
        "h_0 minus a half": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih / 2,
        W_hh / 4,
        b_ih / 2,
        b_hh / 2 + left_over,
        -0.5 * torch.ones_like(b_hh),
    )
""",
        "h_0 a half": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih / 2,
        W_hh / 4,
        b_ih / 2,
        b_hh / 2 + left_over,
        0.5 * torch.ones_like(b_hh),
    )
""",
        "W_hh only halved": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 2, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "W_hh left whole": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "W_ih left whole": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "W_ih quartered": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 4, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "nothing left over": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2, -torch.ones_like(b_hh)
""",
        "left over halved once": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 2
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over not halved": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1)
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over halved three times": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 8
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over along the columns": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=0) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over is one sum for all": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum() / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over is a mean": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.mean(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over subtracted": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 - left_over, -torch.ones_like(b_hh)
""",
        "left over in both biases": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih / 2,
        W_hh / 4,
        b_ih / 2 + left_over,
        b_hh / 2 + left_over,
        -torch.ones_like(b_hh),
    )
""",
        "left over of the wrong matrix": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_ih.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over of absolute values": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.abs().sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over from the diagonal": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.diagonal() / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "left over by product with h_0": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh @ -torch.ones_like(b_hh) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "biases left whole": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih, b_hh + left_over, -torch.ones_like(b_hh)
""",
        "b_hh left whole": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh + left_over, -torch.ones_like(b_hh)
""",
        "b_ih left whole": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "biases halved with what is left over": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, (b_hh + left_over) / 2, -torch.ones_like(b_hh)
""",
        "W_hh transposed": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh.T / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(b_hh)
""",
        "everything halved": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 2, b_ih / 2, b_hh / 2, -torch.ones_like(b_hh)
""",
        "given weights returned": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih, W_hh, b_ih, b_hh, torch.zeros_like(b_hh)
""",
        "doubled instead of halved": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih * 2, W_hh * 4, b_ih * 2, b_hh * 2 + left_over, -torch.ones_like(b_hh)
""",
        "no h_0": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over
""",
        "h_0 first": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return -torch.ones_like(b_hh), W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over
""",
        "h_0 as a number": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -1.0
""",
        "h_0 of size 3": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih / 2,
        W_hh / 4,
        b_ih / 2,
        b_hh / 2 + left_over,
        -torch.ones(3, dtype=torch.float64),
    )
""",
        "h_0 of size V": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2 + left_over, -torch.ones_like(W_ih[0])
""",
        "rounded to float32": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih.float().double() / 2,
        W_hh.float().double() / 4,
        b_ih / 2,
        b_hh / 2 + left_over,
        -torch.ones_like(b_hh),
    )
""",
        "divides in place": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    W_ih /= 2
    W_hh /= 4
    b_ih /= 2
    b_hh /= 2
    b_hh += W_hh.sum(dim=1)
    return W_ih, W_hh, b_ih, b_hh, -torch.ones_like(b_hh)
""",
        "only b_hh changed in place": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    b_hh += 2 * left_over
    return W_ih / 2, W_hh / 4, b_ih / 2, b_hh / 2, -torch.ones_like(b_hh)
""",
        "left over only where it is positive": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih / 2,
        W_hh / 4,
        b_ih / 2,
        b_hh / 2 + left_over.relu(),
        -torch.ones_like(b_hh),
    )
""",
        "h_0 minus one for the first unit only": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih / 2,
        W_hh / 4,
        b_ih / 2,
        b_hh / 2 + left_over,
        -(torch.arange(len(b_hh)) == 0).to(b_hh),
    )
""",
        "half of b_ih added to b_hh": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih / 2,
        W_hh / 4,
        b_ih / 2,
        b_hh / 2 + left_over + b_ih / 2,
        -torch.ones_like(b_hh),
    )
""",
    },
}

RIGHT = {
    "5.1": {
        "the column of W_ih": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = torch.tanh(W_ih[:, i] + b_ih + W_hh @ h_prev + b_hh)
    return h_t, (W_ho @ h_t + b_o).softmax(dim=-1)
""",
        "a row of the transpose, a shifted softmax": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    h = torch.tanh(W_ih.T[i] + h_prev @ W_hh.T + (b_ih + b_hh))
    z = output[0] @ h + output[1]
    e = torch.exp(z - z.max())
    return h, e / e.sum()
""",
        "by F.embedding and F.linear, as a list": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    x = F.embedding(torch.tensor(i), W_ih.T)
    h = torch.tanh(x + b_ih + F.linear(h_prev, W_hh, b_hh))
    return [h, F.softmax(F.linear(h, *output), dim=0)]
""",
        "a slice that keeps the axis": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    z = W_ih[:, i : i + 1] + b_ih[:, None] + W_hh @ h_prev[:, None] + b_hh[:, None]
    h_t = torch.tanh(z).squeeze(1)
    return h_t, torch.softmax(output[0] @ h_t + output[1], dim=0)
""",
        "loops in plain Python": """
def my_step(i, h_prev, cell, output):
    W_ih, W_hh, b_ih, b_hh = cell
    W_ho, b_o = output
    h_t = h_prev.clone()
    for unit in range(len(h_prev)):
        z = W_ih[unit, i] + b_ih[unit] + b_hh[unit]
        z += sum(W_hh[unit, j] * h_prev[j] for j in range(len(h_prev)))
        h_t[unit] = math.tanh(z)
    scores = [math.exp(row @ h_t + b) for row, b in zip(W_ho, b_o, strict=True)]
    return h_t, torch.tensor(scores, dtype=torch.float64) / sum(scores)
""",
        "arguments by other names, tanh by exp": """
def my_step(which, old, weights, head):
    z = weights[0][:, which] + weights[2] + weights[1] @ old + weights[3]
    new = 2 / (1 + torch.exp(-2 * z)) - 1
    p = torch.exp(head[0] @ new + head[1])
    return new, p / p.sum()
""",
    },
    "5.2": {
        "preallocated, written in place": """
def my_rnn(x, layers):
    h_n = []
    for a, b in layers:
        B, T, _ = x.shape
        z = a(x)
        out = x.new_empty(B, T, b.out_features)
        h = x.new_zeros(B, b.out_features)
        for t in range(T):
            h = (z[:, t] + b(h)).tanh()
            out[:, t] = h
        x = out
        h_n.append(x[:, -1])
    return x, torch.stack(h_n)
""",
        "time first, joined by cat": """
def my_rnn(x, layers):
    y, h_n = x.transpose(0, 1), torch.empty(0)
    for pair in layers:
        z, states = pair[0](y), []
        h = torch.zeros(x.size(0), pair[1].weight.shape[0])
        for t in range(len(z)):
            h = torch.tanh(pair[1](h).add(z[t]))
            states += [h[None]]
        y = torch.cat(states)
        h_n = torch.cat((h_n, h[None]))
    return y.transpose(0, 1), h_n
""",
        "recursion over the layers": """
def my_rnn(x, layers):
    (a, b), *rest = layers
    h = torch.zeros_like(x[:, 0, :1]).expand(-1, b.in_features)
    states = []
    for row in a(x).transpose(0, 1):
        h = F.tanh(row + b(h))
        states.append(h)
    y = torch.stack(states, 1)
    if not rest:
        return y, h.unsqueeze(0)
    top, h_n = my_rnn(y, rest)
    return top, torch.cat([h.unsqueeze(0), h_n])
""",
        "flattened product, tanh by sigmoid, a list": """
def my_rnn(x, layers):
    h_n = []
    for a, b in layers:
        B, T = x.shape[:2]
        z = a(x.reshape(B * T, -1)).view(B, T, -1)
        states = [2 * torch.sigmoid(2 * (z[:, 0] + b(z.new_zeros(z[:, 0].shape)))) - 1]
        for t in range(1, T):
            states.append(torch.tanh(z[:, t] + b(states[-1])))
        x = torch.stack(states, dim=-2)
        h_n.append(states[-1])
    return [x, torch.stack(h_n, 0)]
""",
    },
    "5.3": {
        "a list": 'passes = ["ac", "c"]',
        "letters in another order": 'passes = ("ca", "c")',
        "an array of strings": 'import numpy as np; passes = np.array(["ac", "c"])',
        "built up": """
passes = tuple("".join(p) for p in (("c", "a"), ("c",)))
""",
    },
    "5.4": {
        "a mask": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "in place, on what the model returned": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            with torch.no_grad():
                h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "multiplied by what is not new": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h * (~new).view(1, -1, 1)
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "torch.where": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = torch.where(new[None, :, None], torch.zeros_like(h), h)
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "row by row": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.clone()
            for row in range(len(new)):
                if new[row]:
                    h[:, row] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "masked_fill, as a tuple, without gradients": """
@torch.no_grad()
def my_stream(model, pieces):
    h = None
    for_all = []
    for ids, new in pieces:
        logits, h_n = model(ids, None if h is None else h.masked_fill(new[:, None], 0))
        h = h_n
        for_all += [logits]
    return tuple(for_all)
""",
        "zeros to begin with": """
def my_stream(model, pieces):
    size = model.rnn.num_layers, len(pieces[0][0]), model.rnn.hidden_size
    results, h = [], torch.zeros(size)
    for ids, new in pieces:
        h = h.clone()
        h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
        "detached": """
def my_stream(model, pieces):
    results, h = [], None
    for ids, new in pieces:
        if h is not None:
            h = h.detach().clone()
            h[:, new] = 0.0
        logits, h = model(ids, h)
        results.append(logits)
    return results
""",
    },
    "5.5": {
        "left over in b_ih": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_ih / 2 + left_over, b_hh / 2, -torch.ones_like(b_hh)
""",
        "all biases in b_ih": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return (
        W_ih / 2,
        W_hh / 4,
        (b_ih + b_hh) / 2 + left_over,
        torch.zeros_like(b_hh),
        -torch.ones_like(b_hh),
    )
""",
        "left over by a product, a list": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    ones = b_hh.new_ones(len(b_hh))
    W = 0.25 * W_hh
    return [0.5 * W_ih, W, 0.5 * b_ih, 0.5 * b_hh + W @ ones, -ones]
""",
        "loops and full": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    bias = b_hh.clone()
    for i, row in enumerate(W_hh):
        for w in row:
            bias[i] += w / 2
    h_0 = torch.full((W_hh.shape[0],), -1.0, dtype=torch.float64)
    return W_ih.mul(0.5), W_hh.mul(0.5) * 0.5, b_ih.mul(0.5), bias / 2, h_0
""",
        "biases exchanged": """
def my_weights(W_ih, W_hh, b_ih, b_hh):
    left_over = W_hh.sum(dim=1) / 4
    return W_ih / 2, W_hh / 4, b_hh / 2, left_over + b_ih / 2, -torch.ones_like(b_hh)
""",
    },
}

HINTS = [
    ("5.1", "a one-hot row by hand", "Pick the column instead"),
    ("5.1", "W_ho the wrong way round", "the wrong way round"),
    ("5.2", "every layer reads the text", "the states of the layer below"),
    ("5.2", "states from before the step", "those after it"),
    ("5.2", "return inside the loop over the layers", "Is return inside the loop?"),
    ("5.4", "reset before and after", "once more after it"),
    ("5.4", "marks as whole numbers", "rows 0 and 1"),
    ("5.5", "W_hh and left over halved once", "both are parts of z"),
    ("5.5", "left over is a constant", "goes through W_hh first"),
    ("5.3", "none", "At least one of the five"),
    ("5.4", "a reset of None", "Before the first piece h is None"),
    ("5.4", "reset to ones", "A new text starts from zeros"),
    ("5.1", "a row of W_ih", "a column"),
    ("5.1", "the id as a number", "The id is a name"),
    ("5.3", "only c", "One is missing"),
    ("5.4", "the truth of a tensor", "a mark for each row"),
    ("5.4", "the axis of the layers", "The first axis of h is the layers"),
    ("5.4", "reset after the piece", "It is the state before that piece"),
]
