"""Everything the handbook imports: from publishers' figures to a published book, one direction of flow."""
