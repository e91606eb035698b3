//! `chatkit send`.

mod answers;
mod beside;
mod input;
mod notes;
mod record;
mod stream;
