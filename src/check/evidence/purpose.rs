//! Why a request of a check was sent: by that rules know what its answer is to be.

/// The title that only a stranger gives to a thread.
pub const STRANGERS_TITLE: &str = "chatkit check, as somebody else";

/// Why a request was sent, where its own words do not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It is to be carried out.
    Use,
    /// It is to be carried out by a backend that offers such a thing.
    Offer,
    /// It is to be refused.
    Refuse(Mistake),
    /// A browser's question before it sends.
    Preflight,
    /// The same question for a page that nobody has.
    OtherOrigin,
    /// A turn as a browser on another origin asks for it.
    Browser,
    /// A request of such a browser that is refused.
    BrowserRefused,
    /// A turn that is left in the middle.
    Cancel,
    /// What comes after one.
    AfterCancel,
    /// The thread was deleted before.
    Gone,
    /// A thread that the renaming and the deletion of another must leave as it is.
    Bystander,
    /// The attachment that it carries was deleted before.
    GoneAttachment,
    /// Without credentials.
    NoCredentials,
    /// As somebody else.
    Stranger,
    /// What has become of a thread that somebody else wrote into.
    AfterStranger,
    /// Whether a word is still known.
    Recall(String),
    /// The bytes of an attachment, or a direct upload.
    Upload(Way),
    /// A step in the life of a hosted session.
    Session(Moment),
    /// What our own requests left behind is removed.
    CleanUp,
}

/// What is wrong with a request that must be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// A `type` that is no operation.
    UnknownType,
    /// `{}`.
    EmptyObject,
    /// No JSON, or none that is an object.
    NotJson,
    /// A required field is missing.
    MissingField,
    /// A field has a value of the wrong type.
    WrongType,
    /// No such thread.
    UnknownThread,
    /// No such item.
    UnknownItem,
    /// An action on an item that is no widget.
    NoWidget,
}

/// How a file is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Announced first, then sent to where the backend says.
    TwoPhase,
    /// Posted as a form to an address that the app chose.
    Direct,
}

/// A step in the life of a hosted session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It is made.
    Created,
    /// Its secret is used.
    Used,
    /// It is cancelled.
    Cancelled,
    /// Its secret is used again.
    UsedAfter,
}
