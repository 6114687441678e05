"""The shared page: what marketing and sales look at together. Reads the published marts only."""
