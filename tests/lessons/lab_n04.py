"""The lab of notebook 04, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.batch_size.value, lab.seq_len.value, lab.hidden_size.value = 6, 16, 64
lab.num_layers.value, lab.batch_first.value = 3, False
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def linked(lab) -> list[str]:
    """The axes that are lit up, each with its tensor."""
    return lab.box.locator(".charrnn-linked").evaluate_all(
        "found => found.map(e => e.parentElement.querySelector('code').innerText"
        " + ' ' + e.innerText.replace('✗ ', ''))"
    )


def work(lab):
    # A cell has made everything as large as it gets.
    lab.expect_text("✗ No error. nn.RNN takes the texts for steps.")
    lab.expect_text("nn.RNN, layer 2")
    size = lab.box.bounding_box()
    assert size["height"] <= 700, size
    lab.screenshot("04_shapes_large")

    # Smaller, by mouse and keyboard.
    sizes = {"Units H": 12, "Layers": 1, "Steps T": 5, "Texts B": 3}
    for name, value in sizes.items():
        slider = lab.slider(name)
        lab.drag(slider, -400)
        for _ in range(value - 1):
            slider.press("ArrowRight")
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
    for arrow in ("ArrowDown", "ArrowRight", "ArrowRight"):
        lab.page.keyboard.press(arrow)
    expect(said).to_contain_text("H = 12 units.")
    assert len(linked(lab)) == 9

    # Click on a character; then go on by keyboard.
    lab.box.locator("[data-pick]").nth(7).click()
    lab.expect_text("text 1, step 2, depend on it and on 2 characters before it")
    lab.page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("Text 2, step 2: click, or press Enter")
    lab.page.keyboard.press("Enter")
    batch_first.click()
    lab.expect_text("text 2, step 2, depend on it and on 2 characters above it")
    batch_first.click()
    lab.expect_text("depend on it and on 2 characters before it, in its text. 568")
