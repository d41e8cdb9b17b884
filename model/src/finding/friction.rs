//! Where AROP and the texts it is laid over do not fit together: told, for no search of one text finds it.

/// A place where two texts ask for different things, or neither says what happens.
#[derive(Debug, Clone, Copy)]
pub struct Friction {
    /// What they say.
    pub text: &'static str,
    /// Where.
    pub sections: &'static [&'static str],
}

/// All that were noticed.
pub const FRICTIONS: &[Friction] = &[];
