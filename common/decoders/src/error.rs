//! Why a frame could not be decoded.

/// Why a frame could not be decoded. The frame is kept with [`code`](Self::code) and can be replayed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The model never sends on this port; often the sensor is registered as the wrong model.
    #[error("this model does not send on port {port}")]
    UnknownPort {
        /// The LoRaWAN port the frame came on.
        port: u8,
    },
    /// The frame ends before the value that it announces.
    #[error("the frame ends after {actual} bytes, {expected} were expected")]
    Truncated {
        /// Bytes needed, from the start of the frame or stored record.
        expected: usize,
        /// Bytes there are.
        actual: usize,
    },
    /// The frame names another kind of device than those that share this model's layout.
    #[error("the frame is of device type {device}, which is not this model")]
    UnknownDevice {
        /// The vendor's number for the kind of device.
        device: u8,
    },
    /// The frame starts with a channel that this vendor's layout does not define.
    #[error("unknown channel {channel:#04x}")]
    UnknownChannel {
        /// The channel's number.
        channel: u8,
    },
    /// The layout does not allow what the frame says.
    #[error("malformed {what}")]
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A network server's decoded payload has no field that this system knows.
    #[error("the decoded payload has no field that is known here")]
    NothingRecognised,
}

impl DecodeError {
    /// A stable name for the kind of error, for logs, quarantine and clients.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownPort { .. } => "unknown_port",
            Self::Truncated { .. } => "truncated",
            Self::UnknownDevice { .. } => "unknown_device",
            Self::UnknownChannel { .. } => "unknown_channel",
            Self::Malformed { .. } => "malformed",
            Self::NothingRecognised => "nothing_recognised",
        }
    }
}
