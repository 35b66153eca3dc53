"""The pages of this room: ``signing_in`` is everybody's, ``managing`` the administrator's and security
officer's.
"""
