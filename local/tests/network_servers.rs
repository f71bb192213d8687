//! The clients of network servers against the servers of this host, which answer as the real ones do.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails a test, and should say where"
)]

use bytes::Bytes;
use freshtrack_application::ports::{
    DeviceRegistration, Downlink, NetworkServers as _, ServerAccess, ServerError, ServerErrorKind,
};
use freshtrack_domain::device::DevEui;
use freshtrack_domain::network::{RegistrationStep, Server};
use freshtrack_domain::time::Span;
use freshtrack_local::client;
use freshtrack_local::network_servers::{NetworkServers, PATH};
use freshtrack_local::services::store::{DataLocation, Store};
use freshtrack_vendors::{HttpNetworkServers, Reach};
use http::Request;
use serde_json::{Value, json};
use std::net::SocketAddr;

const EUI: DevEui = DevEui(0xA840_41FF_FF18_2C3D);
const KEY: &str = "NNSXS.KEY.WITH.ALL.RIGHTS";
const APPLICATION: &str = "52f14cd4-c6f1-4fbd-8f87-4025e1d49242";

/// The servers at an address, and a client of them.
struct Network {
    address: SocketAddr,
    client: HttpNetworkServers,
}

impl Network {
    async fn start() -> Self {
        let servers = NetworkServers::open(Store::open(&DataLocation::Memory).unwrap()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, servers.router()).await });
        let network = Self {
            address,
            client: HttpNetworkServers::new(Reach::Local {
                stand_in: format!("http://{address}{PATH}"),
            }),
        };
        let grant = json!({ "server": "things_stack", "application_id": "harbour", "rights": ["RIGHT_APPLICATION_ALL"] });
        network.console("PUT", &format!("keys/{KEY}"), &grant).await;
        let tenant = json!({
            "server": "chirpstack", "tenant_id": APPLICATION, "application_id": APPLICATION,
            "device_profile_id": APPLICATION,
        });
        network
            .console("PUT", "keys/chirpstack-everything", &tenant)
            .await;
        network
    }

    async fn console(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(format!("{PATH}/console/{path}"))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let answer = client::send(self.address, request).await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        serde_json::from_slice(answer.body()).unwrap()
    }

    async fn fault(&self, method: &str, path: &str, status: u16) {
        let fault = json!({ "method": method, "path": path, "status": status, "retry_after": 30 });
        self.console("POST", "faults", &fault).await;
    }

    async fn register_all(&self, at: &ServerAccess, device: &DeviceRegistration) -> Result<(), ServerError> {
        for step in at.server.registration() {
            self.client.register(at, *step, device).await?;
        }
        Ok(())
    }

    async fn remove_all(&self, at: &ServerAccess) -> Result<(), ServerError> {
        for step in at.server.removal() {
            self.client.remove(at, *step, EUI).await?;
        }
        Ok(())
    }

    async fn known(&self, server: &str) -> Value {
        let known = self.console("GET", &format!("devices/{EUI}"), &json!({})).await;
        known[server].clone()
    }
}

fn things_stack(cluster: &str, key: &str) -> ServerAccess {
    access(
        json!({ "kind": "things_stack", "address": { "sandbox": cluster }, "application_id": "harbour" }),
        key,
    )
}

fn chirpstack(base_url: &str) -> ServerAccess {
    access(
        json!({
            "kind": "chirpstack", "base_url": base_url, "tenant_id": APPLICATION,
            "application_id": APPLICATION, "device_profile_id": APPLICATION,
        }),
        "chirpstack-everything",
    )
}

fn access(server: Value, key: &str) -> ServerAccess {
    ServerAccess {
        server: serde_json::from_value::<Server>(server).unwrap(),
        api_key: key.parse().unwrap(),
    }
}

fn device() -> DeviceRegistration {
    DeviceRegistration {
        dev_eui: EUI,
        join_eui: "A840410000000101".parse().unwrap(),
        app_key: "00112233445566778899AABBCCDDEEFF".parse().unwrap(),
        name: "Walk-in cooler".to_owned(),
    }
}

fn downlink() -> Downlink {
    Downlink {
        reference: "chg_01JD8Q6V5X8A2C4E6G8J0M2P4R".to_owned(),
        f_port: 2,
        payload: vec![0x01, 0x00, 0x02, 0x58],
    }
}

fn kind<T>(result: Result<T, ServerError>) -> Option<ServerErrorKind> {
    result.err().map(|error| error.kind)
}

#[tokio::test]
async fn keys_are_tried() {
    let network = Network::start().await;
    let test = async |at: &ServerAccess| network.client.test(at).await;
    assert_eq!(test(&things_stack("nam1", KEY)).await, Ok(()));
    assert_eq!(test(&chirpstack("https://lns.example.com")).await, Ok(()));
    let unknown = test(&things_stack("nam1", "NNSXS.NOBODY.KNOWS.IT"))
        .await
        .unwrap_err();
    assert_eq!(
        (unknown.kind, unknown.status),
        (ServerErrorKind::WrongKey, Some(401))
    );

    for (key, application) in [
        ("NNSXS.OF.ANOTHER.APPLICATION", "bakery"),
        ("NNSXS.READS.DEVICES.ONLY", "harbour"),
    ] {
        let grant = json!({
            "server": "things_stack", "application_id": application, "rights": ["RIGHT_APPLICATION_DEVICES_READ"],
        });
        network.console("PUT", &format!("keys/{key}"), &grant).await;
        let refused = test(&things_stack("nam1", key)).await.unwrap_err();
        assert_eq!(refused.kind, ServerErrorKind::NotAllowed);
        assert!(!refused.detail.contains(key), "{refused}");
    }
    for (status, expected) in [
        (404, ServerErrorKind::NotFound),
        (429, ServerErrorKind::Throttled),
        (503, ServerErrorKind::Unexpected),
        (302, ServerErrorKind::Unexpected),
        (422, ServerErrorKind::Rejected),
    ] {
        network.fault("GET", "/rights", status).await;
        let error = test(&things_stack("nam1", KEY)).await.unwrap_err();
        assert_eq!((error.kind, error.status), (expected, Some(status)));
        assert_eq!(error.retry_after, Some(Span::seconds(30)));
    }
    let nobody = HttpNetworkServers::new(Reach::Local {
        stand_in: "http://127.0.0.1:9".to_owned(),
    });
    let error = nobody.test(&things_stack("nam1", KEY)).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ServerErrorKind::NoAnswer, None));
}

#[tokio::test]
async fn private_addresses_are_not_called() {
    let public = HttpNetworkServers::new(Reach::Public);
    for url in [
        "https://10.0.0.1",
        "https://[fd00:ec2::254]",
        "http://127.0.0.1:1",
        "https://169.254.169.254",
    ] {
        let at = chirpstack(url);
        assert!(!public.admits(at.server.own_address().unwrap()), "{url}");
        assert_eq!(
            kind(public.test(&at).await),
            Some(ServerErrorKind::AddressRefused),
            "{url}"
        );
    }
    // A name is looked up, here in the hosts file, and found to be this machine.
    let at = chirpstack("https://localhost");
    assert_eq!(
        kind(public.test(&at).await),
        Some(ServerErrorKind::AddressRefused)
    );
}

#[tokio::test]
async fn the_things_stack_registers_a_device_at_four_servers_and_forgets_it() {
    let network = Network::start().await;
    let at = things_stack("nam1", KEY);
    for _ in 0..2 {
        // A second time it is there already, and ours.
        network.register_all(&at, &device()).await.unwrap();
        let known = network.known("things_stack").await;
        let places: Vec<(&str, &str)> = known
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| (entry["part"].as_str().unwrap(), entry["host"].as_str().unwrap()))
            .collect();
        assert_eq!(
            places,
            [
                ("identity", "eu1.cloud.thethings.network"),
                ("join", "nam1.cloud.thethings.network"),
                ("network", "nam1.cloud.thethings.network"),
                ("application", "nam1.cloud.thethings.network"),
            ]
        );
        assert_eq!(
            known[0]["device"]["network_server_address"],
            "nam1.cloud.thethings.network"
        );
        assert_eq!(
            known[1]["device"]["root_keys"]["app_key"]["key"],
            "00112233445566778899AABBCCDDEEFF"
        );
        assert_eq!(known[2]["device"]["frequency_plan_id"], "US_902_928_FSB_2");
        assert_eq!(known[2]["device"]["lorawan_version"], "MAC_V1_0_3");
    }
    for _ in 0..2 {
        network.remove_all(&at).await.unwrap();
        assert_eq!(network.known("things_stack").await, json!([]));
    }
}

#[tokio::test]
async fn a_name_that_is_anothers_is_told_from_ours() {
    let network = Network::start().await;
    let at = things_stack("nam1", KEY);
    network.register_all(&at, &device()).await.unwrap();
    let other_join_eui = DeviceRegistration {
        join_eui: "A840410000000102".parse().unwrap(),
        ..device()
    };
    let identity = RegistrationStep::IdentityServer;
    let taken = network.client.register(&at, identity, &other_join_eui).await;
    assert_eq!(kind(taken), Some(ServerErrorKind::Taken));

    // The same EUIs in another application: its device is not seen by ours.
    let grant =
        json!({ "server": "things_stack", "application_id": "bakery", "rights": ["RIGHT_APPLICATION_ALL"] });
    network.console("PUT", "keys/NNSXS.OF.THE.BAKERY", &grant).await;
    let bakery = access(
        json!({ "kind": "things_stack", "address": { "sandbox": "nam1" }, "application_id": "bakery" }),
        "NNSXS.OF.THE.BAKERY",
    );
    let taken = network.client.register(&bakery, identity, &device()).await;
    assert_eq!(kind(taken), Some(ServerErrorKind::Taken));

    let elsewhere = things_stack("au1", KEY);
    let registered = network.client.register(&elsewhere, identity, &device()).await;
    assert_eq!(kind(registered), Some(ServerErrorKind::OtherCluster));
    let application_server = RegistrationStep::ApplicationServer;
    let removed = network.client.remove(&elsewhere, application_server, EUI).await;
    assert_eq!(kind(removed), Some(ServerErrorKind::OtherCluster));
    assert_eq!(network.known("things_stack").await.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn chirpstack_registers_a_device_and_forgets_it() {
    let network = Network::start().await;
    let at = chirpstack("https://lns.example.com");
    for _ in 0..2 {
        network.register_all(&at, &device()).await.unwrap();
        let known = network.known("chirpstack").await;
        assert_eq!(known["device"]["joinEui"], "a840410000000101");
        assert_eq!(known["keys"]["nwkKey"], "00112233445566778899aabbccddeeff");
    }
    let foreign = json!({
        "server": "chirpstack", "tenant_id": "00000000-0000-4000-8000-000000000001",
        "application_id": "00000000-0000-4000-8000-000000000001",
        "device_profile_id": "00000000-0000-4000-8000-000000000001",
    });
    network
        .console("PUT", "keys/chirpstack-of-another-tenant", &foreign)
        .await;
    let other = access(
        json!({
            "kind": "chirpstack", "base_url": "https://lns.example.com",
            "tenant_id": "00000000-0000-4000-8000-000000000001",
            "application_id": "00000000-0000-4000-8000-000000000001",
            "device_profile_id": "00000000-0000-4000-8000-000000000001",
        }),
        "chirpstack-of-another-tenant",
    );
    let taken = network
        .client
        .register(&other, RegistrationStep::Device, &device())
        .await;
    assert_eq!(kind(taken), Some(ServerErrorKind::Taken));
    for _ in 0..2 {
        network.remove_all(&at).await.unwrap();
        assert_eq!(network.known("chirpstack").await, Value::Null);
    }
}

#[tokio::test]
async fn downlinks_wait_until_the_device_listens() {
    let network = Network::start().await;
    for at in [things_stack("eu1", KEY), chirpstack("https://lns.example.com")] {
        let absent = network.client.send(&at, EUI, &downlink()).await;
        assert_eq!(kind(absent), Some(ServerErrorKind::NotFound));
        network.register_all(&at, &device()).await.unwrap();
        assert_eq!(network.client.is_waiting(&at, EUI, &downlink()).await, Ok(false));
        network.client.send(&at, EUI, &downlink()).await.unwrap();
        assert_eq!(network.client.is_waiting(&at, EUI, &downlink()).await, Ok(true));
        let frame = json!({
            "dev_eui": EUI, "f_port": 2, "payload": "CBF60B0D0376010ADD7FFF", "received_at": "2026-11-21T12:00:00Z",
        });
        let sent = network.console("POST", "uplinks", &frame).await;
        let heard = sent["heard"][0]
            .get("frm_payload")
            .or(sent["heard"][0].get("data"));
        assert_eq!(heard.unwrap(), "AQACWA==");
        assert_eq!(network.client.is_waiting(&at, EUI, &downlink()).await, Ok(false));
        network.remove_all(&at).await.unwrap();
    }
}
