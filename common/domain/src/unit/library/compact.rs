//! Numbers as a short text: what is written with every reading is to take as little room as it can, and a number in an item
//! takes two bytes at least.
//!
//! Each number is cut into groups of five bits, the lowest first, after its sign was moved to the lowest bit so that small
//! negative numbers are short too. A sixth bit says that more groups follow, and each six bits are one character.

use std::fmt;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A text that holds no numbers, or too few of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InvalidText;

impl fmt::Display for InvalidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text holds no numbers, or too few")
    }
}

/// Writes numbers.
#[derive(Default)]
pub(super) struct Writer(String);

impl Writer {
    /// Adds `number`.
    pub(super) fn number(&mut self, number: i64) {
        let mut rest = (number << 1 ^ number >> 63).cast_unsigned();
        loop {
            let more = rest >> 5 != 0;
            let group = usize::try_from(rest & 31).unwrap_or_default() + if more { 32 } else { 0 };
            self.0.extend(ALPHABET.get(group).copied().map(char::from));
            rest >>= 5;
            if !more {
                return;
            }
        }
    }

    /// Adds how many `items` there are, and each of them.
    pub(super) fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.number(i64::try_from(items.len()).unwrap_or(i64::MAX));
        for one in items {
            item(self, one);
        }
    }

    /// All that was written.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// Reads numbers.
pub(super) struct Reader<'a>(std::slice::Iter<'a, u8>);

impl<'a> Reader<'a> {
    /// Reads what a [`Writer`] wrote.
    pub(super) fn new(text: &'a str) -> Self {
        Self(text.as_bytes().iter())
    }

    /// Whether there is nothing left.
    pub(super) fn is_at_end(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    /// The next number.
    pub(super) fn number(&mut self) -> Result<i64, InvalidText> {
        let (mut number, mut shift) = (0_u64, 0_u32);
        loop {
            let character = self.0.next().ok_or(InvalidText)?;
            let group = ALPHABET.iter().position(|known| known == character);
            let group = group
                .and_then(|group| u64::try_from(group).ok())
                .ok_or(InvalidText)?;
            number |= (group & 31).checked_shl(shift).ok_or(InvalidText)?;
            if group & 32 == 0 {
                return Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
            }
            shift += 5;
        }
    }

    /// The next number as a smaller kind of one.
    pub(super) fn small<T: TryFrom<i64>>(&mut self) -> Result<T, InvalidText> {
        T::try_from(self.number()?).map_err(|_| InvalidText)
    }

    /// As many items as are told first.
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, InvalidText>,
    ) -> Result<Vec<T>, InvalidText> {
        let count: usize = self.small()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written_and_small_ones_are_short() {
        let numbers = [0, 1, -1, 15, -16, 16, 1_023, i64::MAX, i64::MIN, 1_790_000_000];
        let mut writer = Writer::default();
        writer.list(&numbers, |writer, number| writer.number(*number));
        let text = writer.text();
        let mut reader = Reader::new(&text);
        assert_eq!(reader.list(Reader::number), Ok(numbers.to_vec()));
        assert!(reader.is_at_end());
        assert_eq!(reader.number(), Err(InvalidText));
        let mut short = Writer::default();
        short.number(-16);
        assert_eq!(short.text().len(), 1);
    }

    #[test]
    fn what_is_no_text_of_numbers_is_refused() {
        for text in ["", "f", "?", "gggggggggggggggggggggggg", "ZZZZZZZZ"] {
            assert_eq!(Reader::new(text).list(Reader::number), Err(InvalidText), "{text}");
        }
    }
}
