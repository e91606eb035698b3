//! What decides which backend is meant; the first that says anything wins.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Flag,
    Environment,
    Profile,
    Default,
}
