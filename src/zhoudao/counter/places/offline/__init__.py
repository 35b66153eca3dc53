"""The map without a network: what a visitor's browser keeps after one visit, and answers from on a boat.

``facts`` says what is kept in numbers, ``texts`` in words, ``kept`` builds both once a day and after each change, and
``static/places/offline`` answers from them in the browser.
"""
