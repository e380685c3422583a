"""What a human runs: the `carnet` command, the embedded broker, the supervisor of the workers."""
