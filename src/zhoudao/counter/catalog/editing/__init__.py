"""Writing an item in the browser: an administrator proposes its YAML, a supervisor puts it into force."""
