"""Signing in with somebody else's word (OpenID Connect).

The province's portal speaks for residents and enterprises, the police network for staff.

    rules.py       the providers of the settings, and why a sign-in is refused
    protocol.py    asking a provider: where to send people, what its code is worth, whether its tokens are its own
    actions.py     whose account it is, linked once; ending sessions when the provider says so
    views.py       there and back, and the provider's own word that somebody signed out

The code flow with PKCE (OpenID Connect Core 1.0; RFC 7636), and back-channel logout (OpenID Connect Back-Channel Logout
1.0).
"""
