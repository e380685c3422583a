"""Where a found value came from: the customer's own request, a source at home, or neither.

The CAC Provisions on Promoting and Regulating Cross-Border Data Flows (Order 16, 2024-03-22), Article 4, free personal information that
was collected abroad, brought in for processing and is sent out again, as long as no personal information or important data from inside
the mainland is mixed in. So an echo of the request is told apart from all else, and a value that also stands in a domestic source is
domestic: the exemption falls away with the first domestic piece.

``docs/provenance.md`` says what is equal to what, and why.
"""

from detectors.provenance.digests import DigestIndex, value_digests
from detectors.provenance.index import EchoIndex, Match

__all__ = ["DigestIndex", "EchoIndex", "Match", "value_digests"]
