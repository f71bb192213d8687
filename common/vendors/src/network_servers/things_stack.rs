//! The Things Stack v3, its HTTP API: <https://www.thethingsindustries.com/docs/api/reference/http/>.
//!
//! A device is four entries, each at a server of its own; all but the identity are written by `PUT`, which may be
//! repeated. The identity is made by `POST`: 409 is told apart by reading the device back.

use super::{Call, HttpNetworkServers, failure};
use crate::fields::base64_text;
use freshtrack_application::ports::{
    DeviceRegistration, Downlink, ServerAccess, ServerError, ServerErrorKind, Webhook, WebhookName,
};
use freshtrack_domain::device::{DevEui, JoinEui};
use freshtrack_domain::network::{BaseUrl, FrequencyPlan, RegistrationStep, Server, device_id};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// What a key must allow.
const RIGHTS: [&str; 4] = [
    "RIGHT_APPLICATION_DEVICES_READ",
    "RIGHT_APPLICATION_DEVICES_WRITE",
    "RIGHT_APPLICATION_DEVICES_WRITE_KEYS",
    "RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE",
];
/// What allows everything within an application.
const ALL_RIGHTS: &str = "RIGHT_APPLICATION_ALL";

/// What devices speak: LoRaWAN 1.0.3 with regional parameters 1.0.3 rev A (specification 9.7).
const LORAWAN_VERSION: &str = "MAC_V1_0_3";
const LORAWAN_PHY_VERSION: &str = "PHY_V1_0_3_REV_A";

/// An application and how it is reached.
struct Application<'a> {
    servers: &'a HttpNetworkServers,
    identity: BaseUrl,
    regional: BaseUrl,
    id: &'a str,
    plan: FrequencyPlan,
    key: &'a str,
}

impl<'a> Application<'a> {
    fn of(servers: &'a HttpNetworkServers, at: &'a ServerAccess) -> Result<Self, ServerError> {
        let Server::ThingsStack {
            address,
            application_id,
            frequency_plan,
        } = &at.server
        else {
            return Err(super::no_such_step());
        };
        Ok(Self {
            servers,
            identity: address.identity(),
            regional: address.regional(),
            id: application_id.as_str(),
            plan: *frequency_plan,
            key: at.api_key.reveal(),
        })
    }

    async fn call(
        &self,
        base: &BaseUrl,
        method: Method,
        path: String,
        body: Option<Value>,
    ) -> Result<Value, ServerError> {
        let call = Call {
            method,
            path,
            credential: ("authorization", self.key),
            body,
        };
        self.servers.call(base, call).await
    }

    /// The device as the identity server knows it; `None` if it does not.
    async fn identity_of(&self, dev_eui: DevEui) -> Result<Option<Value>, ServerError> {
        let path = format!(
            "/api/v3/applications/{}/devices/{}?field_mask=ids,network_server_address",
            self.id,
            device_id(dev_eui)
        );
        match self.call(&self.identity, Method::GET, path, None).await {
            Ok(device) => Ok(Some(device)),
            Err(error) if error.kind == ServerErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Refuses to touch a device whose entries are on another cluster: there its keys and its session would stay.
    fn is_here(&self, device: &Value) -> Result<(), ServerError> {
        let there = device.get("network_server_address").and_then(Value::as_str);
        match there.filter(|there| !there.is_empty() && *there != self.regional.host()) {
            None => Ok(()),
            Some(there) => {
                let shown: String = there.chars().filter(|c| c.is_ascii_graphic()).take(100).collect();
                let what = format!("says that the device is on the cluster {shown}");
                Err(failure(
                    &self.identity,
                    ServerErrorKind::OtherCluster,
                    None,
                    &what,
                ))
            }
        }
    }

    fn ids(&self, dev_eui: DevEui, join_eui: JoinEui) -> Value {
        json!({
            "device_id": device_id(dev_eui),
            "dev_eui": dev_eui,
            "join_eui": join_eui,
            "application_ids": { "application_id": self.id },
        })
    }

    /// `PUT` of a device at one of the cluster's servers: `ns`, `as` or `js`.
    async fn put(
        &self,
        server: &str,
        dev_eui: DevEui,
        device: Value,
        fields: &[&str],
    ) -> Result<(), ServerError> {
        let path = format!(
            "/api/v3/{server}/applications/{}/devices/{}",
            self.id,
            device_id(dev_eui)
        );
        let ids = ["ids.device_id", "ids.dev_eui", "ids.join_eui"];
        let paths = [&ids, fields].concat();
        let body = json!({ "end_device": device, "field_mask": { "paths": paths } });
        self.call(&self.regional, Method::PUT, path, Some(body)).await?;
        Ok(())
    }
}

/// Tries whether the key has the rights on the application that are needed.
pub(super) async fn test(servers: &HttpNetworkServers, at: &ServerAccess) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let path = format!("/api/v3/applications/{}/rights", application.id);
    let answer = application
        .call(&application.identity, Method::GET, path, None)
        .await?;
    let rights: Vec<&str> = answer
        .get("rights")
        .and_then(Value::as_array)
        .map(|rights| rights.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if rights.contains(&ALL_RIGHTS) {
        return Ok(());
    }
    let missing: Vec<&str> = RIGHTS
        .into_iter()
        .filter(|right| !rights.contains(right))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = format!("says that the key lacks {}", missing.join(", "));
    Err(failure(
        &application.identity,
        ServerErrorKind::NotAllowed,
        Some(StatusCode::OK),
        &what,
    ))
}

/// The path of a webhook at the application server. Each connection has one of its own, so that none is taken from
/// anybody. An identifier has 36 characters at most.
fn webhook_path(application: &Application<'_>, name: &WebhookName) -> (String, String) {
    let text = name.network_id.to_string().to_lowercase();
    let unique = text.rsplit('_').next().unwrap_or_default();
    let webhook_id = format!("ft-{unique}");
    let path = format!("/api/v3/as/webhooks/{}/{webhook_id}", application.id);
    (webhook_id, path)
}

/// `PUT` makes a webhook or changes it, and of an existing one only the fields that the mask names.
pub(super) async fn set_webhook(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    webhook: &Webhook,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let (webhook_id, path) = webhook_path(&application, &webhook.name);
    let body = json!({
        "webhook": {
            "ids": { "application_ids": { "application_id": application.id }, "webhook_id": webhook_id },
            "base_url": webhook.api.as_str(),
            "format": "json",
            "headers": { "Authorization": webhook.authorization() },
            "uplink_message": { "path": webhook.name.path },
        },
        "field_mask": { "paths": ["base_url", "format", "headers", "uplink_message.path"] },
    });
    application
        .call(&application.regional, Method::PUT, path, Some(body))
        .await?;
    Ok(())
}

pub(super) async fn remove_webhook(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    name: &WebhookName,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let (_, path) = webhook_path(&application, name);
    application
        .call(&application.regional, Method::DELETE, path, None)
        .await?;
    Ok(())
}

pub(super) async fn register(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    step: RegistrationStep,
    device: &DeviceRegistration,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let ids = application.ids(device.dev_eui, device.join_eui);
    let here = application.regional.host();
    match step {
        RegistrationStep::IdentityServer => register_identity(&application, device, ids).await,
        RegistrationStep::JoinServer => {
            let entry = json!({
                "ids": ids,
                "network_server_address": here,
                "application_server_address": here,
                "root_keys": { "app_key": { "key": device.app_key.reveal() } },
            });
            let fields = [
                "network_server_address",
                "application_server_address",
                "root_keys.app_key.key",
            ];
            application.put("js", device.dev_eui, entry, &fields).await
        }
        RegistrationStep::NetworkServer => {
            let entry = json!({
                "ids": ids,
                "supports_join": true,
                "lorawan_version": LORAWAN_VERSION,
                "lorawan_phy_version": LORAWAN_PHY_VERSION,
                "frequency_plan_id": application.plan,
            });
            let fields = [
                "supports_join",
                "lorawan_version",
                "lorawan_phy_version",
                "frequency_plan_id",
            ];
            application.put("ns", device.dev_eui, entry, &fields).await
        }
        RegistrationStep::ApplicationServer => {
            application
                .put("as", device.dev_eui, json!({ "ids": ids }), &[])
                .await
        }
        RegistrationStep::Device | RegistrationStep::DeviceKeys => Err(super::no_such_step()),
    }
}

async fn register_identity(
    application: &Application<'_>,
    device: &DeviceRegistration,
    ids: Value,
) -> Result<(), ServerError> {
    let here = application.regional.host();
    let path = format!("/api/v3/applications/{}/devices", application.id);
    let body = json!({
        "end_device": {
            "ids": ids,
            "name": device.name,
            "join_server_address": here,
            "network_server_address": here,
            "application_server_address": here,
        },
        "field_mask": { "paths": [
            "name", "join_server_address", "network_server_address", "application_server_address",
            "ids.device_id", "ids.dev_eui", "ids.join_eui",
        ] },
    });
    let posted = application
        .call(&application.identity, Method::POST, path, Some(body))
        .await;
    let taken = match posted {
        Ok(_) => return Ok(()),
        Err(error) if error.kind == ServerErrorKind::Taken => error,
        Err(error) => return Err(error),
    };
    // Ours, from an earlier try or made by hand, if it bears the same names. Otherwise one of them is another device's.
    let Some(known) = application.identity_of(device.dev_eui).await? else {
        return Err(taken);
    };
    let eui = |name: &str| known.pointer(&format!("/ids/{name}")).and_then(Value::as_str);
    let same = eui("dev_eui").is_some_and(|eui| eui.parse() == Ok(device.dev_eui))
        && eui("join_eui").is_some_and(|eui| eui.parse() == Ok(device.join_eui));
    if same {
        application.is_here(&known)
    } else {
        Err(taken)
    }
}

pub(super) async fn remove(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    step: RegistrationStep,
    dev_eui: DevEui,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let (base, server) = match step {
        RegistrationStep::ApplicationServer => (&application.regional, "as/"),
        RegistrationStep::NetworkServer => (&application.regional, "ns/"),
        RegistrationStep::JoinServer => (&application.regional, "js/"),
        RegistrationStep::IdentityServer => (&application.identity, ""),
        RegistrationStep::Device | RegistrationStep::DeviceKeys => return Err(super::no_such_step()),
    };
    // The first step of a removal: before anything is gone, whether all of it is here.
    if step == RegistrationStep::ApplicationServer
        && let Some(known) = application.identity_of(dev_eui).await?
    {
        application.is_here(&known)?;
    }
    let path = format!(
        "/api/v3/{server}applications/{}/devices/{}",
        application.id,
        device_id(dev_eui)
    );
    application.call(base, Method::DELETE, path, None).await?;
    Ok(())
}

/// What is kept with a downlink to know it by.
fn correlation(downlink: &Downlink) -> String {
    format!("freshtrack:{}", downlink.reference)
}

fn queue_path(application: &Application<'_>, dev_eui: DevEui, operation: &str) -> String {
    format!(
        "/api/v3/as/applications/{}/devices/{}/down{operation}",
        application.id,
        device_id(dev_eui)
    )
}

pub(super) async fn send(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    dev_eui: DevEui,
    downlink: &Downlink,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let body = json!({ "downlinks": [{
        "f_port": downlink.f_port,
        "frm_payload": base64_text(&downlink.payload),
        "priority": "NORMAL",
        "correlation_ids": [correlation(downlink)],
    }] });
    let path = queue_path(&application, dev_eui, "/push");
    application
        .call(&application.regional, Method::POST, path, Some(body))
        .await?;
    Ok(())
}

pub(super) async fn is_waiting(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    dev_eui: DevEui,
    downlink: &Downlink,
) -> Result<bool, ServerError> {
    let application = Application::of(servers, at)?;
    let path = queue_path(&application, dev_eui, "");
    let queue = application
        .call(&application.regional, Method::GET, path, None)
        .await?;
    let ours = correlation(downlink);
    let waiting = queue.get("downlinks").and_then(Value::as_array);
    Ok(waiting.is_some_and(|waiting| {
        waiting
            .iter()
            .filter_map(|item| item.get("correlation_ids").and_then(Value::as_array))
            .any(|ids| ids.iter().any(|id| id.as_str() == Some(&ours)))
    }))
}
