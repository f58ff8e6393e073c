"""Make an SVG picture that Vega drew small: the same picture, without what no reader sees.

Only the elements and attributes of plain drawings are let through, so a picture holds no script, link or style.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from .schemas import DataError

FONTS = "Liberation Sans,Arial,Helvetica,sans-serif"  # their letters are equally wide
KEPT = {
    "svg": {"width", "height", "viewBox"},
    "g": {"transform", "clip-path"},
    "path": {"d", "transform"},
    "rect": {"x", "y", "width", "height", "rx", "transform"},
    "line": {"x1", "y1", "x2", "y2", "transform"},
    "circle": {"cx", "cy", "r", "transform"},
    "text": {"transform", "dx", "dy"},
    "tspan": {"x", "y", "dx", "dy"},
    "defs": set(),
    "clipPath": {"id"},
    "linearGradient": {"id", "x1", "x2", "y1", "y2"},
    "stop": {"offset", "stop-color"},
}
INHERITED = {  # what a group can say once for all that it holds
    "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-dashoffset",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "font-family", "font-size", "font-weight", "font-style",
    "text-anchor",
}  # fmt: skip
LOOK = INHERITED | {"opacity"}
GEOMETRY = {"d", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "dx", "dy", "width", "height"}
DEFAULTS = {("opacity", "1"), ("fill-opacity", "1"), ("stroke-opacity", "1"), ("text-anchor", "start"),
            ("stroke-width", "1"), ("stroke-dasharray", "1,0")}  # fmt: skip
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
MOVE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)$")
DISC = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0(?:Z)?$")
DRAWN = {"path", "rect", "line", "circle"}


def slim(source: str) -> str:
    """Return an SVG picture with numbers to one decimal and without what is not seen. Raises DataError.

    >>> line = '<line transform="translate(0,7.04)" x2="9" y2="0" stroke="#eee" opacity="1"/>'
    >>> slim(f'<svg width="9" height="9" viewBox="0 0 9 9"><g class="a"><g>{line}</g></g></svg>').partition("</g>")[0][-48:]
    'miterlimit="10"><path stroke="#eee" d="M0,7h9"/>'
    """
    root = ElementTree.fromstring(re.sub(r' xmlns(:\w+)?="[^"]*"', "", _renumbered(source), count=2))
    _clean(root)
    _flatten(root)
    _gather(root)
    whole = ElementTree.Element(
        "g", {"font-family": FONTS, "font-size": "12", "fill": "none", "stroke-miterlimit": "10"}
    )
    whole.extend(list(root))
    _group(whole)
    _drop_said(whole, dict(whole.attrib))
    plain = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **root.attrib})
    plain.append(whole)
    return ElementTree.tostring(plain, encoding="unicode").replace(" />", "/>") + "\n"


def _renumbered(source: str) -> str:
    """Return the picture with its ids counted from 1: Vega counts them over all that a process has drawn.

    >>> _renumbered('<clipPath id="clip87"/><g clip-path="url(#clip87)"/>')
    '<clipPath id="i1"/><g clip-path="url(#i1)"/>'
    """
    names = dict.fromkeys(re.findall(r' id="([^"]+)"', source))
    new = {old: f"i{number}" for number, old in enumerate(names, 1)}
    return re.sub(r'( id="|url\(#)([^")]+)', lambda found: found[1] + new.get(found[2], found[2]), source)


def _short(number: str) -> str:
    """Return a number to one decimal, without zeros that say nothing."""
    text = f"{float(number):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _clean(element: ElementTree.Element, painted: bool = False) -> None:
    """Take out hidden elements and the attributes that a picture does not need; shorten numbers."""
    if element.tag not in KEPT:
        raise DataError(
            [f"an SVG element <{element.tag}> may not stand in a picture; add it to svg.KEPT if it is safe"]
        )
    allowed = KEPT[element.tag] | LOOK
    for name, value in list(element.attrib.items()):
        if name not in allowed or (name, value) in DEFAULTS or name == "font-family":
            del element.attrib[name]
        elif name in GEOMETRY:
            element.set(name, NUMBER.sub(lambda found: _short(found[0]), value))
        elif name == "font-size":
            element.set(name, value.removesuffix("px"))
    if element.get("transform") in ("translate(0,0)", ""):
        del element.attrib["transform"]
    inside = element.tag in ("defs", "clipPath")
    for child in list(element):
        if _hidden(child, painted or inside):
            element.remove(child)
        else:
            _clean(child, painted or inside)
    if "stroke" not in element.attrib and element.tag in DRAWN:
        for name in [name for name in element.attrib if name.startswith("stroke-")]:
            del element.attrib[name]
    if element.tag == "text" and not len(element):
        _shift(element, "x", "y")
    disc = DISC.match(element.get("d", "")) if element.tag == "path" else None
    if disc:
        element.tag = "circle"
        del element.attrib["d"]
        element.set("r", disc[1])
        _shift(element, "cx", "cy")
    if disc and "opacity" in element.attrib and "stroke" not in element.attrib:
        element.set("fill-opacity", element.attrib.pop("opacity"))  # the same for a disc, and a group can say it


def _hidden(element: ElementTree.Element, shape_only: bool) -> bool:
    if element.get("display") == "none" or element.get("opacity") == "0":
        return True
    if element.tag not in DRAWN or shape_only:
        return False
    seen = [element.get(name, "none") for name in ("fill", "stroke")]
    return all(colour in ("none", "transparent") for colour in seen) or element.get("d", "x") == ""


def _shift(element: ElementTree.Element, x: str, y: str) -> None:
    """Turn a plain move into two coordinates."""
    found = MOVE.match(element.get("transform", ""))
    if found:
        del element.attrib["transform"]
        element.set(x, found[1])
        element.set(y, found[2])


def _flatten(element: ElementTree.Element) -> None:
    """Take out groups that say nothing or hold nothing, and join a group with the only group in it."""
    for child in list(element):
        _flatten(child)
        if child.tag != "g":
            continue
        place = list(element).index(child)
        if not len(child):
            element.remove(child)
        elif not child.attrib:
            element.remove(child)
            for offset, inner in enumerate(list(child)):
                element.insert(place + offset, inner)
        elif len(child) == 1 and child[0].tag == "g" and "opacity" not in child.attrib:
            inner = child[0]
            if "clip-path" in {*child.attrib, *inner.attrib}:
                continue
            moves = [MOVE.match(g.get("transform", "translate(0,0)")) for g in (child, inner)]
            if not all(moves):
                continue
            joined = {**child.attrib, **inner.attrib}
            both = [_short(str(float(moves[0][n]) + float(moves[1][n]))) for n in (1, 2)]
            joined["transform"] = f"translate({both[0]},{both[1]})"
            inner.attrib.clear()
            inner.attrib.update(joined)
            element.remove(child)
            element.insert(place, inner)


def _gather(element: ElementTree.Element) -> None:
    """Draw neighbouring straight lines of one look as one path."""
    for child in element:
        _gather(child)
    last, look = None, None
    for child in list(element):
        if child.tag != "line":
            last = None
            continue
        moved = MOVE.match(child.get("transform", "translate(0,0)"))
        if not moved or {"x1", "y1"} & set(child.attrib):
            last = None
            continue
        own = {name: value for name, value in child.attrib.items() if name in LOOK}
        across, down = child.get("x2", "0"), child.get("y2", "0")
        drawn = f"M{moved[1]},{moved[2]}" + (
            f"h{across}" if down == "0" else f"v{down}" if across == "0" else f"l{across},{down}"
        )
        if last is not None and own == look:
            last.set("d", last.get("d") + drawn)
            element.remove(child)
            continue
        child.tag, look = "path", own
        child.attrib.clear()
        child.attrib.update(own)
        child.set("d", drawn)
        last = child


def _group(element: ElementTree.Element) -> None:
    """Put neighbours that look alike into a group that says once how they look."""
    for child in element:
        _group(child)
    alike: list[ElementTree.Element] = []
    for child in [*element, None]:
        if alike and (child is None or _inherited(child) != _inherited(alike[0])):
            if len(alike) > 2 and _inherited(alike[0]):
                group = ElementTree.Element("g", _inherited(alike[0]))
                element.insert(list(element).index(alike[0]), group)
                for one in alike:
                    element.remove(one)
                    for name in group.attrib:
                        del one.attrib[name]
                    group.append(one)
            alike = []
        if child is not None:
            alike.append(child)


def _inherited(element: ElementTree.Element) -> dict[str, str]:
    return {name: value for name, value in element.attrib.items() if name in INHERITED}


def _drop_said(element: ElementTree.Element, given: dict[str, str]) -> None:
    """Leave out what a group around an element has said."""
    for child in element:
        own = _inherited(child)
        for name, value in own.items():
            if given.get(name) == value:
                del child.attrib[name]
        _drop_said(child, {**given, **own})
