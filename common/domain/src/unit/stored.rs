//! What is written with every reading, in as little room as it can have: words as their places among all of their kind, and
//! identifiers without the prefix, which their field tells.

use crate::ids::{Id, Ulid};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

macro_rules! code {
    ($module:ident: $type:ty, $all:expr) => {
        pub(super) mod $module {
            use super::*;

            pub(in super::super) fn serialize<S: Serializer>(
                value: &$type,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_u8(*value as u8)
            }

            pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$type, D::Error> {
                let code = u8::deserialize(deserializer)?;
                let known: Option<&$type> = $all.get(usize::from(code));
                known
                    .copied()
                    .ok_or_else(|| D::Error::custom(format_args!("nothing has the code {code}")))
            }
        }
    };
}

code!(status: crate::unit::UnitStatus, crate::unit::UnitStatus::ALL);
code!(kind: crate::unit::UnitKind, crate::unit::UnitKind::ALL);
code!(door: crate::measurement::Door, crate::measurement::Door::ALL);
code!(side: crate::alert::Side, crate::alert::Side::ALL);

/// An identifier.
pub(super) mod id {
    use super::*;

    pub(in super::super) fn serialize<T: Id, S: Serializer>(
        id: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&id.ulid())
    }

    pub(in super::super) fn deserialize<'de, T: Id, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let ulid = Ulid::from_string(&text).map_err(D::Error::custom)?;
        Ok(T::from_ulid(ulid))
    }
}
