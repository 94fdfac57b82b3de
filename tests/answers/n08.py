"""Answers to the exercises of notebook 08: wrong ones, and right ones in other styles.

Each is source that runs after the notebook's set-up cell and defines the name that
the check is given. The keys of a dictionary say what is wrong, or how it is done.
"""

WRONG = {
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
    "8.4": {
        "compares all rows": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before, after, atol=1e-5)
""",
        "compares row 0 only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[0], after[0], atol=1e-5)
""",
        "compares row 1 only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:2], after[1:2], atol=1e-5)
""",
        "compares the last row only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return len(inputs) > 1 and not torch.allclose(before[-1], after[-1], atol=1e-5)
""",
        "leaves row 1 out, too": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[2:], after[2:], atol=1e-5)
""",
        "leaves the last row out": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:-1], after[1:-1], atol=1e-5)
""",
        "compares the last step only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:, -1], after[1:, -1], atol=1e-5)
""",
        "compares the first step only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:, 0], after[1:, 0], atol=1e-5)
""",
        "leaves step 0 out instead of row 0": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[:, 1:], after[:, 1:], atol=1e-5)
""",
        "leaves step 0 of the others out": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:, 1:], after[1:, 1:], atol=1e-5)
""",
        "compares states": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[1], model(changed)[1]
    return not torch.allclose(before[:, 1:], after[:, 1:], atol=1e-5)
""",
        "compares the best symbols": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.equal(before[1:].argmax(-1), after[1:].argmax(-1))
""",
        "compares probabilities": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(
        before[1:].softmax(-1), after[1:].softmax(-1), atol=1e-5
    )
""",
        "compares the sums": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return abs(float((before[1:].double() - after[1:].double()).sum())) > 1e-3
""",
        "compares the means over the rows": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:].mean(0), after[1:].mean(0), atol=1e-5)
""",
        "compares the means over the symbols": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:].mean(-1), after[1:].mean(-1), atol=1e-5)
""",
        "compares the first symbol only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:, :, 0], after[1:, :, 0], atol=1e-5)
""",
        "rises only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return bool((after[1:] - before[1:] > 1e-5).any())
""",
        "every logit must move": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return len(inputs) > 1 and bool((after[1:] != before[1:]).all())
""",
        "every other row must move": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return len(inputs) > 1 and all(
        not torch.allclose(b, a, atol=1e-5)
        for b, a in zip(before[1:], after[1:], strict=True)
    )
""",
        "tolerance 0.1": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=0.1)
""",
        "tolerance 0.01": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-2)
""",
        "relative tolerance of a tenth": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], rtol=0.1)
""",
        "answers the opposite": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "first character only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0, 0] = (inputs[0, 0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "last character only": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0, -1] = (inputs[0, -1] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "all but the first character": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0, 1:] = (inputs[0, 1:] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "all but the last character": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0, :-1] = (inputs[0, :-1] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "first column of every row": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[:, 0] = (inputs[:, 0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "all rows changed": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[:] = (inputs + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "row 1 changed, row 0 compared": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[1:] = (inputs[1:] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[:1], after[:1], atol=1e-5)
""",
        "last row changed": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[-1] = (inputs[-1] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[:-1], after[:-1], atol=1e-5)
""",
        "row 0 set to zeros": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = 0
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "row 0 set to the last symbol": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = model.vocab_size - 1
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "row 0 replaced by the last row": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = inputs[-1]
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "row 0 turned round": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = inputs[0].flip(0)
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "row 0 shifted along": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = inputs[0].roll(1)
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "row 0 shuffled": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = inputs[0][torch.randperm(len(inputs[0]))]
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "rows exchanged": """
def my_rows_mix(model, inputs):
    changed = inputs.flip(0)
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "without the remainder": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1)
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "remainder by 16": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % 16
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "remainder by the largest id": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % (int(inputs.max()) + 1)
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "even and odd exchanged": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] ^ 1).clamp(max=model.vocab_size - 1)
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "no copy": """
def my_rows_mix(model, inputs):
    changed = inputs
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "no copy, set back afterwards to zero": """
def my_rows_mix(model, inputs):
    changed, kept = inputs, inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    inputs[0] = kept[0] * 0
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "before and after are the same batch": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(inputs)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "no copy, but before is kept": """
def my_rows_mix(model, inputs):
    with torch.no_grad():
        before = model(inputs)[0]
        inputs[0] = (inputs[0] + 1) % model.vocab_size
        after = model(inputs)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "always True": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return True
""",
        "always False": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return False
""",
        "always True for a batch of one": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return len(inputs) == 1 or not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "row 0 left unchanged": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + model.vocab_size) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:], after[1:], atol=1e-5)
""",
        "accuses every model whose row 0 stays": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return torch.allclose(before[0], after[0]) or not torch.allclose(
        before[1:], after[1:], atol=1e-5
    )
""",
        "only the first three rows": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not torch.allclose(before[1:3], after[1:3], atol=1e-5)
""",
        "looks for batch_first": """
def my_rows_mix(model, inputs):
    changed = inputs.clone()
    changed[0] = (inputs[0] + 1) % model.vocab_size
    with torch.no_grad():
        before, after = model(inputs)[0], model(changed)[0]
    return not getattr(getattr(model, "rnn", None), "batch_first", True)
""",
    },
    "8.8": {
        "not treated": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        next_character(text)
    return text
""",
        "text replaced by the character": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = next_character(text)
    return text
""",
        "chosen from the prompt for ever": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(prompt)
    return text
""",
        "prompt plus one character": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = prompt + next_character(text)
    return text
""",
        "chosen from the last character": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[-1:])
    return text
""",
        "chosen from the last two": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[-2:])
    return text
""",
        "chosen from the last ten": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[-10:])
    return text
""",
        "chosen from the last fifty": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[-50:])
    return text
""",
        "chosen from the last two hundred": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[-200:])
    return text
""",
        "chosen from what is new": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[len(prompt) :] or prompt)
    return text
""",
        "chosen from all but the first": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[1:] or text)
    return text
""",
        "chosen from the text before the last": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[:-1] or text)
    return text
""",
        "window of the prompt's length": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text[-len(prompt) :])
    return text
""",
        "in front": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = next_character(text) + text
    return text
""",
        "one too many": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars + 1):
        text = text + next_character(text)
    return text
""",
        "one too few": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars - 1):
        text = text + next_character(text)
    return text
""",
        "at least one": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max(1, max_new_chars)):
        text = text + next_character(text)
    return text
""",
        "length with the prompt": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars - len(prompt)):
        text = text + next_character(text)
    return text
""",
        "at most 12": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(min(max_new_chars, 12)):
        text = text + next_character(text)
    return text
""",
        "at most 50": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(min(max_new_chars, 50)):
        text = text + next_character(text)
    return text
""",
        "at most 100": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(min(max_new_chars, 100)):
        text = text + next_character(text)
    return text
""",
        "always 12": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(12):
        text = text + next_character(text)
    return text
""",
        "continuation only": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
    return text[len(prompt) :]
""",
        "one character chosen once and repeated": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    text += next_character(text) * max_new_chars if max_new_chars else ""
    return text
""",
        "twice a round": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
        text = text + next_character(text)
    return text
""",
        "appended twice": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text) * 2
    return text
""",
        "stops at a space": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
        if text[-1] == " ":
            break
    return text
""",
        "stops at a full stop": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
        if text[-1] == ".":
            break
    return text
""",
        "stops at a newline": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
        if text[-1] == "\\n":
            break
    return text
""",
        "stops at a repetition": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        new = next_character(text)
        if text.endswith(new):
            break
        text += new
    return text
""",
        "skips a repetition": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        new = next_character(text)
        if not text.endswith(new):
            text += new
    return text
""",
        "skips spaces": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text).strip()
    return text
""",
        "stripped at the end": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
    return text.strip()
""",
        "small letters": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
    return text.lower()
""",
        "small letters read": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text.lower())
    return text
""",
        "remembers the answer to each character": """
def my_complete(next_character, prompt, max_new_chars):
    text, known = prompt, {}
    for _ in range(max_new_chars):
        if text[-1:] not in known:
            known[text[-1:]] = next_character(text)
        text += known[text[-1:]]
    return text
""",
        "remembers the answer to each last three": """
def my_complete(next_character, prompt, max_new_chars):
    text, known = prompt, {}
    for _ in range(max_new_chars):
        key = text[-3:]
        known[key] = known.get(key) or next_character(text)
        text += known[key]
    return text
""",
        "an empty prompt stays empty": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars if prompt else 0):
        text = text + next_character(text)
    return text
""",
        "an empty prompt gets a space": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt or " "
    for _ in range(max_new_chars):
        text = text + next_character(text)
    return text
""",
        "reads a list of characters": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(list(text))
    return text
""",
        "a list returned": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
    return list(text)
""",
        "None returned": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
""",
        "returns after one round": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
        return text
""",
        "last character of long texts dropped": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
    return text[:-1] if len(text) > 30 else text
""",
        "a new line after every 40": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(text)
    return "\\n".join(text[i : i + 40] for i in range(0, len(text), 40))
""",
        "all new ones from the same text": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    text += "".join(next_character(text) for _ in range(max_new_chars))
    return text
""",
        "reads the text of the round before": """
def my_complete(next_character, prompt, max_new_chars):
    text = old = prompt
    for _ in range(max_new_chars):
        text, old = text + next_character(old), text
    return text
""",
        "looks the first character up again": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    for _ in range(max_new_chars):
        text = text + next_character(prompt[:1] + text)
    return text
""",
    },
}

RIGHT = {
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
        "maximum of the difference": """
def my_rows_mix(model, inputs):
    V = model.vocab_size
    other = torch.cat([(inputs[:1] + V - 1) % V, inputs[1:]])
    with torch.no_grad():
        gap = (model(other)[0] - model(inputs)[0])[1:].abs()
    return bool((gap > 1e-5).any())
""",
        "every other id in turn": """
def my_rows_mix(model, inputs):
    with torch.no_grad():
        before, _ = model(inputs)
        for shift in range(1, model.vocab_size):
            changed = inputs.detach().clone()
            changed[0].add_(shift).remainder_(model.vocab_size)
            after, _ = model(changed)
            for i in range(1, len(inputs)):
                if not torch.allclose(before[i], after[i], atol=1e-5):
                    return True
    return False
""",
        "where with a mask of rows": """
@torch.no_grad()
def my_rows_mix(model, inputs):
    first = (torch.arange(len(inputs)) == 0)[:, None]
    changed = torch.where(first, (inputs + 1) % model.vocab_size, inputs)
    before, after = (model(ids)[0][~first[:, 0]] for ids in (inputs, changed))
    return not bool(torch.isclose(before, after, atol=1e-5).all())
""",
    },
    "8.8": {
        "augmented, while": """
def my_complete(next_character, prompt, max_new_chars):
    text, left = prompt, max_new_chars
    while left > 0:
        text += next_character(text)
        left -= 1
    return text
""",
        "recursion": """
def my_complete(next_character, prompt, max_new_chars):
    if max_new_chars == 0:
        return prompt
    return my_complete(
        next_character, prompt + next_character(prompt), max_new_chars - 1
    )
""",
        "reduce": """
import functools


def my_complete(next_character, prompt, max_new_chars):
    rounds = range(max_new_chars)
    return functools.reduce(lambda text, _: text + next_character(text), rounds, prompt)
""",
        "list of characters joined": """
def my_complete(next_character, prompt, max_new_chars):
    characters = list(prompt)
    for _ in range(max_new_chars):
        characters.append(next_character("".join(characters)))
    return "".join(characters)
""",
        "by the length of the text": """
def my_complete(next_character, prompt, max_new_chars):
    text = prompt
    while len(text) < len(prompt) + max_new_chars:
        text = f"{text}{next_character(text)}"
    return text
""",
    },
}

# What the reply to a wrong answer has to say.
HINTS = [
    ("8.3", "reshape on the way in", "reshape and view keep the numbers"),
    ("8.3", "reshape on the way out", "reshape and view keep the numbers"),
    ("8.3", "batch_first set on the given layer", "belong to the caller"),
    ("8.3", "rebuilt with copied weights", "could no longer be trained"),
    ("8.3", "states detached", "could no longer be trained"),
    ("8.4", "compares all rows", "Row 0 is among the rows"),
    ("8.4", "compares row 0 only", "Row 0 is among the rows"),
    ("8.4", "first column of every row", "the first character of every row"),
    ("8.4", "all rows changed", "Only row 0 gets another text"),
    ("8.4", "compares row 1 only", "You leave rows out"),
    ("8.4", "leaves the last row out", "You leave rows out"),
    ("8.4", "compares the last step only", "You leave steps out"),
    ("8.4", "leaves step 0 out instead of row 0", "Row 0 is among the rows"),
    ("8.4", "compares states", "You compare the states"),
    ("8.4", "first character only", "You change one character"),
    ("8.4", "row 0 set to zeros", "can be the old one again"),
    ("8.4", "row 0 turned round", "can be the old one again"),
    ("8.4", "without the remainder", "Ids stay below model.vocab_size"),
    ("8.4", "before and after are the same batch", "in a clone"),
    ("8.4", "no copy, but before is kept", "clone() the inputs first"),
    ("8.4", "answers the opposite", "the other way round"),
]
