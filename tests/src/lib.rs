//! LuvHive's test kit and its one integration binary.
