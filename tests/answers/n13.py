"""Answers to the exercises of notebook 13: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

import textwrap


def _reading(answer: str) -> str:
    return f"my_reading = {answer}"


def _mixture(result: str, before: str = "") -> str:
    lines = [f"    {line}" for line in before.split("; ") if line]
    return "\n".join(
        ["def my_mixture(of_model, of_table, share):", *lines, f"    return {result}\n"]
    )


_P = "p = share * (-of_model).exp() + (1 - share) * (-of_table).exp()"
_RIGHT_P = "-p.log2().mean().item()"

_BATCH = """
def my_batch(ids, batch_size, seq_len, number):
    steps = {steps}
    per_epoch = {per_epoch}
    place = {place}
    piece = {piece}
    inputs = {inputs}
    targets = {targets}
    return {result}
"""


def _batch(**changes: str) -> str:
    parts = {
        "steps": "(len(ids) - 1) // batch_size",
        "per_epoch": "math.ceil(steps / seq_len)",
        "place": "number % per_epoch",
        "piece": "slice(place * seq_len, (place + 1) * seq_len)",
        "inputs": "ids[: steps * batch_size].view(batch_size, steps)",
        "targets": "ids[1 : steps * batch_size + 1].view(batch_size, steps)",
        "result": "inputs[:, piece], targets[:, piece], place == 0",
    }
    return _BATCH.format(**(parts | changes))


_SLIDING = """
@torch.no_grad()
def my_sliding_bits(model, ids, window, stride):
    inputs, targets = ids[:-1], ids[1:]
    total, done, count, state = 0.0, 0, 0, None
    for start in {starts}:
        end = {end}
        logits, state = {forward}
        nats = F.cross_entropy(logits, targets[start:end], reduction="none")
        new = {new}
        total += new.{sum}
        count += len(new)
        done = end
        if {stop}:
            break
    return {result}
"""


_SEVERAL = """
@torch.no_grad()
def my_sliding_bits(model, ids, window, stride):
    inputs, targets = ids[:-1], ids[1:]
    found = [[] for _ in inputs]
    for start in range(0, len(inputs), stride):
        piece = slice(start, start + window)
        logits, _ = model(inputs[piece])
        nats = F.cross_entropy(logits, targets[piece], reduction="none")
        for place, one in enumerate(nats.tolist(), start):
            found[place].append(one)
    return sum({choice} for nats in found) / len(inputs) / math.log(2)
"""


def _sliding(**changes: str) -> str:
    parts = {
        "starts": "range(0, len(inputs), stride)",
        "end": "min(start + window, len(inputs))",
        "forward": "model(inputs[start:end])",
        "new": "nats[done - start :]",
        "sum": "sum().item()",
        "stop": "done == len(inputs)",
        "result": "total / len(inputs) / math.log(2)",
    }
    return _SLIDING.format(**(parts | changes))


WRONG = {
    "13.1": {
        "A is kept": _reading('("A", 1.90, "BDE")'),
        "the lowest number": _reading('("D", 1.45, "BE")'),
        "nats as bits": _reading('("C", 1.28, "BDE")'),
        "times ln 2": _reading('("C", 0.89, "BDE")'),
        "perplexity of C": _reading('("C", 3.60, "BDE")'),
        "the trained chapters": _reading('("E", 1.51, "BD")'),
        "never reset": _reading('("B", 1.72, "DE")'),
        "F": _reading('("F", 1.87, "BDE")'),
        "F as it stands": _reading('("F", 3.65, "BDE")'),
        "other units cannot be compared": _reading('("C", 1.85, "BCDEF")'),
        "perplexity cannot be compared": _reading('("C", 1.85, "BDEF")'),
        "without B": _reading('("C", 1.85, "DE")'),
        "without D": _reading('("C", 1.85, "BE")'),
        "without E": _reading('("C", 1.85, "BD")'),
        "those that can": _reading('("C", 1.85, "ACF")'),
        "A in the list": _reading('("C", 1.85, "ABDE")'),
        "no list": _reading('("C", 1.85, "")'),
        "in the wrong order": _reading('(1.85, "C", "BDE")'),
        "only a letter": _reading('"C"'),
        "only two": _reading('("C", 1.85)'),
        "the figure as text": _reading('("C", "1.85", "BDE")'),
        "small letters": _reading('("c", 1.85, "bde")'),
        "one decimal": _reading('("C", 1.8, "BDE")'),
        "rounded down": _reading('("C", 1.84, "BDE")'),
        "the number of reports": _reading('("C", 1.85, 3)'),
        "no number": _reading('("C", float("nan"), "BDE")'),
        "a unit in the figure": _reading('("C", "1.85 bits", "BDE")'),
        "the figure of F": _reading('("C", 1.87, "BDE")'),
        "one decimal, rounded up": _reading('("C", 1.9, "BDE")'),
        "several best ones": _reading('("AFC", 1.85, "BDE")'),
        "a dictionary": _reading('{"C": 1.85}'),
    },
    "13.2": {
        "losses mixed": _mixture(
            "(share * of_model + (1 - share) * of_table).mean().item() / math.log(2)"
        ),
        "losses mixed, in nats": _mixture(
            "(share * of_model + (1 - share) * of_table).mean().item()"
        ),
        "in nats": _mixture("-p.log().mean().item()", _P),
        "times ln 2": _mixture("-p.log().mean().item() * math.log(2)", _P),
        "no minus": _mixture("p.log2().mean().item()", _P),
        "shares exchanged": _mixture(
            _RIGHT_P, "p = share * (-of_table).exp() + (1 - share) * (-of_model).exp()"
        ),
        "always half": _mixture(
            _RIGHT_P, "p = ((-of_model).exp() + (-of_table).exp()) / 2"
        ),
        "mean before log": _mixture("-p.mean().log2().item()", _P),
        "sum": _mixture("-p.log2().sum().item()", _P),
        "one for each": _mixture("-p.log2()", _P),
        "a tensor": _mixture("-p.log2().mean()", _P),
        "powers of two": _mixture(
            _RIGHT_P, "p = share * 2**-of_model + (1 - share) * 2**-of_table"
        ),
        "nats as probabilities": _mixture(
            _RIGHT_P, "p = share * of_model + (1 - share) * of_table"
        ),
        "without the minus in exp": _mixture(
            _RIGHT_P, "p = share * of_model.exp() + (1 - share) * of_table.exp()"
        ),
        "not shared": _mixture(_RIGHT_P, "p = (-of_model).exp() + (-of_table).exp()"),
        "the table whole": _mixture(
            _RIGHT_P, "p = share * (-of_model).exp() + (-of_table).exp()"
        ),
        "the better of both": _mixture(
            "torch.minimum(of_model, of_table).mean().item() / math.log(2)"
        ),
        "model alone": _mixture("of_model.mean().item() / math.log(2)"),
        "table alone": _mixture("of_table.mean().item() / math.log(2)"),
        "log base 10": _mixture("-p.log10().mean().item()", _P),
        "probability": _mixture("p.mean().item()", _P),
        "perplexity": _mixture("2 ** -p.log2().mean().item()", _P),
        "rounded": _mixture("round(-p.log2().mean().item(), 1)", _P),
        "multiplied": _mixture(
            "(of_model ** share * of_table ** (1 - share)).mean().item() / math.log(2)"
        ),
        "share for both": _mixture(
            _RIGHT_P, "p = share * ((-of_model).exp() + (-of_table).exp())"
        ),
        "halved again": _mixture(
            _RIGHT_P,
            "p = (share * (-of_model).exp() + (1 - share) * (-of_table).exp()) / 2",
        ),
        "softmax over the text": _mixture(
            _RIGHT_P,
            "p = share * (-of_model).softmax(0) + (1 - share) * (-of_table).softmax(0)",
        ),
        "bits used as nats": _mixture(
            _RIGHT_P,
            "a = of_model / math.log(2); b = of_table / math.log(2); "
            "p = share * (-a).exp() + (1 - share) * (-b).exp()",
        ),
        "the one with the larger share": _mixture(
            "(of_model if share > 0.5 else of_table).mean().item() / math.log(2)"
        ),
        "printed": _mixture("print(-p.log2().mean().item())", _P),
        "changes what it is given": _mixture(
            "-(share * of_model + (1 - share) * of_table).log2().mean().item()",
            "of_model.neg_().exp_(); of_table.neg_().exp_()",
        ),
        "two numbers": _mixture("-p.log2().mean().item(), share", _P),
        "the first character left out": _mixture("-p[1:].log2().mean().item()", _P),
    },
    "13.3": {
        "no new epoch": _batch(place="number"),
        "reset at the first only": _batch(
            result="inputs[:, piece], targets[:, piece], number == 0"
        ),
        "always reset": _batch(result="inputs[:, piece], targets[:, piece], True"),
        "never reset": _batch(result="inputs[:, piece], targets[:, piece], False"),
        "reset at the last": _batch(
            result="inputs[:, piece], targets[:, piece], place == per_epoch - 1"
        ),
        "reset turned round": _batch(
            result="inputs[:, piece], targets[:, piece], place != 0"
        ),
        "short batch left out": _batch(per_epoch="max(steps // seq_len, 1)"),
        "one batch too many": _batch(per_epoch="steps // seq_len + 1"),
        "rows of N // B": _batch(
            steps="len(ids) // batch_size", targets="inputs.roll(-1, dims=1)"
        ),
        "roll in the rows": _batch(targets="inputs.roll(-1, dims=1)"),
        "exchanged": _batch(result="targets[:, piece], inputs[:, piece], place == 0"),
        "targets are inputs": _batch(
            result="inputs[:, piece], inputs[:, piece], place == 0"
        ),
        "targets two on": _batch(
            targets="ids[2 : steps * batch_size + 2].view(batch_size, -1)"
        ),
        "no reset returned": _batch(result="inputs[:, piece], targets[:, piece]"),
        "a number for reset": _batch(
            result="inputs[:, piece], targets[:, piece], place"
        ),
        "transposed": _batch(
            result="inputs[:, piece].T, targets[:, piece].T, place == 0"
        ),
        "columns as rows": _batch(
            inputs="ids[: steps * batch_size].view(steps, batch_size).T",
            targets="ids[1 : steps * batch_size + 1].view(steps, batch_size).T",
        ),
        "windows in a row": _batch(
            per_epoch="max((len(ids) - 1) // (batch_size * seq_len), 1)",
            piece="slice(place * batch_size * seq_len, "
            "(place + 1) * batch_size * seq_len)",
            inputs="ids[:-1][piece].view(-1, seq_len)",
            targets="ids[1:][piece].view(-1, seq_len)",
            result="inputs, targets, place == 0",
        ),
        "counted from one": _batch(place="(number - 1) % per_epoch"),
        "one step on": _batch(piece="slice(place, place + seq_len)"),
        "up to the end": _batch(piece="slice(place * seq_len, None)"),
        "one column too many": _batch(
            piece="slice(place * seq_len, (place + 1) * seq_len + 1)"
        ),
        "rounded to the nearest": _batch(per_epoch="max(round(steps / seq_len), 1)"),
        "looks like the first batch": _batch(
            result="inputs[:, piece], targets[:, piece], "
            "torch.equal(inputs[:, piece], inputs[:, :seq_len])"
        ),
        "characters modulo the steps": _batch(
            place="number * seq_len % steps",
            piece="slice(place, place + seq_len)",
        ),
        "shifted twice": _batch(
            result="inputs[:, piece], targets[:, piece.start + 1 : piece.stop + 1], "
            "place == 0"
        ),
        "cut, then shifted": _batch(
            steps="len(ids) // batch_size - 1",
            inputs="ids[: (steps + 1) * batch_size].view(batch_size, -1)[:, :-1]",
            targets="ids[: (steps + 1) * batch_size].view(batch_size, -1)[:, 1:]",
        ),
        "padded": _batch(
            result="*(F.pad(t[:, piece], (0, seq_len - t[:, piece].shape[1])) "
            "for t in (inputs, targets)), place == 0"
        ),
        "filled from before": _batch(
            piece="slice(min(place * seq_len, steps - seq_len), "
            "min(place * seq_len, steps - seq_len) + seq_len)"
        ),
        "a pair and a bool": _batch(
            result="(inputs[:, piece], targets[:, piece]), place == 0"
        ),
        "no second epoch": textwrap.dedent("""
            def my_batch(ids, batch_size, seq_len, number):
                batches = list(corpus.streams(ids, batch_size, seq_len))
                return *batches[number], number == 0
        """),
        "divided by the epoch": _batch(place="number // per_epoch"),
        "modulo the steps": _batch(place="number % steps"),
        "floats": _batch(
            result="inputs[:, piece].float(), targets[:, piece].float(), place == 0"
        ),
        "lists": _batch(
            result="inputs[:, piece].tolist(), targets[:, piece].tolist(), place == 0"
        ),
    },
    "13.4": {
        "each window whole": _sliding(new="nats", result="total / count / math.log(2)"),
        "each window whole, divided once": _sliding(new="nats"),
        "only the last stride": _sliding(
            new="nats[-stride:]", result="total / count / math.log(2)"
        ),
        "only the last stride, divided by all": _sliding(new="nats[-stride:]"),
        "first of each": _sliding(
            new="nats[:stride]", result="total / count / math.log(2)"
        ),
        "overlap counted, new left out": _sliding(
            new="nats[: len(nats) - stride] if start else nats"
        ),
        "the end is missing": _sliding(
            starts="range(0, max(len(inputs) - window, 0) + 1, stride)"
        ),
        "in nats": _sliding(result="total / len(inputs)"),
        "times ln 2": _sliding(result="total / len(inputs) * math.log(2)"),
        "divided by N": _sliding(result="total / len(ids) / math.log(2)"),
        "the sum": _sliding(result="total / math.log(2)"),
        "state carried": _sliding(forward="model(inputs[start:end], state)"),
        "no windows": _sliding(starts="[0]", end="len(inputs)"),
        "side by side": _sliding(starts="range(0, len(inputs), window)"),
        "windows of stride": _sliding(end="min(start + stride, len(inputs))"),
        "mean of means": _sliding(
            sum="mean().item()",
            result="total / len(range(0, max(len(inputs) - window, 0) + stride, "
            "stride)) / math.log(2)",
        ),
        "one too short": _sliding(end="min(start + window - 1, len(inputs))"),
        "exchanged": _sliding(
            starts="range(0, len(inputs), window)",
            end="min(start + stride, len(inputs))",
            new="nats",
        ),
        "a tensor": _sliding(result="torch.tensor(total) / len(inputs) / math.log(2)"),
        "perplexity": _sliding(result="math.exp(total / len(inputs))"),
        "done never moves": _sliding(new="nats[0:]"),
        "one place late": _sliding(new="nats[max(done - start - 1, 0) :]"),
        "one place early": _sliding(new="nats[done - start + 1 :]"),
        "targets are inputs": _sliding().replace(
            "inputs, targets = ids[:-1], ids[1:]", "inputs = targets = ids[:-1]"
        ),
        "after the first window nothing": _sliding(stop="True"),
        "the last stride, up to the end": _sliding(
            new="nats[-stride:] if start else nats", stop="False"
        ),
        "the late part of the first, too": _sliding(
            new="nats[window - stride :]",
            stop="False",
            result="total / max(count, 1) / math.log(2)",
        ),
        "no short window": _sliding(
            starts="range(0, len(inputs) - window + 1, stride)",
            result="total / max(count, 1) / math.log(2)",
        ),
        "the last one moved back": _sliding(
            starts="[*range(0, max(len(inputs) - window, 0), stride), "
            "max(len(inputs) - window, 0)]",
        ),
        "only the new ones are read": _sliding(
            forward="model(inputs[done:end])", new="nats"
        ).replace("targets[start:end]", "targets[done:end]"),
        "no minus": _sliding(result="-total / len(inputs) / math.log(2)"),
        "a later window overwrites": _SEVERAL.format(choice="nats[-1]"),
        "mean of what it is given": _SEVERAL.format(choice="sum(nats) / len(nats)"),
        "the best of all": _SEVERAL.format(choice="min(nats)"),
        "by the package": textwrap.dedent("""
            def my_sliding_bits(model, ids, window, stride):
                return evaluation.bits_per_character(model, ids, reset_every=window)
        """),
    },
}

RIGHT = {
    "13.1": {
        "as in the text": _reading('("C", 1.85, "BDE")'),
        "in another order": _reading('("C", 1.85, "EDB")'),
        "with all digits": _reading('("C", 1.28 / math.log(2), "BDE")'),
        "a list": _reading('["C", 1.847, "DBE"]'),
        "letters with commas": _reading('("C", 1.85, "B, D, E")'),
        "a set of letters": _reading('("C", 1.85, {"E", "D", "B"})'),
    },
    "13.2": {
        "as in the hint": _mixture(_RIGHT_P, _P),
        "with ln": _mixture("-p.log().mean().item() / math.log(2)", _P),
        "logaddexp": textwrap.dedent("""
            def my_mixture(of_model, of_table, share):
                with np.errstate(divide="ignore"):
                    logs = np.log([share, 1 - share])
                nats = -np.logaddexp(
                    logs[0] - of_model.numpy(), logs[1] - of_table.numpy()
                )
                return float(nats.mean() / np.log(2))
        """),
        "a loop": textwrap.dedent("""
            def my_mixture(of_model, of_table, share):
                total = 0.0
                for a, b in zip(of_model.tolist(), of_table.tolist()):
                    p = share * math.exp(-a) + (1 - share) * math.exp(-b)
                    total -= math.log2(p)
                return total / len(of_model)
        """),
    },
    "13.3": {
        "as in the solution": _batch(),
        "whole numbers": _batch(per_epoch="-(-steps // seq_len)"),
        "by streams": textwrap.dedent("""
            def my_batch(ids, batch_size, seq_len, number):
                batches = list(corpus.streams(ids, batch_size, seq_len))
                place = number % len(batches)
                return *batches[place], place == 0
        """),
        "round and round": textwrap.dedent("""
            def my_batch(ids, batch_size, seq_len, number):
                count = 0
                while True:
                    batches = corpus.streams(ids, batch_size, seq_len)
                    for place, (inputs, targets) in enumerate(batches):
                        if count == number:
                            return inputs, targets, not place
                        count += 1
        """),
        "row by row": textwrap.dedent("""
            def my_batch(ids, batch_size, seq_len, number):
                steps = (len(ids) - 1) // batch_size
                starts = range(0, steps, seq_len)
                start = starts[number % len(starts)]
                end = min(start + seq_len, steps)
                rows = range(batch_size)
                x = [ids[r * steps + start : r * steps + end] for r in rows]
                y = [
                    ids[r * steps + start + 1 : r * steps + end + 1]
                    for r in rows
                ]
                return torch.stack(x), torch.stack(y), start == 0
        """),
    },
    "13.4": {
        "as in the solution": _sliding(),
        "the first window that predicts it": _SEVERAL.format(choice="nats[0]"),
        "one by one": textwrap.dedent("""
            @torch.no_grad()
            def my_sliding_bits(model, ids, window, stride):
                n = len(ids) - 1
                total = 0.0
                for i in range(n):
                    k = max(0, math.ceil((i + 1 - window) / stride))
                    start = k * stride
                    logits, _ = model(ids[start : i + 1])
                    total -= logits[-1].log_softmax(dim=-1)[ids[i + 1]].item()
                return total / n / math.log(2)
        """),
        "a table of all": textwrap.dedent("""
            def my_sliding_bits(model, ids, window, stride):
                n = len(ids) - 1
                nats = [None] * n
                with torch.no_grad():
                    for start in range(0, n, stride):
                        logits, _ = model(ids[start : min(start + window, n)])
                        logs = logits.log_softmax(dim=-1)
                        for j in range(len(logs)):
                            if nats[start + j] is None:
                                nats[start + j] = -logs[j, ids[start + j + 1]].item()
                return sum(nats) / n / math.log(2)
        """),
        "with stride = window in mind": textwrap.dedent("""
            @torch.no_grad()
            def my_sliding_bits(model, ids, window, stride):
                done, parts = 0, []
                start = 0
                while done < len(ids) - 1:
                    piece = ids[start : start + window + 1]
                    logits, _ = model(piece[:-1].unsqueeze(0))
                    nats = F.cross_entropy(logits[0], piece[1:], reduction="none")
                    parts.append(nats[done - start :])
                    done = start + len(nats)
                    start += stride
                return torch.cat(parts).mean().item() / math.log(2)
        """),
    },
}

# (exercise, answer, what the reply has to say)
HINTS = [
    ("13.1", "the figure as text", "the figure is a number"),
    ("13.1", "the figure of F", "figure of F"),
    ("13.1", "one decimal, rounded up", "two decimals"),
    ("13.2", "share for both", "have the sum 1"),
    ("13.2", "halved again", "nothing to halve"),
    ("13.2", "softmax over the text", "softmax"),
    ("13.2", "bits used as nats", "Nats belong to e"),
    ("13.3", "rounded to the nearest", "up, not down"),
    ("13.3", "looks like the first batch", "may look alike"),
    ("13.3", "characters modulo the steps", "Count batches"),
    ("13.3", "shifted twice", "shifted already"),
    ("13.3", "cut, then shifted", "then cut it"),
    ("13.3", "padded", "fewer columns"),
    ("13.3", "filled from before", "fewer columns"),
    ("13.3", "a pair and a bool", "Three things"),
    ("13.3", "no second epoch", "the rows begin again"),
    ("13.4", "the last stride, up to the end", "reaches the end"),
    ("13.4", "the late part of the first, too", "first window counts whole"),
    ("13.4", "no short window", "The end of the text is missing"),
    ("13.4", "the last one moved back", "not moved back"),
    ("13.4", "only the new ones are read", "reads all its characters"),
    ("13.4", "no minus", "the sign is missing"),
    ("13.4", "a later window overwrites", "first one that predicts"),
    ("13.4", "mean of what it is given", "nor a mean"),
    ("13.4", "the best of all", "better of both"),
]
