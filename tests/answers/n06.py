"""Answers to the exercises of notebook 06: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

WRONG = {
    "6.1": {
        "the other order": "my_gradients = (-0.95, -0.47)",
        "signs lost": "my_gradients = (0.47, 0.95)",
        "one sign lost": "my_gradients = (-0.47, 0.95)",
        "slope of the square without 2": "my_gradients = (-0.236, -0.474)",
        "2 (1 - h_3), not 2 (h_3 - 1)": "my_gradients = (0.472, 0.947)",
        "loss instead of its slope": """
first, second = 0.472 * 0.902 * 0.405, 0.472 * 0.902 * 0.8 * 0.836 * 0.537
my_gradients = (0.472 * 0.902 * 0.8 * 0.836 * 0.8 * 0.712, first + second)
""",
        "w: the late path alone": "my_gradients = (-0.47, -0.50)",
        "w: the early path alone": "my_gradients = (-0.47, -0.445)",
        "w: paths multiplied": "my_gradients = (-0.47, 0.223)",
        "w: mean of the paths": "my_gradients = (-0.47, -0.474)",
        "w: early path without w": "my_gradients = (-0.47, -1.06)",
        "w: early path without tanh": "my_gradients = (-0.47, -1.03)",
        "w: early path through step 1's tanh": "my_gradients = (-0.47, -0.82)",
        "w: h_1 and h_2 exchanged": "my_gradients = (-0.47, -1.001)",
        "w: a third path": "my_gradients = (-0.47, -0.95 - 0.47)",
        "no last tanh": """
last = 2 * (0.313 - 1)
into_2 = last * 0.8 * (1 - 0.405**2)
my_gradients = (into_2 * 0.8 * (1 - 0.537**2), last * 0.405 + into_2 * 0.537)
""",
        "tanh without slopes": """
last = 2 * (0.313 - 1)
my_gradients = (last * 0.8 * 0.8, last * 0.405 + last * 0.8 * 0.537)
""",
        "slopes 1 - h": """
last = 2 * (0.313 - 1) * (1 - 0.313)
into_2 = last * 0.8 * (1 - 0.405)
my_gradients = (into_2 * 0.8 * (1 - 0.537), last * 0.405 + into_2 * 0.537)
""",
        "u: w once": "my_gradients = (-0.59, -0.95)",
        "u: no w": "my_gradients = (-0.737, -0.95)",
        "u: no tanh in step 1": "my_gradients = (-0.663, -0.95)",
        "u: inputs of 0 taken for 1": "my_gradients = (-2.54, -0.95)",
        "u: step 3 alone": "my_gradients = (0, -0.95)",
        "weights of section 6.1": "my_gradients = (-0.706, -0.289)",
        "only u": "my_gradients = -0.47",
        "three numbers": "my_gradients = (-0.47, -0.50, -0.445)",
        "texts": 'my_gradients = ("-0.47", "-0.95")',
        "nested": "my_gradients = ((-0.47, -0.95),)",
        "one decimal": "my_gradients = (-0.5, -0.9)",
        "nan": "my_gradients = (-0.47, float('nan'))",
        "dictionary": 'my_gradients = {"u": -0.47, "w": -0.95}',
    },
    "6.2": {
        "mean over everything": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses.mean()
""",
        "mean of the rows' means": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return ((losses * counts).sum(dim=1) / lengths).mean()
""",
        "padding set to zero, divided by all": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return (losses * counts).mean()
""",
        "one step too many": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps <= lengths.unsqueeze(1)
    return losses[counts].mean()
""",
        "one step too few": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1) - 1
    return losses[counts].mean()
""",
        "steps counted from 1": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(1, losses.shape[1] + 1)
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].mean()
""",
        "the padding instead": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps >= lengths.unsqueeze(1)
    return losses[counts].mean()
""",
        "sum": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].sum()
""",
        "mean per text, not per target": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].sum() / len(losses)
""",
        "divided by the number of texts times the longest": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].sum() / (len(losses) * lengths.max())
""",
        "losses of zero dropped": """
def my_mean_loss(losses, lengths):
    counts = torch.arange(losses.shape[1]) < lengths[:, None]
    kept = losses * counts
    return kept[kept != 0].mean()
""",
        "every loss above zero": """
def my_mean_loss(losses, lengths):
    return losses[losses > 0].mean()
""",
        "padding at the left": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps >= losses.shape[1] - lengths.unsqueeze(1)
    return losses[counts].mean()
""",
        "cut at the shortest": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[:, : lengths.min()].mean()
""",
        "cut at the longest": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[:, : lengths.max()].mean()
""",
        "cut at the first row's length": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[:, : lengths[0]].mean()
""",
        "only the last target of each row": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[range(len(losses)), lengths - 1].mean()
""",
        "T is 17": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(17)
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].mean()
""",
        "T is 16, cut": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(16)
    counts = steps < lengths.unsqueeze(1)
    return losses[:, :16][counts].mean()
""",
        "three texts": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return torch.cat([losses[i, : lengths[i]] for i in range(3)]).mean()
""",
        "lengths of the notebook": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < torch.tensor([[16], [16], [8]])
    return losses[counts].mean()
""",
        "arange over the batch": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[0])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].mean()
""",
        "no unsqueeze": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths
    return losses[counts].mean()
""",
        "median": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].median()
""",
        "a number, not a tensor": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].mean().item()
""",
        "shape (1,)": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].mean().view(1)
""",
        "float64": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].double().mean()
""",
        "one loss for each text": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return (losses * counts).sum(dim=1) / lengths
""",
        "padding overwritten in place": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    losses[~counts] = 0
    return losses[counts].mean()
""",
        "lengths changed in place": """
def my_mean_loss(losses, lengths):
    lengths -= 1
    steps = torch.arange(losses.shape[1])
    counts = steps <= lengths.unsqueeze(1)
    return losses[counts].mean()
""",
        "fails without padding": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    share = counts.float().mean()
    padding = losses[~counts].mean()
    return (losses.mean() - (1 - share) * padding) / share
""",
        "minus the padding, all divided by all": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses.mean() - losses[~counts].sum() / losses.numel()
""",
        "mean of real and mean of padding": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return (losses.sum() - losses[~counts].mean()) / counts.sum()
""",
        "last row left out": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[:-1][counts[:-1]].mean()
""",
        "capped at ten": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].clamp(max=10).mean()
""",
        "equal losses counted once": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].unique().mean()
""",
        "rounded": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].mean().round(decimals=3)
""",
        "padding found by zero loss": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = (losses != 0) & (steps >= 0)
    return losses[counts].mean()
""",
    },
    "6.3": {
        "shifted once more": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), targets[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    norm = torch.cat([p.grad.flatten() for p in model.parameters()]).norm()
    for p in model.parameters():
        p.grad *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "no flatten": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits, targets)
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "reshaped instead of transposed": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.reshape(len(logits), logits.shape[2], -1), targets)
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "softmax first": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.softmax(-1).flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "sum instead of mean": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "targets are the inputs": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), inputs.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "targets flattened the other way": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.T.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "only the last step": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits[:, -1], targets[:, -1])
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "not cleared": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "cleared after backward": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    optimizer.zero_grad()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = sum((g.norm() ** 2 for g in grads), torch.tensor(0.0)).sqrt()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "cleared only at the end": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()
""",
        "no clipping": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
""",
        "clipped tensor by tensor": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / g.norm()).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "clipped number by number": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g.clamp_(-max_norm, max_norm)
    optimizer.step()
    return loss.item()
""",
        "always scaled": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm)
    optimizer.step()
    return loss.item()
""",
        "scaled only when below": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(min=1.0)
    optimizer.step()
    return loss.item()
""",
        "factor upside down": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (norm / max_norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "new tensors, optimizer sees the old": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g = g * (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "clipped after the step": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    return loss.item()
""",
        "clipped before backward": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = sum((g.norm() ** 2 for g in grads), torch.tensor(1e-9)).sqrt()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
""",
        "no step": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    return loss.item()
""",
        "two steps": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    optimizer.step()
    return loss.item()
""",
        "own gradient descent, optimizer unused": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    with torch.no_grad():
        for p in model.parameters():
            p -= 0.01 * p.grad
    return loss.item()
""",
        "squared norm": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm() ** 2
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "sum of the norms": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = sum(g.norm() for g in grads)
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "largest of the norms": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = max(g.norm() for g in grads)
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "norm of the largest entry": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm(float("inf"))
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "norm of absolute values": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm(1)
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "root of the mean square": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).pow(2).mean().sqrt()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "biases left out of the norm": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads if g.dim() > 1]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "biases not scaled": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in [g for g in grads if g.dim() > 1]:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "last tensor forgotten": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads[:-1]:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "only the recurrent layer": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in list(model.parameters())[:4]]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "clips at 1": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (1.0 / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "weights clipped": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.data for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "learning rate scaled instead": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        pass
    group = optimizer.param_groups[0]
    lr = group["lr"]
    group["lr"] = lr * float((max_norm / norm).clamp(max=1.0))
    optimizer.step()
    group["lr"] = lr
    return loss.item()
""",
        "loss after the step": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    logits, _ = model(inputs)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten()).item()
""",
        "norm returned": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return norm.item()
""",
        "nothing returned": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
""",
        "rounded": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return round(loss.item(), 2)
""",
        "loss scaled before backward": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    (loss * min(1.0, max_norm)).backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "clip_grad_norm_ all the same": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()
""",
        "clip_grad_value_": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()
""",
        "an optimizer of its own": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "V is 16": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.reshape(-1, 16), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "first row of the batch only": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs[:1])
    loss = F.cross_entropy(logits.flatten(0, 1), targets[:1].flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "row by row, a step each": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    total = 0.0
    for x, y in zip(inputs, targets, strict=True):
        loss = F.cross_entropy(model(x[None])[0][0], y)
        optimizer.zero_grad()
        loss.backward()
        grads = [p.grad for p in model.parameters()]
        norm = torch.cat([g.flatten() for g in grads]).norm()
        for g in grads:
            g *= (max_norm / norm).clamp(max=1.0)
        optimizer.step()
        total += loss.item()
    return total / len(inputs)
""",
        "factor rounded down by a percent": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (0.99 * max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "clips only above twice the limit": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        if norm > 2 * max_norm:
            g *= max_norm / norm
    optimizer.step()
    return loss.item()
""",
        "sets the norm to max_norm only if above 1": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        if norm > 1:
            g *= (max_norm / norm).clamp(max=1.0)
    optimizer.step()
    return loss.item()
""",
        "gradients zeroed when too large": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= norm <= max_norm
    optimizer.step()
    return loss.item()
""",
        "clipped by norm, then by value": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits, _ = model(inputs)
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    optimizer.zero_grad()
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    norm = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= (max_norm / norm).clamp(max=1.0)
        g.clamp_(-max_norm / 4, max_norm / 4)
    optimizer.step()
    return loss.item()
""",
    },
    "6.4": {
        "chosen by the test set": 'my_choice = ("E", 2.12, "A")',
        "chosen by training": 'my_choice = ("F", 2.61, "A")',
        "chosen by training, reported training": 'my_choice = ("F", 1.32, "A")',
        "the smallest gap": 'my_choice = ("A", 2.34, "A")',
        "B as a compromise": 'my_choice = ("B", 2.16, "A")',
        "D, trained the longest of its size": 'my_choice = ("D", 2.27, "A")',
        "the validation loss reported": 'my_choice = ("C", 2.10, "A")',
        "the training loss reported": 'my_choice = ("C", 1.93, "A")',
        "the lowest test loss reported": 'my_choice = ("C", 2.12, "A")',
        "the mean of validation and test": 'my_choice = ("C", 2.125, "A")',
        "the gap reported": 'my_choice = ("C", 0.05, "A")',
        "F too small": 'my_choice = ("C", 2.15, "F")',
        "D too small": 'my_choice = ("C", 2.15, "D")',
        "B too small": 'my_choice = ("C", 2.15, "B")',
        "E too small": 'my_choice = ("C", 2.15, "E")',
        "C too small": 'my_choice = ("C", 2.15, "C")',
        "all by the test set": 'my_choice = ("E", 2.12, "F")',
        "the example": 'my_choice = ("B", 2.05, "D")',
        "only the run": 'my_choice = "C"',
        "only two": 'my_choice = ("C", 2.15)',
        "four": 'my_choice = ("C", 2.15, "A", "F")',
        "the loss as a text": 'my_choice = ("C", "2.15", "A")',
        "small letters, all texts": 'my_choice = ("c", "2.15", "a")',
        "numbers for runs": "my_choice = (3, 2.15, 1)",
        "the hidden sizes": "my_choice = (64, 2.15, 8)",
        "another order": 'my_choice = ("A", 2.15, "C")',
        "the number first": 'my_choice = (2.15, "C", "A")',
        "rounded": 'my_choice = ("C", 2.2, "A")',
        "a dictionary": 'my_choice = {"keep": "C", "report": 2.15, "small": "A"}',
        "a set": 'my_choice = {"C", 2.15, "A"}',
        "a nested tuple": 'my_choice = (("C", 2.15), "A")',
        "a long text": 'my_choice = "C, 2.15, A"',
        "nan": 'my_choice = ("C", float("nan"), "A")',
        "no such run": 'my_choice = ("G", 2.15, "A")',
        "bits": 'my_choice = ("C", 2.15 / 0.6931, "A")',
        "True": "my_choice = True",
    },
    "6.5": {
        "optimizer without its state": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    return model, optimizer
""",
        "lr 0.01, no state": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    return model, optimizer
""",
        "lr from the state, nothing else": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    lr = content["optimizer"]["param_groups"][0]["lr"]
    optimizer.param_groups[0]["lr"] = lr
    return model, optimizer
""",
        "lr set back afterwards": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    optimizer.param_groups[0]["lr"] = 0.001
    return model, optimizer
""",
        "lr 0.01 afterwards": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    for group in optimizer.param_groups:
        group["lr"] = 0.01
    return model, optimizer
""",
        "weights not loaded": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "weights loaded into another model": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    CharRNN(content["vocab_size"], content["hidden_size"]).load_state_dict(
        content["weights"]
    )
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "optimizer over another model": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(
        CharRNN(content["vocab_size"], content["hidden_size"]).parameters()
    )
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "model made anew after the optimizer": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    return model, optimizer
""",
        "weights assigned after the optimizer was made": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    model.load_state_dict(content["weights"], assign=True)
    return model, optimizer
""",
        "SGD": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "H is 12": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], 12)
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "V is 16": """
def my_resume(content):
    model = CharRNN(16, content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "sizes exchanged": """
def my_resume(content):
    model = CharRNN(content["hidden_size"], content["vocab_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "pair exchanged": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return optimizer, model
""",
        "model only": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model
""",
        "state returned, not the optimizer": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, content["optimizer"]
""",
        "content emptied": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content.pop("weights"))
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "optimizer's state emptied": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content.pop("optimizer"))
    return model, optimizer
""",
        "step counts set back": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    for state in optimizer.state.values():
        state["step"] = torch.tensor(0.0)
    return model, optimizer
""",
        "averages set to zero": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    for state in optimizer.state.values():
        state["exp_avg"] = torch.zeros_like(state["exp_avg"])
    return model, optimizer
""",
        "averages exchanged": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    for state in optimizer.state.values():
        one, two = state["exp_avg"], state["exp_avg_sq"]
        state["exp_avg"], state["exp_avg_sq"] = two.abs(), one
    return model, optimizer
""",
        "averages of the output bias forgotten": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    del optimizer.state[model.output.bias]
    return model, optimizer
""",
        "other betas": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    optimizer.param_groups[0]["betas"] = (0.8, 0.99)
    return model, optimizer
""",
        "only the output layer is trained on": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.output.parameters())
    return model, optimizer
""",
        "only the output layer is loaded": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    part = {k: v for k, v in content["weights"].items() if "output" in k}
    model.load_state_dict(part, strict=False)
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "output layer not loaded": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    part = {k: v for k, v in content["weights"].items() if "rnn" in k}
    model.load_state_dict(part, strict=False)
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "ScratchRNN": """
def my_resume(content):
    model = ScratchRNN(content["vocab_size"], content["hidden_size"])
    twin = CharRNN(content["vocab_size"], content["hidden_size"])
    twin.load_state_dict(content["weights"])
    model.load_from(twin)
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "two layers": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"], 2)
    model.load_state_dict(content["weights"], strict=False)
    optimizer = torch.optim.Adam(model.parameters())
    return model, optimizer
""",
        "relu": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"], nonlinearity="relu")
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "one step of decay before": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    with torch.no_grad():
        for p in model.parameters():
            p *= 0.999
    return model, optimizer
""",
        "weights rounded to half precision": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    model.half().float()
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "frozen weights": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    model.requires_grad_(False)
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "float64": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    model.double()
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
        "only the state, groups from the default": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    saved = optimizer.state_dict()
    saved["state"] = content["optimizer"]["state"]
    optimizer.load_state_dict(saved)
    return model, optimizer
""",
        "not filled in for the optimizer": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    model.load_state_dict(content["weights"])
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(content["optimizer"])
    return model, None
""",
    },
}

RIGHT = {
    "6.1": {
        "two decimals": "my_gradients = (-0.47, -0.95)",
        "a list": "my_gradients = [-0.472, -0.947]",
        "from h of two decimals": "my_gradients = (-0.470, -0.960)",
        "computed backwards after all": """
u = torch.tensor(0.6, requires_grad=True)
w = torch.tensor(0.8, requires_grad=True)
h = torch.tanh(u)
for _ in range(2):
    h = torch.tanh(w * h)
((h - 1) ** 2).backward()
my_gradients = u.grad, w.grad
""",
        "by a nudge": """
def loss(u, w):
    h = torch.zeros((), dtype=torch.float64)
    for x in (1.0, 0.0, 0.0):
        h = torch.tanh(u * x + w * h)
    return float((h - 1) ** 2)

tiny = 1e-5
of_u = (loss(0.6 + tiny, 0.8) - loss(0.6 - tiny, 0.8)) / (2 * tiny)
of_w = (loss(0.6, 0.8 + tiny) - loss(0.6, 0.8 - tiny)) / (2 * tiny)
my_gradients = (of_u, of_w)
""",
    },
    "6.2": {
        "sum over sum": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses[counts].sum() / lengths.sum()
""",
        "loop over the rows": """
def my_mean_loss(losses, lengths):
    kept = [row[:n] for row, n in zip(losses, lengths.tolist(), strict=True)]
    return torch.cat(kept).mean()
""",
        "where": """
def my_mean_loss(losses, lengths):
    counts = torch.arange(losses.size(-1)).expand(losses.shape) < lengths[:, None]
    return torch.where(counts, losses, 0.0).sum() / counts.sum()
""",
        "double loop": """
def my_mean_loss(losses, lengths):
    total, count = torch.zeros(()), 0
    for i in range(len(lengths)):
        for t in range(int(lengths[i])):
            total = total + losses[i, t]
            count += 1
    return total / count
""",
        "masked_select": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return losses.masked_select(counts).mean()
""",
        "mask times losses": """
def my_mean_loss(losses, lengths):
    steps = torch.arange(losses.shape[1])
    counts = steps < lengths.unsqueeze(1)
    return (losses * counts).sum() / counts.sum()
""",
    },
    "6.3": {
        "transposed logits, norm from a sum of squares": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(inputs)[0].transpose(1, 2), targets)
    loss.backward()
    total = sum(p.grad.pow(2).sum() for p in model.parameters()) ** 0.5
    if total > max_norm:
        for p in model.parameters():
            p.grad.mul_(max_norm / total)
    optimizer.step()
    return float(loss)
""",
        "autograd.grad, gradients set": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    logits = model(inputs)[0]
    loss = nn.CrossEntropyLoss()(
        logits.reshape(-1, logits.size(-1)), targets.reshape(-1)
    )
    params = list(model.parameters())
    grads = torch.autograd.grad(loss, params)
    norm = torch.stack([g.norm() for g in grads]).norm().item()
    factor = min(1.0, max_norm / norm) if norm else 1.0
    for p, g in zip(params, grads, strict=True):
        p.grad = g * factor
    optimizer.step()
    return loss.item()
""",
        "model.zero_grad, log_softmax by hand": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    log_probs = model(inputs)[0].log_softmax(-1)
    loss = -log_probs.gather(-1, targets[..., None]).mean()
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        flat = nn.utils.parameters_to_vector([p.grad for p in model.parameters()])
        norm = torch.linalg.vector_norm(flat)
        if norm.item() > max_norm:
            for p in model.parameters():
                p.grad = p.grad / norm * max_norm
    optimizer.step()
    return loss.detach().tolist()
""",
        "parameters from the optimizer": """
def my_clipped_step(model, optimizer, inputs, targets, max_norm):
    params = [p for group in optimizer.param_groups for p in group["params"]]
    for p in params:
        p.grad = None
    logits, _h = model(inputs)
    losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
    losses.mean().backward()
    squares = sum(float((p.grad.double() ** 2).sum()) for p in params)
    for p in params:
        p.grad *= min(1.0, max_norm / max(squares**0.5, 1e-30))
    optimizer.step()
    return losses.mean().item()
""",
    },
    "6.4": {
        "a list": 'my_choice = ["C", 2.15, "A"]',
        "small letters": 'my_choice = ("c", 2.15, "a")',
        "by name": """
keep, report, too_small = "C", 2.15, "A"
my_choice = (keep, report, too_small)
""",
        "from a table": """
rows = {"B": (2.14, 2.16), "C": (2.10, 2.15), "E": (2.12, 2.12)}
best = min(rows, key=lambda run: rows[run][0])
my_choice = (best, rows[best][1], "A")
""",
        "a NumPy number": """
import numpy as np

my_choice = ("C", np.float64(2.15), "A")
""",
    },
    "6.5": {
        "deep copies, optimizer before the weights": """
import copy


def my_resume(content):
    model = CharRNN(
        vocab_size=content["vocab_size"], hidden_size=content["hidden_size"]
    )
    adam = torch.optim.Adam(params=model.parameters(), lr=0.5)
    adam.load_state_dict(copy.deepcopy(content["optimizer"]))
    model.load_state_dict(copy.deepcopy(content["weights"]))
    return model, adam
""",
        "weights copied one by one, a list": """
def my_resume(content):
    model = CharRNN(content["vocab_size"], content["hidden_size"])
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(content["weights"][name])
    optimizer = torch.optim.Adam(list(model.parameters()), lr=0.01)
    optimizer.load_state_dict(content["optimizer"])
    return [model, optimizer]
""",
        "lr given and state loaded, training mode": """
def my_resume(content):
    V, H = content["vocab_size"], content["hidden_size"]
    (model := CharRNN(V, H)).load_state_dict(content["weights"], strict=True)
    model.train()
    lr = content["optimizer"]["param_groups"][0]["lr"]
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, betas=(0.5, 0.5))
    optimizer.load_state_dict(content["optimizer"])
    return model, optimizer
""",
    },
}

HINTS = [  # exercise, answer, what the reply says
    ("6.1", "the other order", "u comes first"),
    ("6.1", "signs lost", "h_3 lies below 1"),
    ("6.1", "slope of the square without 2", "slope of the square is 2 (h_3"),
    ("6.1", "loss instead of its slope", "slope of the square"),
    ("6.1", "w: the late path alone", "one of the two paths of w"),
    ("6.1", "w: the early path alone", "one of the two paths of w"),
    ("6.1", "w: paths multiplied", "no product"),
    ("6.1", "w: early path without w", "that arrow has the slope w"),
    ("6.1", "w: early path without tanh", "the tanh of step 2"),
    ("6.1", "w: early path through step 1's tanh", "tanh of step 1 is not on it"),
    ("6.1", "no last tanh", "The last tanh has a slope"),
    ("6.1", "w: a third path", "the state before, which is 0"),
    ("6.1", "tanh without slopes", "The slope of tanh is missing"),
    ("6.1", "slopes 1 - h", "with a square"),
    ("6.1", "u: w once", "crosses w twice"),
    ("6.1", "u: no tanh in step 1", "three tanh"),
    ("6.1", "u: inputs of 0 taken for 1", "the input is 0"),
    ("6.3", "shifted once more", "no second shift"),
    ("6.4", "chosen by the test set", "whoever chooses by the test set"),
    ("6.4", "chosen by training", "knows its own names best"),
    ("6.4", "the validation loss reported", "luck is in it"),
    ("6.4", "F too small", "learned its names by heart"),
    ("6.4", "B too small", "Look at its hidden size"),
    ("6.4", "the loss as a text", "the loss is a number"),
]
