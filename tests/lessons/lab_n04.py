"""The lab of notebook 04, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.batch_first.value = False
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def linked(lab) -> list[str]:
    """The axes that are lit up, each with its tensor."""
    return lab.box.locator(".charrnn-linked").evaluate_all(
        "found => found.map(e => e.parentElement.querySelector('code').innerText"
        " + ' ' + e.innerText.replace('✗ ', ''))"
    )


def work(lab):
    # A cell has taken batch_first away: a character reads the one above it.
    lab.expect_text("✗ No error. nn.RNN takes the texts for steps.")
    lab.expect_text("on 1 character above it, in other texts. The shape of h_n tells")
    said = lab.box.locator(".charrnn-said")

    # Where B belongs, h_n has T: with the mouse on it, it says so.
    lab.box.get_by_text("✗ T 5").last.hover()
    expect(said).to_contain_text("In a state, where B belongs")
    assert linked(lab) == [
        *("ids T 5", "x T 5", "h_0 T 5", "states T 5", "h_n T 5", "logits T 5")
    ]
    lab.screenshot("04_shapes_wrong")
    batch_first = lab.control("batch_first=True")
    batch_first.focus()
    batch_first.press("Space")
    lab.expect_text("depend on it and on 4 characters before it, in its text.")
    lab.expect_text("568 parameters, and neither B nor T is in their shapes.")

    # Point at an axis: T lights up in what is read and made, and in no weight.
    chips = lab.box.locator("[data-group=axes] [data-link]")
    chips.filter(has_text="T").first.hover()
    assert linked(lab) == ["ids T 5", "x T 5", "states T 5", "logits T 5"]
    expect(said).to_contain_text("the same model reads 5 steps or 500")
    # By keyboard: B, left of it; then H, in the states below.
    chips.filter(has_text="T").first.focus()
    lab.page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("B = 3 texts.")
    assert [name.split()[0] for name in linked(lab)] == [
        *("ids", "x", "h_0", "states", "h_n", "logits")
    ]
    for arrow in ("ArrowDown", "ArrowRight", "ArrowRight"):
        lab.page.keyboard.press(arrow)
    expect(said).to_contain_text("H = 12 units.")
    assert len(linked(lab)) == 9

    # Click on a character; then go on by keyboard.
    cells = lab.box.locator("[data-pick]")
    assert cells.count() == 15
    cells.nth(7).click()
    lab.expect_text("text 1, step 2, depend on it and on 2 characters before it")
    lab.page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("Text 2, step 2: click, or press Enter")
    lab.page.keyboard.press("Enter")
    lab.expect_text("text 2, step 2, depend on it and on 2 characters before it")
    batch_first.click()
    lab.expect_text("text 2, step 2, depend on it and on 2 characters above it")
    lab.expect_text("5 states for 3 texts.")

    # As many texts as steps: no shape tells. By keyboard, then by mouse.
    texts, steps = lab.slider("Texts B"), lab.slider("Steps T")
    texts.focus()
    for _ in range(2):
        texts.press("ArrowRight")
    lab.expect_text("As many texts as steps: even h_n, (1, 5, 12), looks right.")
    lab.drag(texts, -400)
    lab.expect_text("The shape of h_n tells: 5 states for 1 text.")
    lab.drag(steps, 400)
    lab.expect_text("16 states for 1 text.")
    batch_first.click()

    # Units and layers: the parameters of the model.
    layers, units = lab.slider("Layers"), lab.slider("Units H")
    layers.focus()
    layers.press("ArrowRight")
    lab.expect_text("880 parameters")
    lab.drag(layers, 400)
    lab.expect_text("nn.RNN, layer 2")
    lab.drag(texts, 400)
    lab.drag(units, 400)
    size = lab.box.bounding_box()
    assert size["height"] <= 700, size
    lab.screenshot("04_shapes_large")
    lab.drag(units, -400)
    for _ in range(11):
        units.press("ArrowRight")
    lab.drag(layers, -400)
    lab.drag(texts, -400)
    lab.drag(steps, -400)
    for slider, times in ((texts, 2), (steps, 4)):
        slider.focus()
        for _ in range(times):
            slider.press("ArrowRight")
    lab.expect_text("depend on it and on 2 characters before it, in its text. 568")
