"""Certificates (电子证照): issued, shown, checked with no network, suspended and revoked."""
