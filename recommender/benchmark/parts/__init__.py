"""The parts of a benchmark, each a function of the material to what it found."""
