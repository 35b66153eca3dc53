"""`python -m zhoudao` is the `zhoudao` command."""

from zhoudao.cli import main

main()
