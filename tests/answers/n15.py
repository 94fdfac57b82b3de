"""Answers to the exercises of notebook 15: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""


def _letters(answer):
    return f"leaks = {answer}\n"


def _seasonal(body):
    return f"""
def my_seasonal(series, period, ahead):
    {body}
"""


def _walk(
    learn="start - past - ahead + 1",
    judge="size - ahead + 1",
    stop="n - size + 1",
    step="size",
    begin="first",
    result="found",
    pair="({learn}, {judge})",
):
    pair = pair.format(learn=learn, judge=judge)
    return f"""
def my_walk_forward(n, past, ahead, first, size):
    found = []
    for start in range({begin}, {stop}, {step}):
        found.append({pair})
    return {result}
"""


def _lag(
    f="forecast.diff()",
    t="truth.diff()",
    one="f[k:]",
    other="t[: len(t) - k]",
    score="torch.corrcoef(torch.stack([a, b]))[0, 1].item()",
    lags="range(most + 1)",
    result="max(found, key=found.get)",
):
    return f"""
def my_lag(forecast, truth, most):
    f, t = {f}, {t}
    found = {{}}
    for k in {lags}:
        a, b = {one}, {other}
        found[k] = {score}
    return {result}
"""


def _interval(
    start="window.expand(count, -1)",
    read="x[:, -len(window) :]",
    error="errors[:, h : h + 1]",
    step="torch.cat([x, new], dim=1)",
    steps="range(ahead)",
    q="[0.1, 0.5, 0.9]",
    futures="x[:, len(window) :]",
    dim="dim=0",
    result="torch.quantile(futures, torch.tensor({q}, dtype=x.dtype), {dim})",
    before="pass",
):
    result = result.format(q=q, dim=dim)
    return f"""
def my_interval(one_step, window, errors):
    count, ahead = errors.shape
    {before}
    x = {start}
    for h in {steps}:
        new = one_step({read}) + {error}
        x = {step}
    futures = {futures}
    return {result}
"""


WRONG = {
    "15.1": {
        **{
            f"letters {some}": _letters(repr(some))
            for some in (
                *("a", "b", "c", "d", "e", "f", "ac", "ad", "af", "cd", "cf", "df"),
                *("acd", "acf", "adf", "cdf", "abcdf", "acdef", "abcdef", "be"),
                *("abcd", "acde", "bcdf", "def"),
            )
        },
        "nothing": _letters('""'),
        "a number": _letters("4"),
        "another letter": _letters('"acdfg"'),
        "a sentence": _letters('"all but b and e"'),
        "True": _letters("True"),
    },
    "15.2": {
        "as yesterday": _seasonal("return series[-1].expand(ahead)"),
        "stops after a period": _seasonal("return series[-period:][:ahead]"),
        "a week before the end": _seasonal(
            "return series[len(series) - period : len(series) - period + ahead]"
        ),
        "one late": _seasonal(
            "return series[-period:][(torch.arange(ahead) + 1) % period]"
        ),
        "one early": _seasonal(
            "return series[-period:][(torch.arange(ahead) - 1) % period]"
        ),
        "the first period": _seasonal(
            "return series[:period][torch.arange(ahead) % period]"
        ),
        "turned round": _seasonal(
            "return series[-period:].flip(0)[torch.arange(ahead) % period]"
        ),
        "the last ahead": _seasonal("return series[-ahead:]"),
        "mean of the period": _seasonal("return series[-period:].mean().expand(ahead)"),
        "mean of all": _seasonal("return series.mean().repeat(ahead)"),
        "whole periods": _seasonal(
            "return series[-period:].repeat(-(-ahead // period))"
        ),
        "the period, always": _seasonal("return series[-period:]"),
        "each number repeated": _seasonal(
            "return series[-period:].repeat_interleave(ahead)[:ahead]"
        ),
        "with the series": _seasonal(
            "return torch.cat([series, series[-period:].repeat(ahead)[:ahead]])"
        ),
        "one number": _seasonal("return series[-period]"),
        "the last step only": _seasonal(
            "return series[-period:][(ahead - 1) % period]"
        ),
        "a period earlier": _seasonal(
            "return series[-2 * period :][torch.arange(ahead) % period]"
        ),
        "halves": _seasonal(
            "return 0.5 * series[-1] + 0.5 * series[-period:].repeat(ahead)[:ahead]"
        ),
        "wraps over the series": _seasonal(
            "return series[(len(series) - period + torch.arange(ahead)) % len(series)]"
        ),
        "zeros after a period": _seasonal(
            "return F.pad(series[-period:], (0, max(0, ahead - period)))[:ahead]"
        ),
        "last value after a period": _seasonal(
            "return series[[min(h - period, -1) for h in range(ahead)]]"
        ),
        "two axes": _seasonal("return series[-period:].repeat(ahead, 1)"),
        "period and ahead exchanged": _seasonal(
            "return series[-ahead:][torch.arange(period) % ahead]"
        ),
        "places": _seasonal("return torch.arange(ahead) % period"),
        "a slice that ends at 0": _seasonal("return series[-period : -period + ahead]"),
        "too many whole periods": _seasonal(
            "return series[-period:].repeat(ahead // period + 1)"
        ),
        "a period too few": _seasonal(
            "return series[-period:].repeat(ahead // period)[:ahead]"
        ),
        "whole division": _seasonal(
            "return series[-period:][torch.arange(ahead) // period]"
        ),
        "a period back each day": _seasonal(
            "return torch.stack([series[-period * (h + 1)] for h in range(ahead)])"
        ),
        "a day back each day": _seasonal(
            "return torch.stack([series[-period - h] for h in range(ahead)])"
        ),
        "places from the start": _seasonal(
            "return series[torch.arange(len(series), len(series) + ahead) % period]"
        ),
    },
    "15.3": {
        "targets reach into the part": _walk(learn="start - past"),
        "one window too many": _walk(learn="start - past - ahead + 2"),
        "one window too few": _walk(learn="start - past - ahead"),
        "all numbers": _walk(learn="start"),
        "numbers, not windows": _walk(learn="start", judge="size"),
        "test: one too few": _walk(judge="size - ahead"),
        "test: all": _walk(judge="size"),
        "test: nothing read from before": _walk(judge="size - past - ahead + 1"),
        "test: one too many": _walk(judge="size - ahead + 2"),
        "both one too few": _walk(learn="start - past - ahead", judge="size - ahead"),
        "a part too many": _walk(stop="n"),
        "the last part missing": _walk(stop="n - size"),
        "parts overlap": _walk(step="1"),
        "parts by ahead": _walk(step="ahead"),
        "from 0": _walk(begin="0"),
        "the second part first": _walk(begin="first + size"),
        "pairs turned round": _walk(pair="({judge}, {learn})"),
        "the first part alone": _walk(result="found[0]"),
        "a list of the first": _walk(result="found[:1]"),
        "the last part alone": _walk(result="found[-1:]"),
        "backwards": _walk(result="found[::-1]"),
        "flat": _walk(result="[k for pair in found for k in pair]"),
        "training only": _walk(pair="{learn}"),
        "how many": _walk(result="len(found)"),
        "always as many": _walk(learn="first - past - ahead + 1"),
        "those of the part before": _walk(learn="size - past - ahead + 1"),
        "whole division": _walk(learn="start // (past + ahead)"),
        "windows side by side": _walk(judge="size // ahead"),
        "floats": _walk(learn="(start - past - ahead + 1) / 1 + 0.5"),
        "past left out": _walk(learn="start - ahead + 1"),
        "learned from the part": _walk(learn="start + size - past - ahead + 1"),
        "one step ahead": _walk(learn="start - past", judge="size"),
        "tested on all before": _walk(judge="start + size - past - ahead + 1"),
        "test: past for ahead": _walk(judge="size - past + 1"),
        "test: past added": _walk(judge="size + past - ahead + 1"),
        "too many parts": _walk(stop="first + n // size * size"),
        "two lists": _walk(result="tuple(map(list, zip(*found)))"),
        "new windows only": _walk(
            learn="(start if start == first else size) - past - ahead + 1"
        ),
        "a part that is not whole": _walk(
            stop="n - ahead + 1", judge="min(size, n - start) - ahead + 1"
        ),
    },
    "15.4": {
        "values": _lag(f="forecast", t="truth"),
        "centred values": _lag(
            f="forecast - forecast.mean()", t="truth - truth.mean()"
        ),
        "the wrong way": _lag(one="f[: len(f) - k]", other="t[k:]"),
        "absolute": _lag(score="abs(torch.corrcoef(torch.stack([a, b]))[0, 1].item())"),
        "lowest": _lag(result="min(found, key=found.get)"),
        "the correlation": _lag(result="max(found.values())"),
        "from 1": _lag(lags="range(1, most + 1)"),
        "without most": _lag(lags="range(most)"),
        "plus one": _lag(result="max(found, key=found.get) + 1"),
        "minus": _lag(result="-max(found, key=found.get)"),
        "always 1": _lag(result="1"),
        "always 0": _lag(result="0"),
        "the first that is positive": _lag(
            result="next((k for k in found if found[k] > 0), 0)"
        ),
        "mean square of the values": _lag(
            f="forecast", t="truth", score="-(a - b).square().mean().item()"
        ),
        "mean distance of the values": _lag(
            f="forecast", t="truth", score="-(a - b).abs().mean().item()"
        ),
        "variance": _lag(score="a.var().item()"),
        "no shift": _lag(one="f", other="t"),
        "only the forecast shifted": _lag(one="f[k:]", other="t[k:]"),
        "the list": _lag(result="list(found.values())"),
        "the dictionary": _lag(result="found"),
        "truth of the last": _lag(result="most"),
        "cumulated": _lag(f="forecast.cumsum(0)", t="truth.cumsum(0)"),
        "changes of the truth only": _lag(f="forecast[1:]"),
        "changes of the forecast only": _lag(t="truth[1:]"),
        "a text": _lag(result="str(max(found, key=found.get))"),
        "none": _lag(result="None"),
        "two": _lag(result="(max(found, key=found.get), max(found.values()))"),
        "first above a half": _lag(
            result="next((k for k in found if found[k] > 0.5), 0)"
        ),
        "last above a half": _lag(
            result="max((k for k in found if found[k] > 0.5), default=0)"
        ),
        "sum of products": _lag(score="(a @ b).item()"),
        "mean square of the changes": _lag(score="-(a - b).square().mean().item()"),
        "mean distance of the changes": _lag(score="-(a - b).abs().mean().item()"),
        "agreeing signs": _lag(score="(a.sign() == b.sign()).double().mean().item()"),
        "rolled": _lag(one="f", other="t.roll(k)"),
        "changes of changes": _lag(f="forecast.diff().diff()", t="truth.diff().diff()"),
        "sizes of changes": _lag(f="forecast.diff().abs()", t="truth.diff().abs()"),
        "cut from the end": _lag(other="t[:-k]"),
    },
    "15.5": {
        "no errors": _interval(error="0"),
        "errors at the end": _interval(
            error="0", futures="x[:, len(window) :] + errors"
        ),
        "summed errors at the end": _interval(
            error="0", futures="x[:, len(window) :] + errors.cumsum(1)"
        ),
        "the first error": _interval(error="errors[:, :1]"),
        "the last error": _interval(error="errors[:, -1:]"),
        "errors backwards": _interval(error="errors[:, [-1 - h]]"),
        "mean error": _interval(error="errors.mean()"),
        "mean error of a step": _interval(error="errors[:, h].mean()"),
        "mean error of a future": _interval(error="errors.mean(1, keepdim=True)"),
        "minus": _interval(error="-errors[:, h : h + 1]"),
        "reads the first window": _interval(read="x[:, : len(window)]"),
        "reads everything": _interval(read="x"),
        "reads two": _interval(read="x[:, -2:]"),
        "over steps": _interval(dim="dim=1"),
        "of everything": _interval(dim=""),
        "two quantiles": _interval(q="[0.1, 0.9]"),
        "turned round": _interval(q="[0.9, 0.5, 0.1]"),
        "of 90 %": _interval(q="[0.05, 0.5, 0.95]"),
        "quartiles": _interval(q="[0.25, 0.5, 0.75]"),
        "of 60 %": _interval(q="[0.2, 0.5, 0.8]"),
        "transposed": _interval(
            result="torch.quantile(futures, torch.tensor({q}).double(), dim=0).T"
        ),
        "the futures": _interval(result="futures"),
        "a bell curve": _interval(
            result="futures.mean(0) + torch.tensor([[-1.2816], [0], [1.2816]]) "
            "* futures.std(0)"
        ),
        "mean in the middle": _interval(
            result="torch.stack([futures.quantile(0.1, dim=0), futures.mean(0), "
            "futures.quantile(0.9, dim=0)])"
        ),
        "with the window": _interval(futures="x"),
        "one step too few": _interval(steps="range(ahead - 1)"),
        "the last step": _interval(futures="x[:, -1:]"),
        "smallest and largest": _interval(
            result="torch.stack([futures.amin(0), futures.median(0).values, "
            "futures.amax(0)])"
        ),
        "window lost": _interval(step="new"),
        "the first future": _interval(futures="x[:1, len(window) :]"),
        "relative errors": _interval(
            read="x[:, -len(window) :]) * (1 + errors[:, h : h + 1]", error="0"
        ),
        "error added twice": _interval(error="2 * errors[:, h : h + 1]"),
        "errors shuffled along the step": _interval(error="errors[:, [h]].flip(0) * 0"),
        "none": _interval(result="None"),
        "before the window": _interval(step="torch.cat([new, x], dim=1)"),
        "errors lose their axis": _interval(error="errors[:, h]"),
        "errors by row": _interval(error="errors[h]"),
        "errors summed so far": _interval(error="errors.cumsum(1)[:, h : h + 1]"),
        "an error in the first step": _interval(error="errors[:, :1] * (h == 0)"),
        "errors sorted": _interval(error="errors.sort(dim=0).values[:, h : h + 1]"),
        "errors centred": _interval(error="(errors - errors.mean(0))[:, h : h + 1]"),
        "quantiles of the errors first": """
def my_interval(one_step, window, errors):
    q = torch.tensor([0.1, 0.5, 0.9], dtype=errors.dtype)
    x, ends = window.expand(3, -1), torch.quantile(errors, q, dim=0)
    for h in range(errors.shape[1]):
        new = one_step(x[:, -len(window) :]) + ends[:, h : h + 1]
        x = torch.cat([x, new], dim=1)
    return x[:, len(window) :]
""",
        "the lower median": _interval(
            result="torch.stack([futures.quantile(0.1, dim=0), "
            "futures.median(0).values, futures.quantile(0.9, dim=0)])"
        ),
    },
}

RIGHT = {
    "15.1": {
        "four letters": _letters('"acdf"'),
        "another order": _letters('"fdca"'),
        "capitals": _letters('"ACDF"'),
        "with commas": _letters('"a, c, d, f"'),
        "a list": _letters('["a", "c", "d", "f"]'),
        "a set": _letters('set("acdf")'),
        "with and": _letters('"a, c, d and f"'),
    },
    "15.2": {
        "remainder": _seasonal("return series[-period:][torch.arange(ahead) % period]"),
        "repeated": _seasonal("return series[-period:].repeat(ahead)[:ahead]"),
        "a loop": _seasonal(
            "return torch.stack([series[h % period - period] for h in range(ahead)])"
        ),
        "glued": _seasonal("return torch.cat([series[-period:]] * ahead)[:ahead]"),
        "appended": """
def my_seasonal(series, period, ahead):
    known = series.tolist()
    for _ in range(ahead):
        known.append(known[-period])
    return torch.tensor(known[len(series) :], dtype=series.dtype)
""",
        "places": _seasonal(
            "return series[torch.arange(ahead) % period + len(series) - period]"
        ),
    },
    "15.3": {
        "loop": _walk(),
        "while": """
def my_walk_forward(n, past, ahead, first, size):
    pairs, start = [], first
    while start + size <= n:
        pairs.append((start - (past + ahead) + 1, size - ahead + 1))
        start += size
    return pairs
""",
        "counted": """
def my_walk_forward(n, past, ahead, first, size):
    parts = (n - first) // size
    return [
        (first + k * size - past - ahead + 1, size - ahead + 1) for k in range(parts)
    ]
""",
        "by unfold": """
def my_walk_forward(n, past, ahead, first, size):
    series, found = torch.arange(n), []
    for start in range(first, n - size + 1, size):
        train = series[:start].unfold(0, past + ahead, 1)
        test = series[start : start + size].unfold(0, ahead, 1)
        found.append((len(train), len(test)))
    return found
""",
        "lists": _walk(pair="[{learn}, {judge}]"),
    },
    "15.4": {
        "corrcoef": _lag(),
        "slices from the other end": _lag(other="t[: t.numel() - k]"),
        "by hand": _lag(
            score="((a - a.mean()) * (b - b.mean())).mean().item() / "
            "(a.std() * b.std()).item()"
        ),
        "a tensor": _lag(result="torch.tensor(list(found.values())).argmax().item()"),
        "differences by slices": _lag(
            f="forecast[1:] - forecast[:-1]", t="truth[1:] - truth[:-1]"
        ),
        "cosine": _lag(score="torch.cosine_similarity(a, b, dim=0).item()"),
        "the same days for every lag": _lag(
            one="f[most:]", other="t[most - k : len(t) - k]"
        ),
    },
    "15.5": {
        "as asked": _interval(),
        "repeat": _interval(start="window.repeat(count, 1)"),
        "window by place": _interval(
            start="torch.stack([window] * count)", read="x[:, h:]"
        ),
        "a list of steps": """
def my_interval(one_step, window, errors):
    x, made = window.unsqueeze(0).repeat(len(errors), 1), []
    for error in errors.T:
        new = one_step(x) + error.unsqueeze(1)
        made.append(new[:, 0])
        x = torch.cat([x[:, 1:], new], dim=1)
    futures = torch.stack(made, dim=1)
    return torch.stack([futures.quantile(q, dim=0) for q in (0.1, 0.5, 0.9)])
""",
        "future by future": """
def my_interval(one_step, window, errors):
    futures = []
    for row in errors:
        known = window
        for error in row:
            new = one_step(known[-len(window) :].unsqueeze(0))[0, 0] + error
            known = torch.cat([known, new.view(1)])
        futures.append(known[len(window) :])
    q = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)
    return torch.quantile(torch.stack(futures), q, dim=0)
""",
    },
}

HINTS = [
    ("15.1", "letters abcdf", "known before the test year begins"),
    ("15.1", "letters acdef", "are over, whatever year"),
    ("15.1", "letters acd", "A choice is part of the training".lower()),
    ("15.2", "as yesterday", "at the same place of the period"),
    ("15.2", "a slice that ends at 0", "which is 0, the beginning"),
    ("15.2", "whole division", "the remainder"),
    ("15.2", "stops after a period", "begin again with the same period"),
    ("15.2", "last value after a period", "begin again with the same period"),
    ("15.3", "targets reach into the part", "have to lie before the part"),
    ("15.3", "one step ahead", "returned 7 training windows for part 1, not 6"),
    ("15.3", "learned from the part", "have to end before it begins"),
    ("15.3", "test: nothing read from before", "they are over"),
    ("15.3", "the last part missing", "one that ends with the series is not"),
    ("15.4", "values", "compare their changes"),
    ("15.4", "first above a half", "the highest of all"),
    ("15.4", "rolled", "Cut instead"),
    ("15.4", "cut from the end", "which is empty"),
    ("15.4", "sum of products", "how large the changes are"),
    ("15.4", "the wrong way", "A copy comes late"),
    ("15.4", "absolute", "is no copy"),
    ("15.5", "errors at the end", "before it is read"),
    ("15.5", "over steps", "futures are axis 0"),
    ("15.5", "errors lose their axis", "Keep the axis"),
    ("15.5", "quantiles of the errors first", "let all the futures run first"),
    ("15.5", "reads everything", "as many numbers as `window` has"),
]
