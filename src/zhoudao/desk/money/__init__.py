"""The money room (资金): a case's money as a graph, a trace as layers, a ring as a clock; each beside its table."""
