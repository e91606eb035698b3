//! The macros that the shapes are declared with, so that leniency is written once.

/// Declares structs that keep the fields they do not know and do not write `null` for what is absent.
macro_rules! shape {
    ($( $(#[$meta:meta])* pub struct $name:ident { $($body:tt)* } )*) => { $(
        #[serde_with_macros::skip_serializing_none]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        pub struct $name {
            $($body)*
            /// Fields that this version does not know, as received.
            #[serde(flatten)]
            pub extra: $crate::protocol::Extra,
        }
    )* };
}

/// Declares structs of common fields around a tagged union, which keeps the unknown fields of both:
/// serde would hand the fields of a flattened union to a flattened rest a second time.
macro_rules! around {
    ($( $(#[$meta:meta])* pub struct $name:ident { $($body:tt)* } )*) => { $(
        #[serde_with_macros::skip_serializing_none]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        pub struct $name { $($body)* }
    )* };
}

/// Declares structs as `around!` does, of which an unknown type may lack what all known ones have in
/// common: it is kept whole then, as an [`Unknown`](crate::protocol::Unknown) that says so.
///
/// `remote = "Self"` gives the derived, strict pair as functions of the type itself; the traits call
/// them for all else.
macro_rules! around_whole {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident of $kind:ident { $( $(#[$fmeta:meta])* pub $field:ident: $type:ty, )* }
    )*) => { $(
        #[serde_with_macros::skip_serializing_none]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(remote = "Self")]
        $(#[$meta])*
        pub struct $name {
            $( $(#[$fmeta])* pub $field: $type, )*
            #[serde(flatten)]
            pub kind: $kind,
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match &self.kind {
                    $kind::Unknown(unknown) if unknown.is_whole => self.kind.serialize(serializer),
                    _ => Self::serialize(self, serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let fields = $crate::protocol::Object::deserialize(deserializer)?;
                let whole = $crate::protocol::decode::whole(&fields, $kind::TYPES);
                match ($crate::protocol::decode::strictly(fields, |by| Self::deserialize(by)), whole) {
                    (Ok(shape), _) => Ok(shape),
                    // What can be read of the common fields is; all of them are written as they came.
                    (Err(_), Some(unknown)) => Ok(Self {
                        $( $field: $crate::protocol::decode::field(&unknown, stringify!($field)), )*
                        kind: $kind::Unknown(unknown),
                    }),
                    (Err(error), None) => Err(error.travelling()),
                }
            }
        }
    )* };
}

/// Declares an enum that is told apart by the value of its `type` field.
///
/// serde's own internally tagged enums neither keep unknown variants nor tell `serde_path_to_error`
/// where inside a variant decoding failed; both matter here. `else keep` makes a known variant that
/// does not decode an [`Unknown`](crate::protocol::Unknown) one instead of an error.
macro_rules! tagged {
    ($(#[$meta:meta])* pub enum $name:ident { $($variants:tt)* }) => {
        tagged! { $(#[$meta])* pub enum $name else refuse { $($variants)* } }
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident else $otherwise:ident {
            $( $(#[$vmeta:meta])* $variant:ident($body:ty) = $tag:literal, )*
        }
    ) => {
        #[derive(Clone, Debug, PartialEq)]
        $(#[$meta])*
        pub enum $name {
            $( $(#[$vmeta])* $variant($body), )*
            /// A type that this version does not know.
            Unknown($crate::protocol::Unknown),
        }

        impl $name {
            /// The values of `type` that this version knows.
            pub const TYPES: &'static [&'static str] = &[$($tag),*];

            /// Whether the fields beside `type` decode as the type of this name, strictly; `None` for
            /// a name that this version does not know.
            ///
            /// # Errors
            /// Says at which path the fields depart from the type.
            pub fn check(
                kind: &str,
                fields: $crate::protocol::Object,
            ) -> Option<Result<(), $crate::protocol::DecodeError>> {
                let fields = serde_json::Value::Object(fields);
                match kind {
                    $( $tag => Some($crate::protocol::from_value::<$body>(fields).map(drop)), )*
                    _ => None,
                }
            }

            /// The value of the `type` field.
            pub fn type_name(&self) -> &str {
                match self {
                    $( Self::$variant(_) => $tag, )*
                    Self::Unknown(unknown) => &unknown.kind,
                }
            }

            /// What an object is by its `type`, from whatever it was read: each kind of input that
            /// decoding is compiled for would have a copy of all variants.
            fn of(
                unknown: $crate::protocol::Unknown,
            ) -> Result<Self, $crate::protocol::DecodeError> {
                match unknown.kind.as_str() {
                    $( $tag => $crate::protocol::decode::$otherwise(unknown)
                        .map(|body| body.map_or_else(Self::Unknown, Self::$variant)), )*
                    _ => Ok(Self::Unknown(unknown)),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use $crate::protocol::decode::Tagged;
                match self {
                    $( Self::$variant(body) => Tagged { kind: $tag, body }.serialize(serializer), )*
                    Self::Unknown(unknown) => {
                        Tagged { kind: &unknown.kind, body: &unknown.fields }.serialize(serializer)
                    }
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let unknown = $crate::protocol::decode::untag(deserializer)?;
                Self::of(unknown).map_err(|error| error.travelling())
            }
        }
    };
}

/// Declares an enum of fixed words that keeps a word it does not know.
macro_rules! words {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$vmeta:meta])* $variant:ident = $word:literal, )* }
    )*) => { $(
        #[derive(Clone, Debug, PartialEq, Eq)]
        $(#[$meta])*
        pub enum $name {
            $( $(#[$vmeta])* $variant, )*
            /// A word that this version does not know.
            Other(String),
        }

        impl $name {
            /// The word as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $( $word => Self::$variant, )*
                    _ => Self::Other(word),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self::from)
            }
        }
    )* };
}
