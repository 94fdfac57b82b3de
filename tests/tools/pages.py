"""Export every notebook as a page that needs no network: what `make html` does.

Formulas become MathML, which browsers draw by themselves; a lab, which needs a kernel,
becomes its sentence and a picture of it at work.
"""

import argparse
import base64
import re
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

import nbformat
from anatomy import title_of
from latex2mathml.converter import convert_to_element
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from PIL import Image
from pygments.formatters import HtmlFormatter
from refresh import WIDGET_VIEW

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
IMAGES = NOTEBOOKS / "images"
SCREENSHOTS = ROOT / "build" / "screenshots"
BRACE = "&#x23DF;"  # as latex2mathml writes the brace of \\underbrace
COLOURS = 48
"""Colours of a committed picture: as good to the eye, at a third of the size."""


def formula(latex: str, display: str) -> str:
    """A formula as MathML, `display` being "inline" or "block".

    A brace below a term stretches only in a font for formulas, which not every machine
    has: the template draws a line with round ends there.
    """
    element = convert_to_element(latex, display=display)
    for term in element.iter("munder"):
        if term[1].text == BRACE:
            term.remove(term[1])
            term.tag, term.attrib = "mrow", {"class": "braced"}
    text = ElementTree.tostring(element, encoding="unicode")
    return f'<span class="formula" tabindex="0">{unescape(text)}</span>'


class Markdown(IPythonRenderer):
    """nbconvert's Markdown, with formulas drawn and tables that scroll."""

    def inline_math(self, body: str) -> str:
        """A formula within a line."""
        return formula(body, "inline")

    def block_math(self, body: str) -> str:
        """A formula of its own."""
        return formula(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        """A formula of several lines."""
        return self.block_math(rf"\begin{{{name}}}{body}\end{{{name}}}")

    def table(self, text: str) -> str:
        """A table in a box that scrolls where the screen is too narrow."""
        return f'<div class="scroll" tabindex="0"><table>{text}</table></div>\n'


class PageExporter(HTMLExporter):
    """nbconvert's exporter with our template and our Markdown."""

    def markdown2html(self, source: str) -> str:
        """Markdown as HTML."""
        renderer = Markdown(escape=False, embed_images=True, path=str(NOTEBOOKS))
        page = MarkdownWithMath(renderer=renderer).render(source)
        # Notebooks link to notebooks, pages to pages.
        return re.sub(r'(href="\w+)\.ipynb(#[^"]*)?"', r'\1.html\2"', page)


def screenshot(number: str) -> Path | None:
    """The picture that the browser tests took of the lab of a notebook."""
    return next(iter(sorted(SCREENSHOTS.glob(f"{number}_*.png"))), None)


def lab_picture(number: str) -> Path | None:
    """The committed picture of the lab of a notebook, or else the new one."""
    committed = IMAGES / f"lab_{number}.png"
    return committed if committed.is_file() else screenshot(number)


def replace_widgets(notebook: NotebookNode, number: str) -> None:
    """Put in place of each lab its sentence and picture; other widgets show nothing."""
    picture = lab_picture(number)
    for cell in notebook.cells:
        outputs = []
        for output in cell.get("outputs", []):
            if WIDGET_VIEW in output.get("data", {}):
                sentence = re.fullmatch(r"\[(.*)\]", output.data["text/plain"].strip())
                if not sentence:
                    continue  # a progress bar, at 0 %
                shown = f"<p><em>{sentence[1]}</em></p>"
                if picture:
                    code = base64.b64encode(picture.read_bytes()).decode()
                    shown += (
                        f'<img alt="The lab of notebook {number} at work: controls and '
                        f'what they show" src="data:image/png;base64,{code}">'
                    )
                output.data = nbformat.from_dict({"text/html": shown})
            outputs.append(output)
        if cell.cell_type == "code":
            cell.outputs = outputs


def page_of(path: Path) -> str:
    """The page of the notebook at `path`, as HTML."""
    notebook = nbformat.read(path, as_version=4)
    replace_widgets(notebook, path.stem[:2])
    exporter = PageExporter(
        template_name="classic",
        template_file=str(Path(__file__).with_name("page.html.j2")),
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    resources = {
        "title": title_of(notebook),
        "code_css": HtmlFormatter().get_style_defs(".highlight"),
    }
    page = exporter.from_notebook_node(notebook, resources)[0]
    return page.replace("<pre>", '<pre tabindex="0">')  # to scroll it by keyboard


def write(folder: Path) -> None:
    """Write the page of each notebook into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        page = folder / f"{path.stem}.html"
        page.write_text(page_of(path), encoding="utf-8")


def keep_pictures() -> None:
    """Make the committed pictures of the labs from the screenshots."""
    for number in (path.stem[:2] for path in NOTEBOOKS.glob("*.ipynb")):
        if path := screenshot(number):
            picture = Image.open(path).convert("RGB").quantize(COLOURS)
            picture.save(IMAGES / f"lab_{number}.png", optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "site")
    parser.add_argument(
        "--pictures", action="store_true", help="keep the screenshots of the labs"
    )
    options = parser.parse_args()
    if options.pictures:
        keep_pictures()
    else:
        write(options.folder)
