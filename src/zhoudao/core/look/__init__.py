"""How it looks: base pages, components, tokens, error pages."""
