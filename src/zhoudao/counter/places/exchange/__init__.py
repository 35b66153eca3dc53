"""The directory as files: CSV tables and Open Referral HSDS, in and out. Pure but for reading and writing
the files."""
