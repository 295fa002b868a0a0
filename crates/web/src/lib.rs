//! LuvHive's HTTP routes: webhook and operations.
