//! LuvHive's benches, load and report programs.
