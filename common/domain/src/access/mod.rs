//! Who may do what: rights, the roles that hold them, and the keys of machines.

mod key;
mod right;
mod role;
mod sites;

pub use key::{AccessKey, AccessKeySecret, InvalidAccessKey, PreviousSecret};
pub use right::{Right, Rights, UnknownRight};
pub use role::{Role, UnknownRole};
pub use sites::Sites;
