"""Zhoudao (舟到): a city's police, its counter and its desk."""

__version__ = "0.1.0"
