"""Everything the handbook imports: from publishers' figures to a published book, one direction of flow."""

import sys

# jsonschema, which Altair and Jupyter's notebook format load, imports this package wherever it is installed (a tool for
# bills of materials brings it), and it takes two seconds of every process to build a grammar of IRIs. Nothing here
# checks an IRI, and jsonschema does without it.
sys.modules.setdefault("rfc3987_syntax", None)
