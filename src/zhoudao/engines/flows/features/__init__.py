"""Features of transfers and their accounts, batch by batch (特征): what learned models are given.

    stream = Features(accounts=100_000)
    rows = stream.append(payer, payee, time, amount)      # float64[batch, stream.width]; stream.names says what is what

The same groups as IBM's Graph Feature Preprocessor (Blanuša et al., "Graph Feature Preprocessor: real-time
subgraph-based feature extraction for financial crime detection", ICAIF 2024), by our own algorithms, checked against
it by benchmarks/flows_features.py.
"""

from zhoudao.engines.flows.features.stream import Features, Spec, features_of

__all__ = ["Features", "Spec", "features_of"]
