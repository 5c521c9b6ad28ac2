//! Named points where tests make the engine fail, die, wait or break its own rules.
//!
//! Without the feature `failpoints` every one of them is nothing at all.

/// Does what the test that named this point asks for: `return(die)` ends the process at
/// once, as `kill -9` does; `panic`, `sleep` and `pause` are the `fail` crate's own. With a
/// second argument, a closure, the enclosing function returns what that makes.
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::eval($name, |argument| {
            if argument.as_deref() == Some("die") {
                std::process::abort();
            }
        });
    };
    ($name:literal, $instead:expr) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name, $instead);
    };
}

/// Whether a test asks for a rule to be broken here, to see that it notices.
macro_rules! sabotaged {
    ($name:literal) => {{
        #[cfg(feature = "failpoints")]
        let asked = fail::eval($name, |_| ()).is_some();
        #[cfg(not(feature = "failpoints"))]
        let asked = false;
        asked
    }};
}

pub(crate) use {failpoint, sabotaged};
