//! Online, reciprocal, filter-aware matchmaking.
