"""The lab of notebook 14, worked by mouse and keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

BEFORE = """\
lab.watched.value = "Danish"
"""
"""What a reader may have run in a cell before: it drives the lab on the page."""


def work(lab):
    said = lab.box.locator(".charrnn-said")
    field = lab.control("A surname")

    def part(key):
        return lab.box.locator(f'[data-pick="{key}"]')

    # A cell chose Danish. The whole name is read: the network says Swedish.
    lab.expect_text("If the name ended after “larsson”, the network would say Swedish")
    lab.expect_text("Danish: 0.")

    # By mouse: one letter less, and watch Swedish. It is no longer sure.
    part("Swedish6").hover()
    expect(said).to_contain_text("If the name ended after “larsso”: Swedish")
    part("Swedish6").click()
    lab.expect_text("If the name ended after “larsso”, the network would say Italian")

    # That letter, by keyboard: the belief turns round.
    part("+m").focus()
    lab.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("“larsson”: Swedish 0.9")
    lab.page.keyboard.press("Enter")
    lab.expect_text("If the name ended after “larsson”, the network would say Swedish")

    # A name of one's own is read to its end, letter by letter.
    field.fill("kowalsk")
    lab.expect_text("after “kowalsk”, the network would say Polish")
    part("+i").click()
    lab.expect_text("after “kowalski”, the network would say Polish")
    expect(field).to_have_value("kowalski")

    # The slider walks back by keyboard.
    slider = lab.slider("Letters read")
    slider.focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.expect_text("If the name ended after “kowalsk”")

    # Arrows walk along the table; Enter watches another language there.
    part("Polish7").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Enter")
    lab.expect_text("If the name ended after “kowalski”")

    # Wrong input keeps the last picture.
    field.fill("van dam")
    lab.expect_text("The network knows the letters a to z")
    expect(lab.box.locator(".charrnn-stale")).to_have_count(1)
    field.fill("larsson")
    lab.control("Watch").select_option("Italian")
    part("Italian6").click()
    lab.expect_text("If the name ended after “larsso”")
