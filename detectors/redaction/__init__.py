"""How a finding is written in the delivered text: label, mask, part kept, hash, pseudonym; by type and destination, as policy says."""
