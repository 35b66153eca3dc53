"""Seals: what can be checked without asking anybody. Pure: no Django, no database, no user.

``chain``: the hash chain under the audit trail. The others make and check certificates (电子证照), from the
inside out::

    signing, sm2    a key signs bytes: ES256, or SM2 with SM3
    cose            signed bytes with their headers (RFC 9052)
    certificate     claims of a certificate, signed, as the text of a QR code
    status          which certificates are suspended or revoked: one signed list
    keyset          whose signatures count, and when
    checking        a certificate's text to one verdict
    sd_jwt          the same claims for a wallet that shows only what is asked (RFC 9901)
    showing         what a wallet shows, as the text of a QR code, to one verdict
"""
