"""Who can reach a round-the-clock kiosk (24小时自助点) in time, and where the next kiosks add most.

The computing is ``zhoudao.engines.wayfinding``'s. People are counted by settlement, never by person.
"""
