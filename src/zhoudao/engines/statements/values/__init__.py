"""What one cell says: amounts, times, accounts, marks, texts. Compiled, over UTF-8 bytes; nothing is ever guessed.

Every reader takes ``(buffer, start, end)`` of a cell and answers a value and a status of ``status``.
"""
