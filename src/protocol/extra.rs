//! The fields of a shape that this version does not know.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Object;

/// Unknown fields, as received; one word large while there are none, which is nearly always.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra(Option<Box<Object>>);

impl Extra {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The fields, if there are any.
    pub fn fields(&self) -> Option<&Object> {
        self.0.as_deref()
    }
}

impl From<Object> for Extra {
    fn from(fields: Object) -> Self {
        Self((!fields.is_empty()).then(|| Box::new(fields)))
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(fields) => fields.serialize(serializer),
            None => serializer.collect_map(std::iter::empty::<((), ())>()),
        }
    }
}

impl<'de> Deserialize<'de> for Extra {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::deserialize(deserializer).map(Self::from)
    }
}
