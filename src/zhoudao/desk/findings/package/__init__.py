"""An evidence package (证据包): one zip that stands alone, with a script that re-checks it."""
