"""Pages: ``holding`` for who holds a certificate, ``verifying`` for who checks one, ``managing`` for the staff."""
