"""What the commands do: each takes what was typed and gives back its exit code."""
