//! `chatkit send`.

mod answers;
mod input;
mod notes;
mod record;
mod stream;
