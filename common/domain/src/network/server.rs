//! Which network server, and where it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network server and the place in it where an organization's sensors are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Server {
    /// The Things Stack, version 3.
    ThingsStack {
        /// Where it is.
        address: ThingsStackAddress,
        /// The application that the sensors belong to.
        application_id: ThingsStackId,
        /// By which channels new sensors are to send.
        #[serde(default)]
        frequency_plan: FrequencyPlan,
    },
    /// ChirpStack, version 4, by its REST proxy.
    Chirpstack {
        /// Where the REST proxy is.
        base_url: BaseUrl,
        /// The tenant that the application belongs to.
        tenant_id: Uuid,
        /// The application that the sensors belong to.
        application_id: Uuid,
        /// The device profile that new sensors are given: region, version of LoRaWAN, class.
        device_profile_id: Uuid,
    },
}

/// Where a Things Stack is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ThingsStackAddress {
    /// A cluster of The Things Stack Sandbox, the public community network.
    Sandbox(Cluster),
    /// A tenant of The Things Stack Cloud.
    Cloud {
        /// The tenant.
        tenant: ThingsStackId,
        /// Its cluster.
        cluster: Cluster,
    },
    /// One's own installation.
    BaseUrl(BaseUrl),
}

/// A cluster of the public installations of The Things Stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cluster {
    /// Europe.
    Eu1,
    /// North America.
    Nam1,
    /// Australia.
    Au1,
}

impl Cluster {
    const fn name(self) -> &'static str {
        match self {
            Self::Eu1 => "eu1",
            Self::Nam1 => "nam1",
            Self::Au1 => "au1",
        }
    }
}

impl ThingsStackAddress {
    /// The server of a cluster that joins devices and hears of their frames.
    #[must_use]
    pub fn regional(&self) -> BaseUrl {
        match self {
            Self::Sandbox(cluster) => sandbox(*cluster),
            Self::Cloud { tenant, cluster } => BaseUrl(format!(
                "https://{tenant}.{}.cloud.thethings.industries",
                cluster.name()
            )),
            Self::BaseUrl(url) => url.clone(),
        }
    }

    /// Where the identity server is: the sandbox has one for all clusters, in Europe (specification 9.7).
    #[must_use]
    pub fn identity(&self) -> BaseUrl {
        match self {
            Self::Sandbox(_) => sandbox(Cluster::Eu1),
            Self::Cloud { .. } | Self::BaseUrl(_) => self.regional(),
        }
    }
}

fn sandbox(cluster: Cluster) -> BaseUrl {
    BaseUrl(format!("https://{}.cloud.thethings.network", cluster.name()))
}

impl Server {
    /// Where the server is that an organization named by its own address; `None` for public installations.
    #[must_use]
    pub const fn own_address(&self) -> Option<&BaseUrl> {
        match self {
            Self::ThingsStack {
                address: ThingsStackAddress::BaseUrl(url),
                ..
            }
            | Self::Chirpstack { base_url: url, .. } => Some(url),
            Self::ThingsStack { .. } => None,
        }
    }

    /// Whether `other` is the same place: a sensor that is registered here is registered there.
    #[must_use]
    pub fn is_same_place(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::ThingsStack {
                    address,
                    application_id,
                    ..
                },
                Self::ThingsStack {
                    address: other_address,
                    application_id: other_id,
                    ..
                },
            ) => address == other_address && application_id == other_id,
            (
                Self::Chirpstack {
                    base_url,
                    application_id,
                    ..
                },
                Self::Chirpstack {
                    base_url: other_url,
                    application_id: other_id,
                    ..
                },
            ) => base_url == other_url && application_id == other_id,
            _ => false,
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ThingsStack { .. } => "things_stack",
            Self::Chirpstack { .. } => "chirpstack",
        }
    }
}

/// A channel plan by The Things Stack's name for it (specification 9.7 names those that are taken).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the names say what they are: region, band, sub-band")]
pub enum FrequencyPlan {
    #[serde(rename = "US_902_928_FSB_1")]
    Us902928Fsb1,
    #[default]
    #[serde(rename = "US_902_928_FSB_2")]
    Us902928Fsb2,
    #[serde(rename = "US_902_928_FSB_3")]
    Us902928Fsb3,
    #[serde(rename = "US_902_928_FSB_4")]
    Us902928Fsb4,
    #[serde(rename = "US_902_928_FSB_5")]
    Us902928Fsb5,
    #[serde(rename = "US_902_928_FSB_6")]
    Us902928Fsb6,
    #[serde(rename = "US_902_928_FSB_7")]
    Us902928Fsb7,
    #[serde(rename = "US_902_928_FSB_8")]
    Us902928Fsb8,
    #[serde(rename = "EU_863_870")]
    Eu863870,
    #[serde(rename = "EU_863_870_TTN")]
    Eu863870Ttn,
    #[serde(rename = "AU_915_928_FSB_1")]
    Au915928Fsb1,
    #[serde(rename = "AU_915_928_FSB_2")]
    Au915928Fsb2,
    #[serde(rename = "AS_923")]
    As923,
    #[serde(rename = "AS_923_2")]
    As9232,
    #[serde(rename = "KR_920_923_TTN")]
    Kr920923,
    #[serde(rename = "IN_865_867")]
    In865867,
}

/// The address of an installation of one's own: `https://`, a host, a port where it differs, and a path where there is
/// one. Nothing else can be said in it: no name and password, no query. `http://` is for this machine only, where a
/// developer's server may be; whether that is reached is for the configuration to say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BaseUrl(String);

/// A text that is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be the https address of a server, such as https://lorawan.example.com")]
pub struct InvalidBaseUrl;

/// The longest address: longer than any host name.
const LONGEST_URL: usize = 512;

impl BaseUrl {
    /// The address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host name or address, without port and brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        match authority.strip_prefix('[') {
            Some(six) => six.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        }
    }

    /// The host's address, if it is given as one rather than by a name.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host().parse().ok()
    }

    /// Whether it is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host() == "localhost" || self.ip().is_some_and(|ip| ip.is_loopback())
    }
}

/// Only what every reader of addresses reads alike: no escapes, no user, no second meaning.
impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        let text = text.trim().trim_end_matches('/');
        let (scheme, rest) = text.split_once("://").ok_or(InvalidBaseUrl)?;
        let (authority, path) = rest
            .split_once('/')
            .map_or((rest, ""), |(host, path)| (host, path));
        let (host, port) = match authority.strip_prefix('[') {
            Some(six) => {
                let (host, port) = six.split_once(']').ok_or(InvalidBaseUrl)?;
                host.parse::<std::net::Ipv6Addr>().map_err(|_| InvalidBaseUrl)?;
                (host, port.strip_prefix(':').or(port.is_empty().then_some("")))
            }
            None => authority
                .split_once(':')
                .map_or((authority, Some("")), |(host, port)| {
                    (host, Some(port).filter(|p| !p.is_empty()))
                }),
        };
        let port = port.ok_or(InvalidBaseUrl)?;
        let is_name = |host: &str| {
            host.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            })
        };
        // What looks like a number must be an address in its usual form: `0x7f.1` means 127.0.0.1 to some.
        let is_number = |host: &str| {
            host.rsplit('.')
                .next()
                .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()))
        };
        let host_is_good = authority.starts_with('[')
            || is_name(host) && (!is_number(host) || host.parse::<std::net::Ipv4Addr>().is_ok());
        let path_is_good = path.split('/').all(|part| {
            !matches!(part, "." | "..")
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
        });
        if text.len() > LONGEST_URL
            || !host_is_good
            || !path_is_good
            || !(port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0))
        {
            return Err(InvalidBaseUrl);
        }
        let url = Self(text.to_owned());
        match scheme {
            "https" => Ok(url),
            "http" if url.is_loopback() => Ok(url),
            _ => Err(InvalidBaseUrl),
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// An identifier of The Things Stack: 3 to 36 lower-case letters, digits and single hyphens, with none at either end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThingsStackId(String);

impl ThingsStackId {
    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no identifier of the server's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidServerId(&'static str);

impl FromStr for ThingsStackId {
    type Err = InvalidServerId;

    fn from_str(text: &str) -> Result<Self, InvalidServerId> {
        let is_good = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if (3..=36).contains(&text.len())
            && text.bytes().all(is_good)
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--")
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidServerId(
                "must be 3 to 36 lower-case letters, digits and single hyphens, with none at either end",
            ))
        }
    }
}

/// A UUID, as ChirpStack names tenants, applications and device profiles.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(String);

impl FromStr for Uuid {
    type Err = InvalidServerId;

    fn from_str(text: &str) -> Result<Self, InvalidServerId> {
        let lengths = text.split('-').map(str::len);
        if lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(InvalidServerId(
                "must be a UUID, such as 52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
            ))
        }
    }
}

macro_rules! text {
    ($($name:ident: $schema:expr),+ $(,)?) => {
        $(
            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(&self.0)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }

            #[cfg(feature = "schema")]
            impl schemars::JsonSchema for $name {
                fn schema_name() -> std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }

                fn inline_schema() -> bool {
                    true
                }

                fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    let serde_json::Value::Object(schema) = $schema else {
                        return schemars::Schema::default();
                    };
                    schema.into()
                }
            }
        )+
    };
}

macro_rules! shown {
    ($($name:ident),+) => {
        $(
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Debug::fmt(&self.0, f)
                }
            }
        )+
    };
}

shown!(ThingsStackId, Uuid);
text!(
    BaseUrl: serde_json::json!({ "type": "string", "format": "uri", "pattern": "^https?://", "maxLength": LONGEST_URL }),
    ThingsStackId: serde_json::json!({ "type": "string", "pattern": "^[a-z0-9](-?[a-z0-9]){2,35}$", "maxLength": 36 }),
    Uuid: serde_json::json!({ "type": "string", "format": "uuid" }),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_be_read_in_one_way_only() {
        for good in [
            "https://lorawan.example.com",
            "https://lorawan.example.com:8443/api-proxy",
            "https://[2a01:4f8::1]:443",
            "https://203.0.113.7",
            "http://localhost:8090",
            "http://127.0.0.1:8787/_networks/chirpstack",
            "http://[::1]:80",
        ] {
            assert_eq!(good.parse::<BaseUrl>().unwrap().as_str(), good);
        }
        assert_eq!(
            "https://lns.example.com/".parse::<BaseUrl>().unwrap().as_str(),
            "https://lns.example.com"
        );
        for bad in [
            "",
            "lorawan.example.com",
            "http://lorawan.example.com",
            "ftp://lorawan.example.com",
            "https://",
            "https://user@lorawan.example.com",
            "https://user:secret@lorawan.example.com",
            "https://lorawan.example.com?x=1",
            "https://lorawan.example.com/#x",
            "https://lorawan.example.com/../x",
            "https://lorawan.example.com/%2e%2e",
            "https://lorawan.example.com\\@10.0.0.1",
            "https://LORAWAN.example.com",
            "https://lorawan.example.com:0",
            "https://lorawan.example.com:99999",
            "https://lorawan.example.com:",
            "https://0x7f.1",
            "https://2130706433",
            "https://127.1",
            "https://[::1",
            "https://[fe80::1%25eth0]",
            "https://-x.example.com",
            "https://a..b",
            "https://exam ple.com",
        ] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_sandbox_has_one_identity_server_for_all_clusters() {
        let address = ThingsStackAddress::Sandbox(Cluster::Nam1);
        assert_eq!(
            address.regional().as_str(),
            "https://nam1.cloud.thethings.network"
        );
        assert_eq!(address.identity().as_str(), "https://eu1.cloud.thethings.network");
        let cloud = ThingsStackAddress::Cloud {
            tenant: "harbour".parse().unwrap(),
            cluster: Cluster::Au1,
        };
        assert_eq!(
            cloud.identity().as_str(),
            "https://harbour.au1.cloud.thethings.industries"
        );
    }

    #[test]
    fn a_server_is_read_as_it_is_written() {
        for text in [
            r#"{"kind":"things_stack","address":{"sandbox":"nam1"},"application_id":"harbour-bistro","frequency_plan":"US_902_928_FSB_2"}"#,
            r#"{"kind":"chirpstack","base_url":"https://lns.example.com","tenant_id":"52f14cd4-c6f1-4fbd-8f87-4025e1d49242","application_id":"17c82e96-be03-4f38-aef3-f83d48582d97","device_profile_id":"14855bf7-d10d-4aee-b618-ebfcb64dc7ad"}"#,
        ] {
            let server: Server = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&server).unwrap(), text);
        }
        let bad = r#"{"kind":"things_stack","address":{"sandbox":"nam1"},"application_id":"harbour-bistro","extra":1}"#;
        assert!(serde_json::from_str::<Server>(bad).is_err());
        for bad in ["", "ab", "-abc", "abc-", "a--b", "Abc", "a_b", "../etc"] {
            assert!(bad.parse::<ThingsStackId>().is_err(), "{bad}");
        }
        for bad in [
            "",
            "52f14cd4",
            "52f14cd4-c6f1-4fbd-8f87-4025e1d4924/",
            "52f14cd4c6f1-4fbd-8f87-4025-e1d49242",
        ] {
            assert!(bad.parse::<Uuid>().is_err(), "{bad}");
        }
    }
}
