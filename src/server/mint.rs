//! Ids and times: different in every process, or the same in every run with a seed.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp as Instant;

use super::clock::Clock;
use crate::protocol::{AttachmentId, ItemId, ThreadId, Timestamp};

/// Which of the two APIs an id is for: they spell ids differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// A server of the app's own; ids as `openai-chatkit` 1.6.5 makes them (`store.py`).
    SelfHosted,
    /// The hosted API; ids as captures show them.
    Hosted,
}

/// What an item is, as far as its id tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// Messages, widgets, images and forms.
    Message,
    /// Client tool calls.
    ToolCall,
    /// Tasks.
    Task,
    /// Workflows.
    Workflow,
    /// The note that a stream was cancelled.
    SdkHiddenContext,
}

/// The odd constant of splitmix64, whose multiples never repeat modulo 2^64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Makes ids and tells the time.
#[derive(Debug)]
pub struct Mint {
    key: u64,
    ids: AtomicU64,
    clock: Clock,
}

impl Mint {
    /// Ids that nobody can foresee and the real time, or the same ones in every run.
    #[cfg(test)]
    pub fn new(seed: Option<u64>) -> Self {
        Self::of_run(seed, 0)
    }

    /// The same on a store that was run so often before with a seed: those runs have used the
    /// seed's first ids and times up, and what they stored must not be overwritten.
    pub fn of_run(seed: Option<u64>, run: u64) -> Self {
        Self {
            key: match seed {
                Some(seed) => seed ^ mixed(run),
                None => RandomState::new().build_hasher().finish(),
            },
            ids: AtomicU64::new(0),
            clock: seed.map_or_else(Clock::default, |_| Clock::seeded(run)),
        }
    }

    /// Ids that are the same wherever this text is: whoever plants what it says into one store
    /// plants it once.
    pub fn of_text(text: &str) -> Self {
        // FNV-1a, which no release of a library changes.
        let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self {
            key: text.bytes().fold(0xcbf2_9ce4_8422_2325, fold),
            ids: AtomicU64::new(0),
            clock: Clock::default(),
        }
    }

    /// What tells the time.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time; a seeded one goes on by a millisecond each time that it is told.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Begins anew with the first id of the seed and the clock's start. Without a seed ids go on,
    /// because a client may still hold one of those before.
    pub fn reset(&self) {
        self.clock.reset();
        if self.clock.is_seeded() {
            self.ids.store(0, Ordering::Relaxed);
        }
    }

    /// The time, as the protocol spells it.
    pub fn timestamp(&self) -> Timestamp {
        Timestamp::iso(self.now())
    }

    /// A new thread's id.
    pub fn thread_id(&self, api: Api) -> ThreadId {
        self.id(api, "thr", "cthr").into()
    }

    /// A new item's id.
    pub fn item_id(&self, api: Api, kind: IdKind) -> ItemId {
        let prefix = match kind {
            IdKind::Message => "msg",
            IdKind::ToolCall => "tc",
            IdKind::Task => "tsk",
            IdKind::Workflow => "wf",
            IdKind::SdkHiddenContext => "shcx",
        };
        self.id(api, prefix, "cti").into()
    }

    /// A new attachment's id.
    pub fn attachment_id(&self, api: Api) -> AttachmentId {
        self.id(api, "atc", "cfile").into()
    }

    /// A new id with this prefix and 48 hexadecimal digits, as the hosted API has them.
    pub fn hosted_id(&self, prefix: &str) -> String {
        format!(
            "{prefix}_{:016x}{:016x}{:016x}",
            self.word(),
            self.word(),
            self.word()
        )
    }

    /// 48 hexadecimal digits that nobody can foresee, even from all the ids before; with a seed,
    /// the same ones in every run.
    pub fn secret(&self) -> String {
        let word = || {
            if self.clock.is_seeded() {
                self.word()
            } else {
                // SipHash under a key of the operating system's, which no digit of it gives away.
                RandomState::new().hash_one(self.word())
            }
        };
        format!("{:016x}{:016x}{:016x}", word(), word(), word())
    }

    /// A new id with this prefix and 16 hexadecimal digits.
    pub fn short_id(&self, prefix: &str) -> String {
        format!("{prefix}_{:016x}", self.word())
    }

    fn id(&self, api: Api, own: &str, hosted: &str) -> String {
        match api {
            Api::SelfHosted => self.short_id(own),
            Api::Hosted => self.hosted_id(hosted),
        }
    }

    /// The next word of splitmix64: a bijection of a counter, so that no word comes twice, where
    /// random ids of the reference server's eight digits collide after some 80,000.
    fn word(&self) -> u64 {
        let count = self.ids.fetch_add(1, Ordering::Relaxed);
        let count = count.wrapping_add(1);
        mixed(self.key.wrapping_add(count.wrapping_mul(GOLDEN)))
    }
}

/// The finaliser of splitmix64, which leaves 0 as it is.
fn mixed(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_ids_and_times_and_no_seed_does_not() {
        let told = |mint: &Mint| {
            (
                mint.thread_id(Api::Hosted),
                mint.timestamp(),
                mint.timestamp(),
            )
        };
        assert_eq!(told(&Mint::new(Some(7))), told(&Mint::new(Some(7))));
        assert_ne!(told(&Mint::new(Some(7))).0, told(&Mint::new(Some(8))).0);
        assert_ne!(told(&Mint::new(None)).0, told(&Mint::new(None)).0);
    }

    #[test]
    fn each_run_of_a_seed_on_one_store_has_ids_and_times_of_its_own() {
        let mints = || [0, 1, 2].map(|run| Mint::of_run(Some(7), run));
        let told = |mint: &Mint| (mint.thread_id(Api::SelfHosted), mint.now());
        let [first, second, third] = mints().map(|mint| told(&mint));
        assert!(first.0 != second.0 && second.0 != third.0);
        assert!(first.1 < second.1 && second.1 < third.1);
        assert_eq!(mints().map(|mint| told(&mint)), [first, second, third]);
    }

    #[test]
    fn ids_have_the_form_of_their_api() {
        let mint = Mint::new(Some(1));
        let hosted = mint.thread_id(Api::Hosted);
        let digits = hosted.as_str().strip_prefix("cthr_").unwrap();
        assert!(digits.len() == 48 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        assert!(
            mint.item_id(Api::Hosted, IdKind::Task)
                .as_str()
                .starts_with("cti_")
        );
        assert!(
            mint.item_id(Api::SelfHosted, IdKind::Task)
                .as_str()
                .starts_with("tsk_")
        );
    }
}
