"""Tables that a screen reader can read: a caption, scopes, and every cell escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .wording import Html, text


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str | Html]],
    numeric: Iterable[int] = (),
    file: str = "",
    source: str = "",
) -> Html:
    """Return an HTML table in a box of its own that scrolls sideways on a small screen.

    The first cell of each row is the row's header. `numeric`: positions of the columns set to the right. Cells are
    plain text and escaped, unless they are Html of our own making. The book writes every table as a CSV file too and
    links to it: `file` names it in a few words where the caption would not, such as "grants". `source`: the source (data/
    sources) or the indicator that the numbers come from, told where a sentence leads to one of the rows (`traced`). Raises
    ValueError for a column without a name: a screen reader would say nothing there.

    >>> "&lt;i&gt;" in table("A", ["x"], [["<i>"]])
    True
    """
    if not all(str(words).strip() for words in head):
        raise ValueError(f"the table '{caption}' has a column without a name")
    right = set(numeric)
    kept = f' data-hb-file="{text(file)}"' if file else ""
    kept += f' data-hb-source="{text(source)}"' if source else ""

    def cell(tag: str, position: int, content: str | Html, scope: str = "") -> str:
        inner = content if isinstance(content, Html) else text(content)
        kind = ' class="hb-number"' if position in right else ""
        return f"<{tag}{scope}{kind}>{inner}</{tag}>"

    header = "".join(cell("th", i, h, ' scope="col"') for i, h in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(cell("th", 0, c, ' scope="row"') if i == 0 else cell("td", i, c) for i, c in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return Html(
        f'<div class="hb-table" role="region" aria-label="{text(caption)}" tabindex="0"{kept}><table><caption>{text(caption)}'
        f"</caption><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table></div>"
    )
