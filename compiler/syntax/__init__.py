"""AST nodes, each with its token extent; no behaviour."""
