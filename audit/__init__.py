"""The tamper-evident ledger: a Merkle tree for each audit partition, signed checkpoints, and a verifier that trusts only a public key."""
