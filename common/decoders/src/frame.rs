//! Bounds-checked reading of a frame's bytes.

use crate::error::DecodeError;

/// One frame, or one stored record cut out of a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) f_port: u8,
    pub(crate) bytes: &'a [u8],
    /// Whether this is a record from the sensor's memory, laid out as its model's history says.
    pub(crate) stored: bool,
}

impl<'a> Frame<'a> {
    /// The first `N` bytes of a frame whose layout has at least that many.
    pub(crate) fn first<const N: usize>(self) -> Result<[u8; N], DecodeError> {
        self.bytes.first_chunk().copied().ok_or(DecodeError::Truncated {
            expected: N,
            actual: self.bytes.len(),
        })
    }

    pub(crate) fn reader(self) -> Reader<'a> {
        Reader {
            rest: self.bytes,
            length: self.bytes.len(),
        }
    }
}

/// Takes values off the front of a frame.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
}

impl Reader<'_> {
    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let Some((head, rest)) = self.rest.split_first_chunk() else {
            let consumed = self.length.saturating_sub(self.rest.len());
            return Err(DecodeError::Truncated {
                expected: consumed.saturating_add(N),
                actual: self.length,
            });
        };
        self.rest = rest;
        Ok(*head)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, DecodeError> {
        self.take().map(|[byte]| byte)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Result<(), DecodeError> {
        for _ in 0..count {
            self.take::<1>()?;
        }
        Ok(())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}
