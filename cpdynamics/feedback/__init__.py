"""Which feedback loop drives behaviour, and when."""
