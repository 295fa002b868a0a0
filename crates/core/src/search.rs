//! Who may meet whom: a person becomes a ticket here and nowhere else.
