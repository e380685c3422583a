"""The wire contract: Avro schemas, the records they stand for, and the bytes in between."""
