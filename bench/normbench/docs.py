"""Writes the generated part of docs/Performance.md, between its markers, and copies the plots that it shows."""

import shutil

BEGIN, END = "<!-- bench/run --docs: begin -->", "<!-- bench/run --docs: end -->"
PLOTS = "images/performance"


def replaced(text, generated):
    """The text with what lies between the markers replaced."""
    begin, end = text.find(BEGIN), text.find(END)
    if begin < 0 or end < begin:
        raise ValueError(f"expected the lines {BEGIN} and {END}")
    return text[:begin] + BEGIN + "\n\n" + generated.strip() + "\n\n" + text[end:]


def update(report, drawn, results, folder):
    """`drawn`: (title, file name in `results`) of each plot; `folder` is docs/."""
    images = folder / PLOTS
    images.mkdir(parents=True, exist_ok=True)
    for _, name in drawn:
        shutil.copyfile(results / name, images / name)
    page = folder / "Performance.md"
    page.write_text(replaced(page.read_text(), report.markdown([(text, f"{PLOTS}/{name}") for text, name in drawn])))
