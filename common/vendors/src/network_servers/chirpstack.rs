//! ChirpStack v4, by its REST proxy: <https://www.chirpstack.io/docs/chirpstack/api/rest.html>.

use super::{Call, HttpNetworkServers, failure};
use crate::fields::base64_text;
use freshtrack_application::ports::{
    DeviceRegistration, Downlink, ServerAccess, ServerError, ServerErrorKind, Webhook, WebhookName,
};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::network::{BaseUrl, RegistrationStep, Server, Uuid};
use http::{Method, StatusCode};
use serde_json::{Value, json};

/// An application and how it is reached.
struct Application<'a> {
    servers: &'a HttpNetworkServers,
    base: &'a BaseUrl,
    tenant: &'a Uuid,
    id: &'a Uuid,
    profile: &'a Uuid,
    key: &'a str,
}

impl<'a> Application<'a> {
    fn of(servers: &'a HttpNetworkServers, at: &'a ServerAccess) -> Result<Self, ServerError> {
        let Server::Chirpstack {
            base_url,
            tenant_id,
            application_id,
            device_profile_id,
        } = &at.server
        else {
            return Err(super::no_such_step());
        };
        Ok(Self {
            servers,
            base: base_url,
            tenant: tenant_id,
            id: application_id,
            profile: device_profile_id,
            key: at.api_key.reveal(),
        })
    }

    async fn call(&self, method: Method, path: String, body: Option<Value>) -> Result<Value, ServerError> {
        let call = Call {
            method,
            path,
            credential: ("grpc-metadata-authorization", self.key),
            body,
        };
        self.servers.call(self.base, call).await
    }

    /// Whether the thing at `path`, under `name` in the answer, belongs to the tenant.
    async fn is_of_tenant(&self, path: String, name: &str) -> Result<(), ServerError> {
        let answer = self.call(Method::GET, path, None).await?;
        let tenant = answer
            .pointer(&format!("/{name}/tenantId"))
            .and_then(Value::as_str)
            .and_then(|text| text.parse::<Uuid>().ok());
        if tenant.as_ref() == Some(self.tenant) {
            Ok(())
        } else {
            let what = format!("says that the {name} is not the tenant's");
            let status = Some(StatusCode::OK);
            Err(failure(self.base, ServerErrorKind::NotFound, status, &what))
        }
    }
}

/// DevEUIs are in lower case there.
fn eui(dev_eui: DevEui) -> String {
    dev_eui.to_string().to_lowercase()
}

/// Tries whether the key may see the application and the device profile, and whether both are the tenant's. A key of
/// ChirpStack that may see a tenant may do everything in it.
pub(super) async fn test(servers: &HttpNetworkServers, at: &ServerAccess) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    application
        .is_of_tenant(format!("/api/applications/{}", application.id), "application")
        .await?;
    application
        .is_of_tenant(
            format!("/api/device-profiles/{}", application.profile),
            "deviceProfile",
        )
        .await
}

fn integration_path(application: &Application<'_>) -> String {
    format!("/api/applications/{}/integrations/http", application.id)
}

/// An application has one HTTP integration. One that leads elsewhere is somebody else's and stays as it is.
pub(super) async fn set_integration(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    webhook: &Webhook,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let path = integration_path(&application);
    let body = json!({ "integration": {
        "applicationId": application.id,
        "encoding": "JSON",
        "eventEndpointUrl": webhook.url(),
        "headers": { "Authorization": webhook.authorization() },
    } });
    let made = application
        .call(Method::POST, path.clone(), Some(body.clone()))
        .await;
    let taken = match made {
        Err(error) if error.kind == ServerErrorKind::Taken => error,
        made => return made.map(drop),
    };
    if !is_ours(&application, &webhook.name).await? {
        let what =
            "has an HTTP integration of this application that leads elsewhere, and an application has one";
        return Err(ServerError {
            detail: failure(application.base, taken.kind, None, what).detail,
            ..taken
        });
    }
    application.call(Method::PUT, path, Some(body)).await?;
    Ok(())
}

/// Whether the application's HTTP integration leads to us.
async fn is_ours(application: &Application<'_>, name: &WebhookName) -> Result<bool, ServerError> {
    let known = application
        .call(Method::GET, integration_path(application), None)
        .await?;
    let url = known
        .pointer("/integration/eventEndpointUrl")
        .and_then(Value::as_str);
    Ok(url.is_some_and(|url| url.ends_with(&name.path)))
}

pub(super) async fn remove_integration(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    name: &WebhookName,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    if is_ours(&application, name).await? {
        let path = integration_path(&application);
        application.call(Method::DELETE, path, None).await?;
    }
    Ok(())
}

pub(super) async fn register(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    step: RegistrationStep,
    device: &DeviceRegistration,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    match step {
        RegistrationStep::Device => register_device(&application, device).await,
        RegistrationStep::DeviceKeys => {
            let path = format!("/api/devices/{}/keys", eui(device.dev_eui));
            // For LoRaWAN 1.0.x the one root key is ChirpStack's `nwkKey`.
            let body = json!({ "deviceKeys": {
                "devEui": eui(device.dev_eui),
                "nwkKey": device.app_key.reveal().to_lowercase(),
            } });
            let made = application
                .call(Method::POST, path.clone(), Some(body.clone()))
                .await;
            match made {
                Err(error) if error.kind == ServerErrorKind::Taken => {
                    application.call(Method::PUT, path, Some(body)).await?;
                    Ok(())
                }
                made => made.map(drop),
            }
        }
        _ => Err(super::no_such_step()),
    }
}

async fn register_device(
    application: &Application<'_>,
    device: &DeviceRegistration,
) -> Result<(), ServerError> {
    let body = json!({ "device": {
        "devEui": eui(device.dev_eui),
        "joinEui": device.join_eui.to_string().to_lowercase(),
        "name": device.name,
        "applicationId": application.id,
        "deviceProfileId": application.profile,
    } });
    let posted = application
        .call(Method::POST, "/api/devices".to_owned(), Some(body))
        .await;
    let taken = match posted {
        Ok(_) => return Ok(()),
        Err(error) if error.kind == ServerErrorKind::Taken => error,
        Err(error) => return Err(error),
    };
    let path = format!("/api/devices/{}", eui(device.dev_eui));
    let known = match application.call(Method::GET, path, None).await {
        Ok(known) => known,
        // It is there, and the key may not see it: another tenant's.
        Err(error) if !error.kind.is_retryable() => return Err(taken),
        Err(error) => return Err(error),
    };
    let there = known
        .pointer("/device/applicationId")
        .and_then(Value::as_str)
        .and_then(|text| text.parse::<Uuid>().ok());
    if there.as_ref() == Some(application.id) {
        Ok(())
    } else {
        Err(taken)
    }
}

pub(super) async fn remove(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    dev_eui: DevEui,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let path = format!("/api/devices/{}", eui(dev_eui));
    application.call(Method::DELETE, path, None).await?;
    Ok(())
}

pub(super) async fn send(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    dev_eui: DevEui,
    downlink: &Downlink,
) -> Result<(), ServerError> {
    let application = Application::of(servers, at)?;
    let path = format!("/api/devices/{}/queue", eui(dev_eui));
    let body = json!({ "queueItem": {
        "confirmed": false,
        "fPort": downlink.f_port,
        "data": base64_text(&downlink.payload),
    } });
    application.call(Method::POST, path, Some(body)).await?;
    Ok(())
}

/// ChirpStack keeps no name with a queued item; one with the same bytes on the same port does the same.
pub(super) async fn is_waiting(
    servers: &HttpNetworkServers,
    at: &ServerAccess,
    dev_eui: DevEui,
    downlink: &Downlink,
) -> Result<bool, ServerError> {
    let application = Application::of(servers, at)?;
    let path = format!("/api/devices/{}/queue", eui(dev_eui));
    let queue = application.call(Method::GET, path, None).await?;
    let data = base64_text(&downlink.payload);
    let waiting = queue.get("result").and_then(Value::as_array);
    Ok(waiting.is_some_and(|waiting| {
        waiting.iter().any(|item| {
            item.get("data").and_then(Value::as_str) == Some(&data)
                && item.get("fPort").and_then(Value::as_u64) == Some(u64::from(downlink.f_port))
        })
    }))
}
