//! `chatkit send`.

mod answers;
mod input;
mod stream;
