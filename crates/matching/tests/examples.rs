//! The examples run, and what they assert holds.

/// Makes a test of each example.
macro_rules! examples {
    ($($name:ident: $file:literal),+ $(,)?) => {$(
        #[path = $file]
        mod $name;

        #[test]
        fn $name() {
            $name::main().unwrap();
        }
    )+};
}

examples! {
    dating: "../examples/dating.rs",
    duel: "../examples/duel.rs",
    mentor: "../examples/mentor.rs",
    ride: "../examples/ride.rs",
}
