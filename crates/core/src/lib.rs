//! LuvHive's rules and the ports they need, free of input and output.
