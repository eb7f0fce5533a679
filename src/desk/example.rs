//! The examples that come with the program.

/// An example that comes with the program.
#[derive(Debug)]
pub struct Example {
    /// What it shows.
    pub title: &'static str,
    /// Its file name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! examples {
    ($($title:literal $name:literal,)*) => {
        [$(Example {
            title: $title,
            name: $name,
            text: include_str!(concat!("../../programs/", $name)),
        },)*]
    };
}

/// The examples, in the order of the menu.
pub const EXAMPLES: [Example; 10] = examples! {
    "Fibonacci, built while it runs" "fib.session",
    "Fibonacci" "fib.flpc",
    "A program with a hole" "holes.flpc",
    "Factorial" "factorial.flpc",
    "Primes" "primes.flpc",
    "Towers of Hanoi" "hanoi.flpc",
    "Ackermann's function" "ackermann.flpc",
    "99 bottles" "bottles.flpc",
    "Guess a number" "guess.flpc",
    "Lines backwards" "reverse.flpc",
};
