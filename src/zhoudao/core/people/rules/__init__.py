"""What decides in this room, all of it pure: ``duties`` (who may do what), ``numbers``, ``names``,
``masks``.
"""
