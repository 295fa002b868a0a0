//! The luvhive program: settings, wiring, sub-commands.
