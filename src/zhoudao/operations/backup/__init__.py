"""Backups (备份): database, files and vaults in one consistent cut while the platform serves; keys are kept apart.

    rules.py       what a backup says of itself: its manifest, and how two are compared
    stores.py      the folders that are backed up, and how they are cut at one moment
    databases.py   SQLite and PostgreSQL: a copy as of one moment, what is in it, and putting it back
    making.py      create
    checking.py    verify: a backup against its manifest, and a restored platform against the backup
    restoring.py   restore, and the drill that restores elsewhere
"""
