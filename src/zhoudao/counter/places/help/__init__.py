"""Asking a person for help (帮办): a call, or a message that a clerk of the district answers."""
