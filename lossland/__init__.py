"""Lossland: optimization for machine learning, from scratch in NumPy."""
