"""An item's questions: which are asked, which answers are taken, and how one is drawn."""
