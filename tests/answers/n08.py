"""Answers to the exercises of notebook 08: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""


def _with(source, *changes):
    """A source with some of its pieces replaced by others."""
    for old, new in changes:
        assert source.count(old) == 1, (old, source)
        source = source.replace(old, new)
    return source


def _variants(source, changes):
    """One changed source for each name; a change is a pair, or a list of pairs."""
    return {
        name: _with(source, *(change if isinstance(change, list) else [change]))
        for name, change in changes.items()
    }


# --- the solutions that wrong answers are made from -----------------------------------

PERPLEXITY = """
def my_perplexity(losses, counts):
    weights = counts / counts.sum()
    return (weights * losses).sum().exp()
"""

AHEAD = """
def my_sees_ahead(model, ids):
    with torch.no_grad():
        before, _ = model(ids)
        for t in range(1, ids.shape[1]):
            changed = ids.clone()
            changed[:, t:] = (ids[:, t:] + 1) % before.shape[-1]
            after, _ = model(changed)
            if not torch.allclose(after[:, :t], before[:, :t], atol=1e-5):
                return True
    return False
"""

COMPLETE = """
@torch.no_grad()
def my_complete(model, vocab, prompt, max_new_chars):
    text, h = prompt, None
    for _ in range(max_new_chars):
        logits, h = model(vocab.encode(text))
        text += vocab.itos[int(logits[-1].argmax())]
    return text
"""

CARRY = """
@torch.no_grad()
def my_complete(model, vocab, prompt, max_new_chars):
    text, new, h = prompt, prompt, None
    for _ in range(max_new_chars):
        logits, h = model(vocab.encode(new), h)
        new = vocab.itos[int(logits[-1].argmax())]
        text += new
    return text
"""

SPLIT = """
def my_split(ids, seq_len, held_out):
    train, validation = ids[:-held_out], ids[-held_out:]
    return train.unfold(0, seq_len, 1), validation.unfold(0, seq_len, 1)
"""

STEP = """
def my_step(model, optimizer, inputs, targets, piece):
    count = (targets != data.IGNORE_INDEX).sum()
    total = 0.0
    optimizer.zero_grad()
    for x, y in zip(inputs.split(piece), targets.split(piece)):
        logits, _ = model(x)
        loss = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum")
        (loss / count).backward()
        total += loss.item()
    optimizer.step()
    return total / count.item()
"""

PROGRAM = """
def my_program(known, held, seed):
    vocab = data.Vocabulary.from_texts(known + held, pad=True, end=True)
    x, y = names.batch(vocab, known)
    held_x, held_y = names.batch(vocab, held)
    torch.manual_seed(seed)
    model = CharRNN(len(vocab), 16)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    best = float("inf")
    for epoch in range(30):
        logits, _ = model(x)
        loss = F.cross_entropy(logits.flatten(0, 1), y.flatten())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        held_loss = training.evaluate(model, held_x, held_y)
        if held_loss < best:
            best = held_loss
            kept = copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    return model, best
"""

OWN = (
    "held_x, held_y = names.batch(vocab, held)",
    "held_vocab = data.Vocabulary.from_texts(held, pad=True, end=True)\n"
    "    held_x, held_y = names.batch(held_vocab, held)",
)
TRAINING = ("if held_loss < best", "if loss.item() < best")
LIVE = ("copy.deepcopy(model.state_dict())", "model.state_dict()")


def _tuples(*answers):
    return {str(answer): f"my_suspicions = {answer!r}" for answer in answers}


WRONG = {
    "8.1": _tuples(
        *((4, 4, 2, 6, 3), (1, 4, 2, 6, 3), (7, 4, 2, 6, 3), (2, 4, 2, 6, 3)),
        *((5, 2, 2, 6, 3), (5, 1, 2, 6, 3), (5, 5, 2, 6, 3), (5, 7, 2, 6, 3)),
        *((5, 4, 4, 6, 3), (5, 4, 1, 6, 3), (5, 4, 7, 6, 3), (5, 4, 5, 6, 3)),
        *((5, 4, 2, 7, 3), (5, 4, 2, 1, 3), (5, 4, 2, 3, 3), (5, 4, 2, 4, 3)),
        *((5, 4, 2, 6, 1), (5, 4, 2, 6, 7), (5, 4, 2, 6, 5), (5, 2, 4, 6, 3)),
        *((3, 6, 2, 4, 5), (2, 3, 4, 5, 6), (5, 4, 2, 6), (5, 4, 2, 6, 8), 54263),
        *("54263", "ABCDE", (4, 3, 1, 5, 2), (5, 4, 2, 6, None), (5.5, 4, 2, 6, 3)),
    ),
    "8.2": _variants(
        PERPLEXITY,
        {
            "as it was": (
                "(weights * losses).sum().exp()",
                "(weights * losses.exp()).sum()",
            ),
            "without weights": ("(weights * losses).sum()", "losses.mean()"),
            "power, then mean": (
                "(weights * losses).sum().exp()",
                "losses.exp().mean()",
            ),
            "no power": (".sum().exp()", ".sum()"),
            "base 2": (
                "(weights * losses).sum().exp()",
                "2 ** (weights * losses).sum()",
            ),
            "counts, not weights": ("(weights * losses)", "(counts * losses)"),
            "mean of weighted": (
                "(weights * losses).sum()",
                "(weights * losses).mean()",
            ),
            "mean of counted": ("(weights * losses).sum()", "(counts * losses).mean()"),
            "one for each batch": ("(weights * losses).sum().exp()", "losses.exp()"),
            "weighted, one for each": (".sum().exp()", ".exp()"),
            "exp of weights": (
                "(weights * losses).sum().exp()",
                "(weights.exp() * losses).sum()",
            ),
            "log": (".sum().exp()", ".sum().log()"),
            "sign": (".sum().exp()", ".sum().neg().exp()"),
            "geometric, upside down": (
                "counts / counts.sum()",
                "counts.sum() / counts",
            ),
            "weights by batches": ("counts / counts.sum()", "counts / len(counts)"),
            "weights by maximum": ("counts / counts.sum()", "counts / counts.max()"),
            "whole-number division": (
                "counts / counts.sum()",
                "counts // counts.sum()",
            ),
            "softmax of counts": ("counts / counts.sum()", "counts.float().softmax(0)"),
            "the largest": ("(weights * losses).sum()", "losses.max()"),
            "median": ("(weights * losses).sum()", "losses.median()"),
            "expm1": (".sum().exp()", ".sum().expm1()"),
            "rounded": (".sum().exp()", ".sum().exp().round()"),
            "mended twice": (
                "(weights * losses).sum().exp()",
                "(weights * losses).sum().exp().exp()",
            ),
        },
    ),
    "8.3": {
        "not treated": """
def my_logits(rnn, output, x):
    states = rnn(x)[0]
    return output(states)
""",
        "states transposed only": """
def my_logits(rnn, output, x):
    states = rnn(x)[0].transpose(0, 1)
    return output(states)
""",
        "input transposed only": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0]
    return output(states)
""",
        "reshape instead of transpose": """
def my_logits(rnn, output, x):
    states = rnn(x.reshape(x.shape[1], len(x), -1))[0]
    states = states.reshape(*x.shape[:2], -1)
    return output(states)
""",
        "reshape on the way in": """
def my_logits(rnn, output, x):
    states = rnn(x.reshape(x.shape[1], x.shape[0], -1))[0].transpose(0, 1)
    return output(states)
""",
        "reshape on the way out": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].reshape(x.shape[0], x.shape[1], -1)
    return output(states)
""",
        "batch_first set on the given layer": """
def my_logits(rnn, output, x):
    rnn.batch_first = True
    states = rnn(x)[0]
    return output(states)
""",
        "a copy without its weights": """
def my_logits(rnn, output, x):
    own = nn.RNN(rnn.input_size, rnn.hidden_size, batch_first=True)
    states = own(x)[0]
    return output(states)
""",
        "rebuilt with copied weights": """
def my_logits(rnn, output, x):
    own = nn.RNN(rnn.input_size, rnn.hidden_size, batch_first=True)
    own.load_state_dict(rnn.state_dict())
    states = own(x)[0]
    return output(states)
""",
        "deep copy with batch_first": """
import copy


def my_logits(rnn, output, x):
    own = copy.deepcopy(rnn)
    own.batch_first = True
    return output(own(x)[0])
""",
        "states detached": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1).detach()
    return output(states)
""",
        "result detached": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states).detach()
""",
        "no_grad": """
@torch.no_grad()
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states)
""",
        "no_grad around the layer": """
def my_logits(rnn, output, x):
    with torch.no_grad():
        states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states)
""",
        "states returned": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return states
""",
        "softmax": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states).softmax(-1)
""",
        "log_softmax": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states).log_softmax(-1)
""",
        "output's bias forgotten": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return states @ output.weight.T
""",
        "last state for every step": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[1][-1].unsqueeze(1).expand(-1, x.shape[1], -1)
    return output(states)
""",
        "h_n instead of the states": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[1].transpose(0, 1)
    return output(states)
""",
        "last step only": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states[:, -1])
""",
        "first row only": """
def my_logits(rnn, output, x):
    states = rnn(x[:1].transpose(0, 1))[0].transpose(0, 1)
    return output(states)
""",
        "rows one after another, state carried": """
def my_logits(rnn, output, x):
    h, rows = None, []
    for row in x:
        out, h = rnn(row.unsqueeze(1), h)
        rows.append(out[:, 0])
    states = torch.stack(rows)
    return output(states)
""",
        "whole batch as one long text": """
def my_logits(rnn, output, x):
    states = rnn(x.flatten(0, 1))[0].view(*x.shape[:2], -1)
    return output(states)
""",
        "characters without memory": """
def my_logits(rnn, output, x):
    states = torch.stack([rnn(x[:, t][None])[0][0] for t in range(x.shape[1])], 1)
    return output(states)
""",
        "transposed only where the axes differ": """
def my_logits(rnn, output, x):
    states = (
        rnn(x)[0]
        if x.shape[0] == x.shape[1]
        else rnn(x.transpose(0, 1))[0].transpose(0, 1)
    )
    return output(states)
""",
        "batch of one not treated": """
def my_logits(rnn, output, x):
    states = rnn(x)[0] if len(x) == 1 else rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states)
""",
        "batch of one squeezed": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states).squeeze(0)
""",
        "text of one character squeezed": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states).squeeze(1)
""",
        "flipped in time": """
def my_logits(rnn, output, x):
    states = rnn(x.flip(1).transpose(0, 1))[0].transpose(0, 1)
    return output(states)
""",
        "flipped in time, there and back": """
def my_logits(rnn, output, x):
    states = rnn(x.flip(1).transpose(0, 1))[0].transpose(0, 1)
    return output(states.flip(1))
""",
        "result left as (T, B, V)": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states).transpose(0, 1)
""",
        "three rows": """
def my_logits(rnn, output, x):
    x = x[:3]
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states)
""",
        "sixteen characters": """
def my_logits(rnn, output, x):
    x = x[:, :16]
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states)
""",
        "x overwritten": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    x.zero_()
    return output(states)
""",
        "layer frozen": """
def my_logits(rnn, output, x):
    rnn.requires_grad_(False)
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states)
""",
        "output frozen": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return F.linear(states, output.weight.detach(), output.bias.detach())
""",
        "state from ones": """
def my_logits(rnn, output, x):
    states = rnn(
        x.transpose(0, 1), x.new_ones(rnn.num_layers, len(x), rnn.hidden_size)
    )[0].transpose(0, 1)
    return output(states)
""",
        "rows in reverse order": """
def my_logits(rnn, output, x):
    states = rnn(x.transpose(0, 1))[0].transpose(0, 1)
    return output(states.flip(0))
""",
        "rebuilt layer that shares the data": """
def my_logits(rnn, output, x):
    own = nn.RNN(rnn.input_size, rnn.hidden_size)
    for name, p in own.named_parameters():
        p.data = getattr(rnn, name).data
    return output(own(x.transpose(0, 1))[0].transpose(0, 1))
""",
        "tanh written by hand, no bias of the state": """
def my_logits(rnn, output, x):
    h, states = x.new_zeros(len(x), rnn.hidden_size), []
    for x_t in x.unbind(1):
        h = torch.tanh(
            x_t @ rnn.weight_ih_l0.T + h @ rnn.weight_hh_l0.T + rnn.bias_ih_l0
        )
        states.append(h)
    return output(torch.stack(states, 1))
""",
    },
    "8.4": _variants(
        AHEAD,
        {
            "compares everything": ("after[:, :t], before[:, :t]", "after, before"),
            "compares the rest": (
                "after[:, :t], before[:, :t]",
                "after[:, t:], before[:, t:]",
            ),
            "compares up to t": (
                "after[:, :t], before[:, :t]",
                "after[:, : t + 1], before[:, : t + 1]",
            ),
            "last step only": ("range(1, ids.shape[1])", "[ids.shape[1] - 1]"),
            "first step only": ("range(1, ids.shape[1])", "[1]"),
            "starts at 2": ("range(1, ids.shape[1])", "range(2, ids.shape[1])"),
            "stops early": ("range(1, ids.shape[1])", "range(1, ids.shape[1] - 1)"),
            "rows for steps": ("range(1, ids.shape[1])", "range(1, ids.shape[0])"),
            "first row only": (
                "after[:, :t], before[:, :t]",
                "after[0, :t], before[0, :t]",
            ),
            "last row only": (
                "after[:, :t], before[:, :t]",
                "after[-1, :t], before[-1, :t]",
            ),
            "changes row 0 only": (
                "changed[:, t:] = (ids[:, t:] + 1)",
                "changed[0, t:] = (ids[0, t:] + 1)",
            ),
            "zeros": (
                "changed[:, t:] = (ids[:, t:] + 1) % before.shape[-1]",
                "changed[:, t:] = 0",
            ),
            "no remainder": (" % before.shape[-1]", ""),
            "remainder by 16": ("% before.shape[-1]", "% 16"),
            "flips the rest": (
                "changed[:, t:] = (ids[:, t:] + 1) % before.shape[-1]",
                "changed[:, t:] = ids[:, t:].flip(1)",
            ),
            "in place": ("changed = ids.clone()", "changed = ids"),
            "not cloned, not changed": ("model(changed)", "model(ids)"),
            "opposite": [
                ("return True", "return False"),
                ("    return False\n", "    return True\n"),
            ]
            and [
                ("return True", "return 0 > 1"),
                ("    return False", "    return True"),
            ],
            "always True": ("    return False", "    return True"),
            "returns after the first": (
                "                return True\n",
                "                return True\n            return False\n",
            ),
            "coarse": ("atol=1e-5", "atol=0.1"),
            "first answer only": (
                "after[:, :t], before[:, :t]",
                "after[:, 0], before[:, 0]",
            ),
            "last symbol only": (
                "after[:, :t], before[:, :t]",
                "after[:, :t, -1], before[:, :t, -1]",
            ),
            "changes one step of one row": (
                "changed[:, t:] = (ids[:, t:] + 1)",
                "changed[1:, t:] = (ids[1:, t:] + 1)",
            ),
            "changes earlier, looks later": [
                (
                    "changed[:, t:] = (ids[:, t:] + 1)",
                    "changed[:, :t] = (ids[:, :t] + 1)",
                ),
                ("after[:, :t], before[:, :t]", "after[:, t:], before[:, t:]"),
            ],
        },
    ),
    "8.5": {
        **_variants(
            COMPLETE,
            {
                "as it was": ("vocab.encode(text))", "vocab.encode(text), h)"),
                "last character, no state": ("encode(text)", "encode(text[-1])"),
                "last character and state": ("encode(text))", "encode(text[-1]), h)"),
                "prompt only": ("encode(text)", "encode(prompt)"),
                "prompt and state": ("encode(text))", "encode(prompt), h)"),
                "not appended": ("text += vocab", "new = vocab"),
                "replaced": ("text += vocab", "text = vocab"),
                "in front": (
                    "text += vocab.itos[int(logits[-1].argmax())]",
                    "text = vocab.itos[int(logits[-1].argmax())] + text",
                ),
                "onto the prompt": ("text += ", "text = prompt + "),
                "one too many": ("range(max_new_chars)", "range(max_new_chars + 1)"),
                "one too few": ("range(max_new_chars)", "range(max_new_chars - 1)"),
                "as many in all": (
                    "range(max_new_chars)",
                    "range(max_new_chars - len(prompt))",
                ),
                "continuation only": ("return text", "return text[len(prompt) :]"),
                "least probable": ("argmax", "argmin"),
                "first row": ("logits[-1]", "logits[0]"),
                "id for character": (
                    "vocab.itos[int(logits[-1].argmax())]",
                    "str(int(logits[-1].argmax()))",
                ),
                "stripped": ("return text", "return text.strip()"),
                "argmax over time": ("logits[-1].argmax()", "logits.argmax(0)[-1]"),
                "without the first": ("encode(text)", "encode(text[1:] or text)"),
                "drawn": (
                    "logits[-1].argmax()",
                    "torch.multinomial(logits[-1].softmax(-1), 1)",
                ),
            },
        ),
        **_variants(
            CARRY,
            {
                "carries, feeds the text": ("encode(new)", "encode(text)"),
                "carries, forgets the state": ("encode(new), h)", "encode(new))"),
                "carries, reads only its end": (
                    "text, new, h = prompt, prompt, None",
                    "text, new, h = prompt, prompt[-1], None",
                ),
                "carries, not appended": ("        text += new\n", ""),
                "carries, state thrown away": (
                    "logits, h = model",
                    "logits, _ = model",
                ),
                "reads the prompt twice": (
                    "text, new, h = prompt, prompt, None",
                    "text, new = prompt, prompt\n"
                    "    _, h = model(vocab.encode(prompt))",
                ),
            },
        ),
    },
    "8.6": {
        "as it was": """
def my_split(ids, seq_len, held_out):
    windows = ids.unfold(0, seq_len, 1)
    order = torch.randperm(len(windows))
    return windows[order[:-held_out]], windows[order[-held_out:]]
""",
        "rows, not characters": """
def my_split(ids, seq_len, held_out):
    windows = ids.unfold(0, seq_len, 1)
    return windows[:-held_out], windows[-held_out:]
""",
        "the right validation, rows across the border": """
def my_split(ids, seq_len, held_out):
    windows = ids.unfold(0, seq_len, 1)
    border = len(ids) - held_out
    return windows[:border], windows[border:]
""",
        "a gap before the border": """
def my_split(ids, seq_len, held_out):
    windows = ids.unfold(0, seq_len, 1)
    border = len(ids) - held_out
    return windows[: border - seq_len], windows[border:]
""",
        "rows shuffled after a right split": """
def my_split(ids, seq_len, held_out):
    train = ids[:-held_out].unfold(0, seq_len, 1)
    validation = ids[-held_out:].unfold(0, seq_len, 1)
    return train.flip(0), validation
""",
        **_variants(
            SPLIT,
            {
                "parts exchanged": ("train, validation = ", "validation, train = "),
                "returned in the other order": (
                    "train.unfold(0, seq_len, 1), validation.unfold(0, seq_len, 1)",
                    "validation.unfold(0, seq_len, 1), train.unfold(0, seq_len, 1)",
                ),
                "first characters put aside": (
                    "ids[:-held_out], ids[-held_out:]",
                    "ids[held_out:], ids[:held_out]",
                ),
                "held_out for training": (
                    "ids[:-held_out], ids[-held_out:]",
                    "ids[:held_out], ids[held_out:]",
                ),
                "training on all": (
                    "ids[:-held_out], ids[-held_out:]",
                    "ids, ids[-held_out:]",
                ),
                "one character in both": (
                    "ids[:-held_out], ids[-held_out:]",
                    "ids[: len(ids) - held_out + 1], ids[-held_out:]",
                ),
                "one character lost": (
                    "ids[:-held_out], ids[-held_out:]",
                    "ids[: -held_out - 1], ids[-held_out:]",
                ),
                "no overlap": (
                    "train.unfold(0, seq_len, 1), validation.unfold(0, seq_len, 1)",
                    "train.unfold(0, seq_len, seq_len), "
                    "validation.unfold(0, seq_len, seq_len)",
                ),
                "no overlap in validation": (
                    "validation.unfold(0, seq_len, 1)",
                    "validation.unfold(0, seq_len, seq_len)",
                ),
                "every second window": [
                    ("train.unfold(0, seq_len, 1)", "train.unfold(0, seq_len, 2)"),
                ],
                "one too long": [
                    ("train.unfold(0, seq_len, 1)", "train.unfold(0, seq_len + 1, 1)"),
                ],
                "one too short": [
                    ("train.unfold(0, seq_len, 1)", "train.unfold(0, seq_len - 1, 1)"),
                ],
                "last window lost": (
                    "train.unfold(0, seq_len, 1)",
                    "train.unfold(0, seq_len, 1)[:-1]",
                ),
                "first window lost": (
                    "train.unfold(0, seq_len, 1)",
                    "train.unfold(0, seq_len, 1)[1:]",
                ),
                "not cut at all": (
                    "train.unfold(0, seq_len, 1), validation.unfold(0, seq_len, 1)",
                    "train, validation",
                ),
                "columns for rows": (
                    "train.unfold(0, seq_len, 1)",
                    "train.unfold(0, seq_len, 1).T",
                ),
                "validation overlaps": ("ids[-held_out:]", "ids[-held_out - 1 :]"),
                "one part only": (
                    "train.unfold(0, seq_len, 1), validation.unfold(0, seq_len, 1)",
                    "train.unfold(0, seq_len, 1)",
                ),
                "floats": (
                    "train.unfold(0, seq_len, 1)",
                    "train.float().unfold(0, seq_len, 1)",
                ),
            },
        ),
    },
    "8.7": _variants(
        STEP,
        {
            "one late backward": [
                ("        (loss / count).backward()\n", ""),
                ("total += loss.item()", "total = total + loss"),
                (
                    "    optimizer.step()",
                    "    (total / count).backward()\n    optimizer.step()",
                ),
                ("return total / count.item()", "return (total / count).item()"),
            ],
            "means of no targets": [
                (', reduction="sum")', ")"),
                (
                    "        (loss / count)",
                    "        loss *= (y != data.IGNORE_INDEX).sum()\n"
                    "        (loss / count)",
                ),
            ],
            "as it was": [
                (', reduction="sum")', ")"),
                ("(loss / count).backward()", "loss.backward()"),
                ("return total / count.item()", "return loss.item()"),
            ],
            "sum of means": [
                (', reduction="sum")', ")"),
                ("(loss / count).backward()", "loss.backward()"),
            ],
            "mean of means": [
                (', reduction="sum")', ")"),
                ("(loss / count)", "(loss * piece / len(inputs))"),
            ],
            "by number of pieces": [
                (', reduction="sum")', ")"),
                ("(loss / count)", "(loss / len(inputs.split(piece)))"),
                ("total / count.item()", "total / len(inputs.split(piece))"),
            ],
            "by rows": [
                (', reduction="sum")', ")"),
                ("(loss / count)", "(loss * len(x) / len(inputs))"),
            ],
            "nothing divided": ("(loss / count)", "loss"),
            "all entries": (
                "(targets != data.IGNORE_INDEX).sum()",
                "torch.tensor(targets.numel())",
            ),
            "count of the piece": [
                ("(loss / count)", "(loss / (y != data.IGNORE_INDEX).sum())")
            ],
            "padding counted": ("y.flatten(), red", "y.clamp(min=0).flatten(), red"),
            "cleared inside": [
                ("    optimizer.zero_grad()\n", ""),
                (
                    "        logits, _",
                    "        optimizer.zero_grad()\n        logits, _",
                ),
            ],
            "never cleared": ("    optimizer.zero_grad()\n", ""),
            "cleared before the step": [
                ("    optimizer.zero_grad()\n", ""),
                (
                    "    optimizer.step()",
                    "    optimizer.zero_grad()\n    optimizer.step()",
                ),
            ],
            "steps inside": ("    optimizer.step()", "        optimizer.step()"),
            "no step": ("    optimizer.step()\n", ""),
            "no backward": ("        (loss / count).backward()\n", ""),
            "backward at the end": [
                ("        (loss / count).backward()\n", ""),
                (
                    "    optimizer.step()",
                    "    (loss / count).backward()\n    optimizer.step()",
                ),
            ],
            "the last loss": ("return total / count.item()", "return loss.item()"),
            "the sum": ("return total / count.item()", "return total"),
            "a tensor": (
                "return total / count.item()",
                "return torch.tensor(total) / count",
            ),
            "per row": ("return total / count.item()", "return total / len(inputs)"),
            "nothing": ("    return total / count.item()", "    total / count.item()"),
            "the whole batch at once": [
                ("inputs.split(piece), targets.split(piece)", "[inputs], [targets]"),
            ],
            "the first piece only": [
                (
                    "inputs.split(piece), targets.split(piece)",
                    "inputs.split(piece)[:1], targets.split(piece)[:1]",
                ),
            ],
            "last piece lost": [
                (
                    "inputs.split(piece), targets.split(piece)",
                    "inputs.split(piece)[:-1], targets.split(piece)[:-1]",
                ),
            ],
            "uphill": ("(loss / count)", "(-loss / count)"),
        },
    ),
    "8.8": _variants(
        PROGRAM,
        {
            "vocabulary of all names": (
                "data.Vocabulary.from_texts(known + held, pad=True, end=True)",
                "names.vocabulary()",
            ),
            "as it was": [OWN, TRAINING, LIVE],
            "own vocabulary left": OWN,
            "training loss left": TRAINING,
            "no copy left": LIVE,
            "only the vocabulary mended": [TRAINING, LIVE],
            "only the comparison mended": [OWN, LIVE],
            "only the copy mended": [OWN, TRAINING],
            "shallow copy": (
                "copy.deepcopy(model.state_dict())",
                "copy.copy(model.state_dict())",
            ),
            "dict of the live": (
                "copy.deepcopy(model.state_dict())",
                "dict(model.state_dict())",
            ),
            "best by training, of training": [
                TRAINING,
                ("best = held_loss", "best = loss.item()"),
            ],
            "training loss returned": (
                "return model, best",
                "return model, loss.item()",
            ),
            "last held-out loss returned": (
                "return model, best",
                "return model, held_loss",
            ),
            "last model returned": ("    model.load_state_dict(kept)\n", ""),
            "the wrong way round": [
                ("held_loss < best", "held_loss > best"),
                ('float("inf")', '-float("inf")'),
            ],
            "held names trained on": (
                "names.batch(vocab, known)",
                "names.batch(vocab, known + held)",
            ),
            "vocabulary of the known": [
                ("from_texts(known + held", "from_texts(known")
            ],
            "vocabularies exchanged": [("from_texts(known + held", "from_texts(held")],
            "never cleared": ("        optimizer.zero_grad()\n", ""),
            "cleared before the step": [
                ("        optimizer.zero_grad()\n", ""),
                (
                    "        optimizer.step()",
                    "        optimizer.zero_grad()\n        optimizer.step()",
                ),
            ],
            "another rate": ("lr=0.05", "lr=0.01"),
            "another size": ("len(vocab), 16", "len(vocab), 32"),
            "fewer epochs": ("range(30)", "range(20)"),
            "no seed": (
                "    torch.manual_seed(seed)\n",
                "    torch.manual_seed(seed + 1)\n",
            ),
            "best not updated": ("            best = held_loss\n", ""),
            "order of the result": ("return model, best", "return best, model"),
            "one result": ("return model, best", "return best"),
        },
    ),
}

RIGHT = {
    "8.1": {
        "a list": "my_suspicions = [5, 4, 2, 6, 3]",
        "a tensor": "my_suspicions = torch.tensor([5, 4, 2, 6, 3])",
        "in steps": "a, b, c, d, e = 5, 4, 2, 6, 3\nmy_suspicions = (a, b, c, d, e)",
    },
    "8.2": {
        "divided at the end": """
def my_perplexity(losses, counts):
    return torch.exp((losses * counts).sum() / counts.sum())
""",
        "by loops": """
def my_perplexity(losses, counts):
    total = sum(loss * count for loss, count in zip(losses, counts))
    return math.e ** (total / counts.sum())
""",
        "dot product": """
def my_perplexity(losses, counts):
    return (losses @ counts.float() / counts.sum()).exp()
""",
        "a float": """
def my_perplexity(losses, counts):
    return math.exp(float((losses * counts).sum() / counts.sum()))
""",
        "one row for each target": """
def my_perplexity(losses, counts):
    return losses.repeat_interleave(counts).mean().exp()
""",
    },
    "8.3": {
        "permute, output first": """
def my_logits(rnn, output, x):
    out, _ = rnn(x.permute(1, 0, 2))
    return output(out).permute(1, 0, 2)
""",
        "row by row, each from zero": """
def my_logits(rnn, output, x):
    return torch.stack([output(rnn(row)[0]) for row in x])
""",
        "step by step with the state": """
def my_logits(rnn, output, x):
    h, states = None, []
    for t in range(x.size(1)):
        out, h = rnn(x[:, t].unsqueeze(0), h)
        states.append(out.squeeze(0))
    return output(torch.stack(states, dim=1))
""",
        "swapaxes, contiguous": """
def my_logits(rnn, output, x):
    states = rnn(x.swapaxes(0, 1).contiguous())[0]
    return torch.einsum("tbh->bth", output(states)).contiguous()
""",
    },
    "8.4": {
        "one step at a time": """
@torch.no_grad()
def my_sees_ahead(model, ids):
    logits, _ = model(ids)
    for t in range(ids.shape[1]):
        other = ids.clone()
        other[:, t] = (other[:, t] + 1) % logits.shape[2]
        if (model(other)[0] - logits)[:, :t].abs().gt(1e-5).any():
            return True
    return False
""",
        "row by row": """
def my_sees_ahead(model, ids):
    B, T = ids.shape
    before = model(ids)[0].detach()
    found = False
    for row in range(B):
        for t in range(1, T):
            changed = ids.clone()
            changed[row, t] = (ids[row, t] + 1) % before.shape[-1]
            moved = (model(changed)[0].detach() - before)[row, :t].abs() > 1e-5
            found = found or bool(moved.any())
    return found
""",
        "texts cut short": """
def my_sees_ahead(model, ids):
    with torch.no_grad():
        whole = model(ids)[0]
        V = whole.shape[-1]
        for t in range(1, ids.shape[1]):
            new = torch.cat([ids[:, :t], (ids[:, t:] + 1) % V], dim=1)
            if not torch.allclose(model(new)[0][:, :t], whole[:, :t], atol=1e-5):
                return True
        return False
""",
        "any of a list": """
@torch.no_grad()
def my_sees_ahead(model, ids):
    before = model(ids)[0]
    V, T = before.shape[-1], ids.shape[1]

    def moves(t):
        late = torch.arange(T) >= t
        after = model(torch.where(late, (ids + 1) % V, ids))[0]
        return not torch.allclose(after[:, ~late], before[:, ~late], atol=1e-5)

    return any(moves(t) for t in range(1, T))
""",
    },
    "8.5": {
        "carries the state": CARRY,
        "reads the prompt first": """
def my_complete(model, vocab, prompt, max_new_chars):
    with torch.no_grad():
        logits, h = model(vocab.encode(prompt))
        text = prompt
        for _ in range(max_new_chars):
            i = logits[-1].argmax().reshape(1)
            text += vocab.decode(i)
            logits, h = model(i, h)
    return text
""",
        "the helper": """
def my_complete(model, vocab, prompt, max_new_chars):
    return sample(model, vocab, prompt, max_new_chars)
""",
        "recursion": """
def my_complete(model, vocab, prompt, max_new_chars):
    if max_new_chars == 0:
        return prompt
    best = model(vocab.encode(prompt))[0][-1].argmax().item()
    return my_complete(model, vocab, prompt + vocab.itos[best], max_new_chars - 1)
""",
        "in batches of one": """
def my_complete(model, vocab, prompt, max_new_chars):
    ids = vocab.encode(prompt)[None]
    for _ in range(max_new_chars):
        best = model(ids)[0][:, -1].argmax(dim=-1, keepdim=True)
        ids = torch.cat([ids, best], dim=1)
    return vocab.decode(ids[0])
""",
    },
    "8.6": {
        "border from the front": """
def my_split(ids, seq_len, held_out):
    border = len(ids) - held_out
    return tuple(part.unfold(0, seq_len, 1) for part in (ids[:border], ids[border:]))
""",
        "by stack": """
def my_split(ids, seq_len, held_out):
    def windows(part):
        starts = range(len(part) - seq_len + 1)
        return torch.stack([part[i : i + seq_len] for i in starts])

    return windows(ids[:-held_out]), windows(ids[-held_out:])
""",
        "rows left out at the border": """
def my_split(ids, seq_len, held_out):
    windows = ids.unfold(0, seq_len, 1)
    validation = held_out - seq_len + 1
    return windows[: len(ids) - held_out - seq_len + 1], windows[-validation:]
""",
        "split of torch": """
def my_split(ids, seq_len, held_out):
    train, validation = ids.split([len(ids) - held_out, held_out])
    return train.unfold(0, seq_len, 1), validation.unfold(0, seq_len, 1)
""",
    },
    "8.7": {
        "logits and losses kept after backward": """
def my_step(model, optimizer, inputs, targets, piece):
    count = (targets != data.IGNORE_INDEX).sum()
    optimizer.zero_grad()
    kept, losses = [], []
    for x, y in zip(inputs.split(piece), targets.split(piece)):
        kept.append(model(x))
        rows = kept[-1][0].flatten(0, 1)
        losses.append(F.cross_entropy(rows, y.flatten(), reduction="sum") / count)
        losses[-1].backward()
    optimizer.step()
    return float(sum(losses))
""",
        "means weighted by targets": """
def my_step(model, optimizer, inputs, targets, piece):
    count = int((targets != data.IGNORE_INDEX).sum())
    optimizer.zero_grad()
    total = 0.0
    for i in range(0, len(inputs), piece):
        x, y = inputs[i : i + piece], targets[i : i + piece]
        here = int((y != data.IGNORE_INDEX).sum())
        if here == 0:
            continue
        loss = F.cross_entropy(model(x)[0].flatten(0, 1), y.flatten()) * here / count
        loss.backward()
        total += loss.item()
    optimizer.step()
    return total
""",
        "gradients divided at the end": """
def my_step(model, optimizer, inputs, targets, piece):
    optimizer.zero_grad()
    total, count = 0.0, 0
    for x, y in zip(inputs.split(piece), targets.split(piece)):
        logits, _ = model(x)
        loss = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum")
        loss.backward()
        total += loss.item()
        count += (y != data.IGNORE_INDEX).sum().item()
    for p in model.parameters():
        p.grad /= count
    optimizer.step()
    return total / count
""",
        "cleared at the end": _with(
            STEP,
            ("    optimizer.zero_grad()\n", ""),
            ("    optimizer.step()", "    optimizer.step()\n    optimizer.zero_grad()"),
        ),
    },
    "8.8": {
        "cleared first": _with(
            PROGRAM,
            ("        optimizer.zero_grad()\n", ""),
            (
                "        loss.backward()",
                "        optimizer.zero_grad()\n        loss.backward()",
            ),
        ),
        "copies by clone": _with(
            PROGRAM,
            (
                "copy.deepcopy(model.state_dict())",
                "{n: w.clone() for n, w in model.state_dict().items()}",
            ),
        ),
        "a copy of the model": """
def my_program(known, held, seed):
    vocab = data.Vocabulary.from_texts([*known, *held], pad=True, end=True)
    pair, held_pair = names.batch(vocab, known), names.batch(vocab, held)
    torch.manual_seed(seed)
    model = CharRNN(len(vocab), 16)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    best, best_model = math.inf, None
    for _ in range(30):
        x, y = pair
        loss = F.cross_entropy(model(x)[0].flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        held_loss = training.evaluate(model, *held_pair)
        if held_loss < best:
            best, best_model = held_loss, copy.deepcopy(model)
    return best_model, best
""",
        "the helper": """
def my_program(known, held, seed):
    vocab = data.Vocabulary.from_texts(known + held, pad=True, end=True)
    torch.manual_seed(seed)
    model = CharRNN(len(vocab), 16)
    held_pair = names.batch(vocab, held)
    options = {"epochs": 30, "lr": 0.05, "validation": held_pair, "patience": 30}
    training.fit(model, *names.batch(vocab, known), **options)
    return model, training.evaluate(model, *held_pair)
""",
    },
}

# What the reply to a wrong answer has to say.
HINTS = [
    ("8.1", "(4, 4, 2, 6, 3)", "the output bias"),
    ("8.1", "(5, 2, 2, 6, 3)", "not even that"),
    ("8.1", "(5, 4, 2, 7, 3)", "cannot be known by heart"),
    ("8.1", "(3, 6, 2, 4, 5)", "in another order"),
    ("8.2", "as it was", "first the mean of the losses"),
    ("8.2", "without weights", "patient 13"),
    ("8.3", "reshape on the way in", "reshape and view keep the numbers"),
    ("8.3", "reshape on the way out", "reshape and view keep the numbers"),
    ("8.3", "batch_first set on the given layer", "belong to the caller"),
    ("8.3", "rebuilt with copied weights", "could no longer be trained"),
    ("8.3", "states detached", "could no longer be trained"),
    ("8.4", "compares everything", "*before* the change"),
    ("8.4", "compares up to t", "*before* the change"),
    ("8.4", "last step only", "Which steps t are there"),
    ("8.4", "first step only", "Which steps t are there"),
    ("8.4", "returns after the first", "Which steps t are there"),
    ("8.4", "starts at 2", "begin with t = 1"),
    ("8.4", "zeros", "can be the old one again"),
    ("8.4", "first row only", "You leave rows out"),
    ("8.4", "no remainder", "no successor"),
    ("8.4", "in place", "from a new clone"),
    ("8.5", "as it was", "read it already"),
    ("8.5", "last character, no state", "forgotten"),
    ("8.5", "carries, reads only its end", "the first call needs the whole"),
    ("8.6", "rows, not characters", "share characters"),
    ("8.6", "the right validation, rows across the border", "across the border"),
    ("8.6", "no overlap", "begin at each character"),
    ("8.7", "as it was", "more pieces"),
    ("8.7", "by number of pieces", "mean of the pieces' means"),
    ("8.7", "all entries", "IGNORE_INDEX included"),
    ("8.7", "cleared inside", "wipes out"),
    ("8.7", "steps inside", "make one step"),
    ("8.7", "the whole batch at once", "do not fit"),
    ("8.7", "one late backward", "stays in memory"),
    ("8.7", "means of no targets", "has no mean"),
    ("8.8", "as it was", "vocabulary of their own"),
    ("8.8", "no copy left", "what makes a copy"),
    ("8.8", "shallow copy", "what makes a copy"),
    ("8.8", "training loss left", "lowest held-out loss"),
    ("8.8", "never cleared", "no fault"),
    ("8.8", "held names trained on", "no longer held out"),
    ("8.8", "vocabulary of all names", "known + held"),
]
