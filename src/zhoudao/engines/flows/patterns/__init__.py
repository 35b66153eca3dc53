"""The patterns of the trade, one file a family. Each is a detector: a reason to look, with its reasons and its rows."""
