"""Fine-tunes a sentence encoder into an intent classifier: `python -m colloquy_trainer --help`."""
