//! How much room a value takes in an item, so that a unit's state and its newest readings share one unit of writing.

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt::{self, Write as _};

/// What `value` takes as an attribute, in bytes, by DynamoDB's published rules (Developer Guide, "Item sizes and
/// formats"): a text its bytes, a number half a byte a digit and one more, a map or list three bytes and one an element.
/// `None` for what no attribute can hold.
pub(super) fn stored_size(value: &impl Serialize) -> Option<usize> {
    value.serialize(Sizer).ok()
}

const CONTAINER: usize = 3;
const ELEMENT: usize = 1;

/// Digits but for zeros at the end, two a byte; one byte more, and one for a sign.
fn number(magnitude: u64, negative: bool) -> usize {
    let (mut rest, mut digits) = (magnitude, 0_usize);
    while rest != 0 && rest % 10 == 0 {
        rest /= 10;
    }
    while rest != 0 {
        rest /= 10;
        digits += 1;
    }
    digits.max(1).div_ceil(2) + 1 + usize::from(negative)
}

#[derive(Debug)]
struct Unstorable(String);

impl fmt::Display for Unstorable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unstorable {}

impl serde::ser::Error for Unstorable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct Sizer;

/// A text of which only the length is kept.
struct Counted(usize);

impl fmt::Write for Counted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// A list or map whose elements come one by one.
struct Growing(usize);

impl Growing {
    /// What a variant holds, within the map that names it.
    const fn variant(name: &str) -> Self {
        Self(2 * CONTAINER + ELEMENT + name.len())
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Unstorable> {
        self.0 += ELEMENT + value.serialize(Sizer)?;
        Ok(())
    }

    fn field(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Unstorable> {
        self.0 += name.len();
        self.element(value)
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty),+) => {
        $(fn $method(self, value: $type) -> Result<usize, Unstorable> {
            let value = i64::from(value);
            Ok(number(value.unsigned_abs(), value < 0))
        })+
    };
}

impl Serializer for Sizer {
    type Ok = usize;
    type Error = Unstorable;
    type SerializeSeq = Growing;
    type SerializeTuple = Growing;
    type SerializeTupleStruct = Growing;
    type SerializeTupleVariant = Growing;
    type SerializeMap = Growing;
    type SerializeStruct = Growing;
    type SerializeStructVariant = Growing;

    numbers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    numbers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32);

    fn serialize_u64(self, value: u64) -> Result<usize, Unstorable> {
        Ok(number(value, false))
    }

    fn serialize_bool(self, _: bool) -> Result<usize, Unstorable> {
        Ok(1)
    }

    fn serialize_f32(self, _: f32) -> Result<usize, Unstorable> {
        Err(Unstorable::custom("nothing is stored in floating point"))
    }

    fn serialize_f64(self, _: f64) -> Result<usize, Unstorable> {
        Err(Unstorable::custom("nothing is stored in floating point"))
    }

    fn serialize_char(self, value: char) -> Result<usize, Unstorable> {
        Ok(value.len_utf8())
    }

    fn serialize_str(self, value: &str) -> Result<usize, Unstorable> {
        Ok(value.len())
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<usize, Unstorable> {
        let mut text = Counted(0);
        write!(text, "{value}").map_err(Unstorable::custom)?;
        Ok(text.0)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<usize, Unstorable> {
        Ok(value.len())
    }

    fn serialize_none(self) -> Result<usize, Unstorable> {
        Ok(1)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<usize, Unstorable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<usize, Unstorable> {
        Ok(1)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<usize, Unstorable> {
        Ok(1)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
    ) -> Result<usize, Unstorable> {
        Ok(name.len())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<usize, Unstorable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<usize, Unstorable> {
        let mut map = Growing(CONTAINER);
        map.field(name, value)?;
        Ok(map.0)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Growing, Unstorable> {
        Ok(Growing(CONTAINER))
    }

    fn serialize_tuple(self, _: usize) -> Result<Growing, Unstorable> {
        Ok(Growing(CONTAINER))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Growing, Unstorable> {
        Ok(Growing(CONTAINER))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Growing, Unstorable> {
        Ok(Growing::variant(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Growing, Unstorable> {
        Ok(Growing(CONTAINER))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Growing, Unstorable> {
        Ok(Growing(CONTAINER))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Growing, Unstorable> {
        Ok(Growing::variant(name))
    }
}

macro_rules! lists {
    ($($trait:ident: $method:ident),+) => {
        $(impl $trait for Growing {
            type Ok = usize;
            type Error = Unstorable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unstorable> {
                self.element(value)
            }

            fn end(self) -> Result<usize, Unstorable> {
                Ok(self.0)
            }
        })+
    };
}

lists!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

macro_rules! maps {
    ($($trait:ident),+) => {
        $(impl $trait for Growing {
            type Ok = usize;
            type Error = Unstorable;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Unstorable> {
                self.field(name, value)
            }

            fn end(self) -> Result<usize, Unstorable> {
                Ok(self.0)
            }
        })+
    };
}

maps!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Growing {
    type Ok = usize;
    type Error = Unstorable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unstorable> {
        self.0 += key.serialize(Sizer)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unstorable> {
        self.element(value)
    }

    fn end(self) -> Result<usize, Unstorable> {
        Ok(self.0)
    }
}
