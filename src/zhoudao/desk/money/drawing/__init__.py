"""Pictures as SVG, made of figures and words that are worked out elsewhere: no script, no style attribute. Pure."""
